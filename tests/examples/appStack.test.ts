import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "../../examples/app-stack/program";
import { clientProperties } from "../../examples/app-stack/kafkaClient";
import { siteContexts } from "../../examples/app-stack/settings";
import { readStackFile } from "../../config/stackFile";
import {
    type ProgramResult,
    RecordingBackend,
    type Registration,
    runChildProgram,
    runProgram,
} from "../../engine";
import { repositoryRoot } from "../support/rawSettings";
import { recordStack } from "../support/recordedStack";

const exampleFolder = join(repositoryRoot, "examples", "app-stack");
const kafkaStack = { dev: "dev", "prod-source": "prod", "prod-target": "prod" } as const;
type AppStack = keyof typeof kafkaStack;
type Outputs = Readonly<Record<string, unknown>>;

const recorded = new Map<string, Promise<Outputs>>();

/** What kafka-dr exports, recorded once for all tests. */
function kafkaOutputs(stack: "dev" | "prod"): Promise<Outputs> {
    const outputs = recorded.get(stack) ?? recordStack(stack).then((result) => result.outputs);
    recorded.set(stack, outputs);
    return outputs;
}

/** Runs the example against the outputs that the kafka-dr stack really exports, with changes. */
async function run(
    stack: AppStack,
    change: (outputs: Outputs) => Outputs = (outputs) => outputs,
    preview = false,
): Promise<ProgramResult> {
    const outputs = await kafkaOutputs(kafkaStack[stack]);
    return runProgram(program, {
        ...readStackFile(exampleFolder, stack),
        preview,
        backend: new RecordingBackend({
            reads: [
                {
                    type: "pulumi:pulumi:StackReference",
                    outputs: { outputs: change(outputs), secretOutputNames: [] },
                },
            ],
        }),
    });
}

const withActive = (activeSite: string) => (outputs: Outputs) => ({ ...outputs, activeSite });
const without = (name: string) => (outputs: Outputs) =>
    Object.fromEntries(Object.entries(outputs).filter(([output]) => output !== name));

interface DeploymentInputs {
    readonly metadata: { readonly namespace: string };
    readonly spec: {
        readonly replicas: number;
        readonly template: {
            readonly spec: {
                readonly volumes: readonly {
                    readonly name: string;
                    readonly secret?: { readonly secretName: string };
                    readonly configMap?: { readonly name: string };
                }[];
            };
        };
    };
}

function ofType(result: ProgramResult, type: string): readonly Registration[] {
    return result.registrations.filter((found) => found.type === type);
}

function deployment(result: ProgramResult, site: string): DeploymentInputs {
    const found = ofType(result, "kubernetes:apps/v1:Deployment").find(
        ({ name }) => name === `my-app-${site}`,
    );
    assert(found, `no Deployment for ${site}`);
    return found.inputs as unknown as DeploymentInputs;
}

function replicas(result: ProgramResult): Record<string, number> {
    return Object.fromEntries(
        ofType(result, "kubernetes:apps/v1:Deployment").map(({ name, inputs }) => [
            name,
            (inputs as unknown as DeploymentInputs).spec.replicas,
        ]),
    );
}

describe("examples/app-stack", () => {
    it("reads the stack that its settings name", async () => {
        const { reads } = await run("dev");
        assert.deepEqual(
            reads.map(({ type, id }) => [type, id]),
            [["pulumi:pulumi:StackReference", "organization/kafka-dr/dev"]],
        );
    });

    it("runs at the active site, and at the other one after a switch", async () => {
        assert.deepEqual(replicas(await run("dev")), { "my-app-source": 1, "my-app-target": 0 });
        assert.deepEqual(replicas(await run("dev", withActive("target"))), {
            "my-app-source": 0,
            "my-app-target": 1,
        });
    });

    it("switches without creating, deleting or replacing anything: only replicas differ", async () => {
        const objects = (result: ProgramResult) =>
            result.registrations
                .filter(({ type }) => type.startsWith("kubernetes:"))
                .map(({ urn, inputs }) => {
                    const copy = structuredClone(inputs) as { spec?: { replicas?: number } };
                    delete copy.spec?.replicas;
                    return { urn, inputs: copy };
                })
                .sort((one, other) => (one.urn < other.urn ? -1 : 1));
        const before = await run("dev");
        const after = await run("dev", withActive("target"));
        assert.deepEqual(objects(after), objects(before));
        assert.equal(objects(before).length, 4);
    });

    it("connects each site's pods to that site's brokers, with its CA, in its namespace", async () => {
        const result = await run("dev");
        for (const [site, cluster] of [
            ["source", "my-cluster"],
            ["target", "my-cluster-tgt"],
        ] as const) {
            const { metadata, spec } = deployment(result, site);
            assert.equal(metadata.namespace, `kafka-${site}`);
            const ca = spec.template.spec.volumes.find(({ name }) => name === "ca");
            assert.equal(ca?.secret?.secretName, `${cluster}-cluster-ca-cert`);
            const config = ofType(result, "kubernetes:core/v1:ConfigMap").find(
                ({ name }) => name === `my-app-${site}`,
            );
            assert.equal(
                (config?.inputs.data as Record<string, string>).bootstrapServers,
                `${cluster}-kafka-bootstrap.kafka-${site}.svc:9093`,
            );
            const mounted = spec.template.spec.volumes.find(({ name }) => name === "config");
            assert.match(mounted?.configMap?.name ?? "", new RegExp(`^my-app-${site}-`));
        }
    });

    it("follows a changed address with a replaced ConfigMap: it has no name of its own", async () => {
        const result = await run("dev");
        for (const { inputs } of ofType(result, "kubernetes:core/v1:ConfigMap")) {
            assert.equal((inputs.metadata as { name?: string }).name, undefined);
        }
    });

    it("names a provider for every Kubernetes object, one for each context", async () => {
        const result = await run("dev");
        assert.deepEqual(
            ofType(result, "pulumi:providers:kubernetes").map(({ name }) => name),
            ["kubernetes-kind-kafka-dr"],
        );
        for (const { type, name, options } of result.registrations) {
            if (type.startsWith("kubernetes:")) {
                assert.match(options.provider ?? "", /kubernetes-kind-kafka-dr/, name);
            }
        }
    });

    it("has no unknown value in a preview", async () => {
        const result = await run("dev", undefined, true);
        assert.deepEqual(replicas(result), { "my-app-source": 1, "my-app-target": 0 });
        assert.deepEqual(result.unknownOutputs, []);
    });

    it("has no secret value and no certificate among its inputs", async () => {
        const result = await run("dev");
        assert.deepEqual(
            result.registrations.flatMap(({ secretPaths }) => secretPaths),
            [],
        );
        assert.equal(ofType(result, "kubernetes:core/v1:Secret").length, 0);
    });

    for (const [stack, site, context] of [
        ["prod-source", "source", "prod-primary"],
        ["prod-target", "target", "prod-standby"],
    ] as const) {
        it(`${stack} reaches the Kubernetes cluster of the ${site} and no other`, async () => {
            for (const active of ["source", "target"]) {
                const result = await run(stack, withActive(active));
                assert.deepEqual(
                    ofType(result, "pulumi:providers:kubernetes").map(
                        ({ inputs }) => inputs.context,
                    ),
                    [context],
                );
                assert.deepEqual(replicas(result), { [`my-app-${site}`]: Number(active === site) });
            }
        });
    }

    it("needs nothing of a site that it does not deploy to", async () => {
        const result = await run("prod-target", without("sourceCaSecretName"));
        assert.deepEqual(Object.keys(replicas(result)), ["my-app-target"]);
    });

    for (const output of [
        "activeSite",
        "sourceBootstrapServers",
        "sourceNamespace",
        "sourceCaSecretName",
        "targetCaSecretName",
        "userNames",
    ]) {
        it(`fails with the name of the output when ${output} is missing`, async () => {
            await assert.rejects(
                run("dev", without(output)),
                new RegExp(
                    `Required output '${output}' does not exist on stack 'organization/kafka-dr/dev'`,
                ),
            );
        });
    }

    it("refuses an active site that it does not know", async () => {
        await assert.rejects(
            run("dev", withActive("both")),
            /Output 'activeSite' of stack 'organization\/kafka-dr\/dev' is "both"; it must be "source" or "target"/,
        );
    });

    it("mounts its user's Secret, and makes nothing of it visible in the pod's spec", async () => {
        const spec = JSON.stringify(deployment(await run("dev"), "source"));
        assert.match(spec, /"name":"user","secret":\{"secretName":"my-app"\}/);
        assert.doesNotMatch(spec, /secretKeyRef|sasl\.jaas\.config=[^%]/);
    });

    it("refuses a user that the stack does not declare, instead of waiting for its Secret", async () => {
        await assert.rejects(
            run("dev", (outputs) => ({ ...outputs, userNames: ["other"] })),
            /Stack 'organization\/kafka-dr\/dev' does not declare the user 'my-app', but \["other"\]/,
        );
    });

    it("runs pods that the restricted Pod Security Standard admits", async () => {
        const spec = JSON.stringify(deployment(await run("dev"), "source").spec);
        for (const part of [
            '"seccompProfile":{"type":"RuntimeDefault"}',
            '"runAsNonRoot":true',
            '"allowPrivilegeEscalation":false',
            '"drop":["ALL"]',
        ]) {
            assert(spec.includes(part), part);
        }
    });

    it("verifies brokers by the certificates of the Secret", () => {
        const properties = clientProperties("group-1").split("\n");
        assert(properties.includes("security.protocol=SASL_SSL"));
        assert(properties.includes("sasl.mechanism=SCRAM-SHA-512"));
        assert(properties.includes("ssl.truststore.type=PEM"));
        assert(properties.includes("group.id=group-1"));
        assert(!properties.some((line) => line.includes("endpoint.identification")));
    });

    const wrongSites: readonly (readonly [string, unknown, RegExp])[] = [
        ["nothing", undefined, /my-app:sites: name at least one/],
        ["no site", {}, /my-app:sites: name at least one/],
        [
            "an unknown site",
            { primary: { context: "a" } },
            /"primary" is not one of source, target/,
        ],
        ["no context", { source: {} }, /source\.context must be the name/],
        ["null", { target: null }, /target\.context must be the name/],
    ];
    for (const [what, value, message] of wrongSites) {
        it(`refuses sites that are ${what}`, () => {
            assert.throws(() => siteContexts(value, "my-app"), message);
        });
    }

    it("is a program for Pulumi's Node language host, with its stack outputs", async function () {
        const outputs = await kafkaOutputs("dev");
        const child = await runChildProgram({
            ...readStackFile(exampleFolder, "dev"),
            directory: exampleFolder,
            backend: new RecordingBackend({ reads: [{ outputs: { outputs } }] }),
            env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
        });
        assert.equal(child.exitCode, 0, child.stderr);
        assert.deepEqual(child.result.outputs, {
            activeSite: "source",
            replicas: { source: 1, target: 0 },
        });
    });

    it("uses the package versions of this repository", () => {
        const read = (folder: string) =>
            JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
                "dependencies" | "devDependencies",
                Record<string, string>
            >;
        const own = read(repositoryRoot);
        const example = read(exampleFolder);
        const versions = { ...own.dependencies, ...own.devDependencies };
        for (const [name, version] of Object.entries({
            ...example.dependencies,
            ...example.devDependencies,
        })) {
            assert.equal(version, versions[name], name);
        }
    });
});
