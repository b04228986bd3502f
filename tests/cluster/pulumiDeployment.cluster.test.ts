import assert from "node:assert/strict";
import {
    cpSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseSettings } from "../../config/parseSettings";
import type { Settings } from "../../config/settingsSchema";
import { CommandError } from "../../cli/shared/commandError";
import { PulumiDeployment } from "../../cli/failover/pulumiDeployment";
import { CheckFailed } from "../../cli/failover/step";
import { waitFor } from "../../lab/process/wait";
import { commandPermissions, commandRole } from "../../rbac/commandRoles";
import type { Permission } from "../../rbac/permission";
import { type Change, changed, rawStack, repositoryRoot } from "../support/rawSettings";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { without } from "./support/rights";
import { deployingAccount, kubeconfigFor } from "./support/serviceAccount";
import { newState } from "./support/stackBackend";
import { deploy, Kubectl, namespacesOf, onApiServers, stackOnApiServers } from "./support/stacks";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const MIRROR_MAKER = "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2";
const namespaces = namespacesOf("failover");

describeOnApiServers("a failover on an API server", (apiServers) => {
    let kubectl: Kubectl;
    let folder: string;
    const signal = new AbortController().signal;
    const positionsId = `${namespaces.target}/my-mm2-cluster-start-positions-2`;
    const mirrorMakerId = `${namespaces.target}/my-mm2-cluster`;

    before(async () => {
        kubectl = new Kubectl(apiServers().source);
        await deploy(stackOnApiServers("dev", apiServers(), namespaces), newState());
        await kubectl.create(CONFIG_MAP, {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: path.basename(positionsId), namespace: namespaces.target },
        });
    });

    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-failover-"));
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function settingsWith(...changes: readonly Change[]): Settings {
        const raw = changed(
            rawStack("dev"),
            ...onApiServers("dev", apiServers(), namespaces),
            ...changes,
        );
        return parseSettings(raw, "Pulumi.dev.yaml").settings;
    }

    /** As an account with the role of the commands, or with fewer rights. */
    async function deploymentOf(
        name: string,
        permissions: readonly Permission[] = commandPermissions(settingsWith()),
        root?: string,
    ) {
        const role = commandRole("dev", settingsWith(), [...permissions]);
        const { server } = await deployingAccount(apiServers().source, `failover-${name}`, [
            { ...role, name: `${role.name}-${name}` },
        ]);
        const kubeconfig = await kubeconfigFor(
            path.dirname(apiServers().kubeconfig),
            `failover-${name}`,
            [server],
        );
        const settings = settingsWith(
            ["source/kubeconfig", kubeconfig],
            ["target/kubeconfig", kubeconfig],
        );
        return new PulumiDeployment({
            stack: "dev",
            settings,
            signal,
            ...(root !== undefined && { root }),
        });
    }

    const dataOf = async (id: string) =>
        ((await kubectl.get(CONFIG_MAP, id)) as { data?: Record<string, string> }).data ?? {};

    const annotationsOf = async () =>
        (await kubectl.get(MIRROR_MAKER, mirrorMakerId)).metadata.annotations ?? {};

    it("finds the phase that was deployed", async () => {
        const deployment = await deploymentOf("position");
        assert.deepEqual(await deployment.position(), { phase: "mirroring", epoch: 1 });
    });

    it("names the remedy when nothing was deployed", async () => {
        const settings = settingsWith(["mirror/name", "another"]);
        const deployment = new PulumiDeployment({ stack: "dev", settings, signal });
        await assert.rejects(
            deployment.position(),
            (error) =>
                error instanceof CommandError &&
                error.exitCode === 2 &&
                error.message.includes(`${namespaces.target}/another-phase`) &&
                error.remedy.includes("make up"),
        );
    });

    it("hands start positions to the operator, and marks them complete when Kafka Connect has them", async () => {
        const deployment = await deploymentOf("positions");
        let taken: string | undefined;
        let asked = 0;
        // Strimzi's operator takes the offsets and removes the annotations.
        const operator = (async () => {
            await waitFor(
                "the annotations",
                async () =>
                    (await annotationsOf())["strimzi.io/connector-offsets"] === "alter" ||
                    undefined,
                { timeoutMs: 300_000 },
            );
            const annotations = await annotationsOf();
            const connector = annotations["strimzi.io/mirrormaker-connector"] ?? "";
            taken = (await dataOf(positionsId))[`${connector.replace("->", "--")}.json`];
            await kubectl.patch(MIRROR_MAKER, mirrorMakerId, {
                metadata: {
                    annotations: {
                        "strimzi.io/connector-offsets": null,
                        "strimzi.io/mirrormaker-connector": null,
                    },
                },
            });
        })();
        await deployment.writeStartPositions(
            2,
            [{ topic: "my-topic", partition: 1, offset: 41 }],
            async () => {
                asked++;
                assert.equal((await dataOf(positionsId)).complete, undefined);
                await operator;
                // Kafka Connect may have the offsets later than the operator reports.
                return asked === 2;
            },
        );
        assert.equal(asked, 2);
        assert.deepEqual(JSON.parse(taken ?? "null"), {
            offsets: [
                {
                    partition: { cluster: "my-cluster-2", partition: 1, topic: "my-topic" },
                    offset: { offset: 41 },
                },
            ],
        });
        assert.equal((await dataOf(positionsId)).complete, "true");
        assert.equal((await annotationsOf())["strimzi.io/connector-offsets"], undefined);
    });

    it("names the right that is missing, for each of them", async () => {
        const all = commandPermissions(settingsWith());
        for (const [index, [resource, verb]] of (
            [
                ["configmaps", "get"],
                ["configmaps", "patch"],
                ["kafkamirrormaker2s", "patch"],
            ] as const
        ).entries()) {
            const rest = without(all, [verb], (found) => found.resource === resource);
            const deployment = await deploymentOf(`without-${index}`, rest);
            await assert.rejects(
                async () => {
                    await deployment.position();
                    await deployment.writeStartPositions(
                        2,
                        [{ topic: "my-topic", partition: 0, offset: 1 }],
                        () => Promise.resolve(true),
                    );
                },
                (error) =>
                    error instanceof CommandError &&
                    error.message.includes(`cannot ${verb} resource "${resource}"`) &&
                    error.remedy.includes("--commands"),
                `${verb} ${resource}`,
            );
        }
    });

    describe("changes the phase", () => {
        const environment = { ...process.env };
        const { PATH = "" } = environment;

        afterEach(() => {
            process.env = { ...environment };
        });

        /** A checkout whose Pulumi logs its arguments and exits with a code. */
        function checkout(exitCode: number): string {
            const root = path.join(folder, "checkout");
            const bin = path.join(folder, "bin");
            const preflight = path.join(root, "cli", "preflight");
            mkdirSync(preflight, { recursive: true });
            for (const name of ["main.ts", "readiness.ts"]) {
                writeFileSync(path.join(preflight, name), "");
            }
            mkdirSync(bin);
            symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(root, "node_modules"));
            for (const name of ["tsconfig.json", "Pulumi.dev.yaml"]) {
                cpSync(path.join(repositoryRoot, name), path.join(root, name));
            }
            writeFileSync(
                path.join(bin, "pulumi"),
                `#!/bin/sh\necho "$@" >> "${folder}/calls"\n[ "$1" != up ] || { cp Pulumi.dev.yaml "${folder}/deployed"; exit ${exitCode}; }\n`,
                { mode: 0o755 },
            );
            process.env.PATH = `${bin}:${PATH}`;
            process.env.PULUMI_CONFIG_PASSPHRASE = "";
            return root;
        }

        const written = (name: string) => readFileSync(path.join(folder, name), "utf8");

        it("in the stack's file, and deploys it with Pulumi", async () => {
            const root = checkout(0);
            const deployment = await deploymentOf("change", undefined, root);
            await deployment.change({ phase: "draining", epoch: 1 });
            assert.deepEqual(written("calls").trimEnd().split("\n").at(-1), "up --stack dev --yes");
            const before = readFileSync(path.join(repositoryRoot, "Pulumi.dev.yaml"), "utf8");
            assert.equal(written("deployed"), `${before}  kafka-dr:phase: draining\n`);
            assert.equal(written("checkout/Pulumi.dev.yaml"), written("deployed"));
        });

        it("and fails when Pulumi fails", async () => {
            const root = checkout(3);
            const deployment = await deploymentOf("change-fails", undefined, root);
            await assert.rejects(
                deployment.change({ phase: "draining", epoch: 1 }),
                (error) => error instanceof CheckFailed && error.message.includes("exit code 3"),
            );
            // The next run finds the phase in the file and continues from there.
            assert.match(written("checkout/Pulumi.dev.yaml"), /kafka-dr:phase: draining\n$/);
        });
    });
});
