import assert from "node:assert/strict";
import path from "node:path";
import type { KubernetesObject } from "../support/kubernetes";
import { namespacesOf } from "../cluster/support/stacks";
import { type Change, repositoryRoot } from "../support/rawSettings";
import { assertSucceeded, changes } from "./support/assertions";
import { Administrator, pathOf } from "./support/cluster";
import { describeWithPulumi } from "./support/describeWithPulumi";
import type { Operation } from "./support/operation";
import { settingsOnApiServers } from "./support/settings";

const NAMESPACES = namespacesOf("cli-security");
const POLICY_PACK = path.join(repositoryRoot, "policy");
const SECOND_REVISION: Change = ["mirror/credentialsRevision", 2];

/** The Secrets that hold a password, by the namespace in which they are. */
const PASSWORDS = [
    ["source", "my-app"],
    ["source", "my-app-1-password"],
    ["target", "my-app"],
    ["target", "my-app-1-password"],
] as const;

const mirrorPasswords = (revision: number) =>
    [
        ["source", `my-mm2-cluster-source-${revision}-password`],
        ["target", `my-mm2-cluster-source-${revision}-password`],
        ["target", `my-mm2-cluster-target-${revision}-password`],
    ] as const;

describeWithPulumi("security under the real pulumi CLI", "dev", (world) => {
    let administrator: Administrator;
    const passwords = new Set<string>();
    const printed: string[] = [];

    const configure = (...changed: readonly Change[]) =>
        world().stack.configure(
            settingsOnApiServers("dev", world().apiServers, NAMESPACES, ...changed),
        );
    const run = async (operation: Promise<Operation>): Promise<Operation> => {
        const result = await operation;
        printed.push(result.output, ...result.errors, ...result.warnings);
        return result;
    };

    /** Records the contents of the Secrets, plain and as Kubernetes stores them. */
    const notePasswords = async (secrets: readonly (readonly ["source" | "target", string])[]) => {
        for (const [side, name] of secrets) {
            const { data } = await administrator.get<
                KubernetesObject & { data: { password: string } }
            >(pathOf.secret(NAMESPACES[side], name));
            passwords.add(data.password);
            passwords.add(Buffer.from(data.password, "base64").toString());
        }
    };

    before(async () => {
        administrator = new Administrator(world().apiServers.source);
        await configure();
    });

    it("passes the policy pack, in a first preview", async () => {
        const preview = await run(world().stack.preview({ policyPacks: [POLICY_PACK] }));
        assertSucceeded(preview);
        assert.match(preview.output, /kafka-dr/);
    });

    it("fails the preview by the policy pack if the settings violate it", async () => {
        await configure(
            ["security", { allowInsecureListeners: true }],
            ["source/listeners", [{ name: "plain", port: 9092, tls: false }]],
        );
        const preview = await run(world().stack.preview({ policyPacks: [POLICY_PACK] }));
        assert(preview.failed, preview.output);
        assert.match(preview.output, /no-plain-listener/);
        assert.match(preview.output, /spec\.kafka\.listeners\[0\]\.tls/);
        await configure();
    });

    it("creates users with passwords that are the same in every Secret", async () => {
        assertSucceeded(await run(world().stack.up()));
        await notePasswords([...PASSWORDS, ...mirrorPasswords(1)]);
        // One password of the application, one of MM2 at each site; each plain and in base64.
        assert.equal(passwords.size, 6);
    });

    it("makes new users of MM2 first, moves MM2 to them, and deletes the old ones last", async () => {
        await configure(SECOND_REVISION);
        const preview = await run(world().stack.preview());
        assertSucceeded(preview);
        const planned = changes(preview).map(({ op, resource }) => `${op} ${resource}`);
        for (const side of ["source", "target"]) {
            assert(planned.includes(`create KafkaUser/kafka-dr-${side}-user-2`), planned.join());
            assert(planned.includes(`delete KafkaUser/kafka-dr-${side}-user-1`), planned.join());
        }
        const { audit } = world().apiServers.source;
        const start = audit.position;
        assertSucceeded(await run(world().stack.up()));
        const writes = audit
            .since(start, "deployer")
            .filter(
                (request) => request.writes && /kafkausers|kafkamirrormaker2s/.test(request.uri),
            )
            // The users of the commands go the same way, and MM2 does not wait for them.
            .filter(({ name }) => !name.includes("-commands-"))
            .map(({ verb, uri }) => `${verb} ${uri.split("?")[0]!.split("/").slice(-2).join("/")}`);
        const first = (pattern: RegExp) => writes.findIndex((write) => pattern.test(write));
        const moved = first(/^patch kafkamirrormaker2s\/my-mm2-cluster$/);
        const created = writes.filter((write) => write.startsWith("create "));
        const deleted = writes.filter((write) => write.startsWith("delete "));
        assert.equal(created.length, 2, writes.join("\n"));
        assert.equal(deleted.length, 2, writes.join("\n"));
        assert(moved > writes.lastIndexOf(created[1]!), writes.join("\n"));
        assert(moved < first(/^delete /), writes.join("\n"));
        await notePasswords(mirrorPasswords(2));
        assert.equal(passwords.size, 10);
    });

    it("keeps the application's user and password where they were", async () => {
        await notePasswords(PASSWORDS);
        assert.equal(passwords.size, 10);
        assert.deepEqual(changes(await run(world().stack.preview())), []);
    });

    it("leaves nothing after a destroy", async () => {
        assertSucceeded(await run(world().stack.destroy()));
        assert.deepEqual(await world().stack.resources(), []);
    });

    it("never stores or prints a password", async () => {
        const texts = [await world().stack.storedText(), ...printed].join("\n");
        assert(texts.includes("my-mm2-cluster-source-2-password"));
        for (const password of passwords) {
            assert(
                !texts.includes(password),
                `${password.slice(0, 4)}… is stored or printed in plain text`,
            );
        }
    });
});
