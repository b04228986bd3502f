import assert from "node:assert/strict";
import {
    type Backend,
    EngineError,
    type ProgramResult,
    RecordingBackend,
    type Registration,
    runProgram,
    shortName,
    urnName,
} from "../../../engine";
import { program } from "../../../program";
import {
    CA_CERTIFICATES,
    CA_SECRET,
    READY,
    recordStack,
    stackFile,
} from "../../support/recordedStack";
import type { Change } from "../../support/rawSettings";

const STRIMZI = "kubernetes:kafka.strimzi.io/v1:";
const NAMESPACE = "kubernetes:core/v1:Namespace";

function named(result: ProgramResult, name: string): Registration {
    const found = result.registrations.find((registration) => registration.name === name);
    assert(found !== undefined, `${name} is not registered`);
    return found;
}

function kubernetesObjects(result: ProgramResult): Registration[] {
    return result.registrations.filter(({ type }) => type.startsWith("kubernetes:"));
}

function providerOf({ options }: Registration): string | undefined {
    const { provider } = options;
    return provider === undefined
        ? undefined
        : urnName(provider.slice(0, provider.lastIndexOf("::")));
}

/** Names of all that a resource waits for, itself left out. */
function waitsFor(result: ProgramResult, name: string): string[] {
    return named(result, name).options.dependencies.map(urnName).sort();
}

function position(result: ProgramResult, name: string): number {
    return result.registrations.findIndex((registration) => registration.name === name);
}

describe("KafkaDisasterRecovery", () => {
    describe("providers", () => {
        it("are one when both sites are in one Kubernetes cluster", async () => {
            const result = await recordStack("dev");
            const providers = result.registrations.filter(({ type }) =>
                type.startsWith("pulumi:providers:"),
            );
            assert.deepEqual(
                providers.map(({ name }) => name),
                ["kubernetes"],
            );
        });

        it("carry every Kubernetes object of prod to the context of its site", async () => {
            const result = await recordStack("prod");
            const objects = kubernetesObjects(result);
            assert(objects.length > 8);
            for (const object of objects) {
                const expected =
                    object.name.startsWith("kafka-dr-source-") &&
                    !object.name.startsWith("kafka-dr-source-ca-")
                        ? "kubernetes-source"
                        : "kubernetes-target";
                assert.equal(providerOf(object), expected, object.name);
            }
            assert.equal(named(result, "kubernetes-source").inputs.context, "prod-primary");
            assert.equal(named(result, "kubernetes-target").inputs.context, "prod-standby");
        });

        it("read the CA with the source's provider", async () => {
            const { reads } = await recordStack("prod");
            const [read] = reads;
            assert.equal(reads.length, 1);
            assert.equal(read!.id, "kafka/my-cluster-cluster-ca-cert");
            assert.match(read!.provider!, /::kubernetes-source::/);
        });

        it("have an identity of their own, and let Secrets change in place", async () => {
            const changes: Change[] = [
                ["source/clusterIdentifier", "uid-1"],
                ["source/kubeconfig", "/etc/kube/primary"],
            ];
            const result = await recordStack("prod", { changes });
            const { inputs } = named(result, "kubernetes-source");
            assert.equal(inputs.clusterIdentifier, "uid-1");
            assert.equal(inputs.kubeconfig, "/etc/kube/primary");
            assert.equal(inputs.enableSecretMutable, "true");
            assert.equal(
                named(result, "kubernetes-target").inputs.clusterIdentifier,
                "prod-standby",
            );
        });
    });

    describe("the pinned identity of a Kubernetes cluster", () => {
        const PINNED = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
        const OTHER = "aaaaaaaa-5d1b-4f1e-9f43-0c2b8a7d6e5f";
        const pinned: Change[] = [
            ["source/kubernetesClusterUid", PINNED],
            ["target/kubernetesClusterUid", OTHER],
        ];
        const kubeSystems = (source: string, target: string) => ({
            ...READY,
            reads: [
                ...READY.reads!,
                ...Object.entries({ source, target }).map(([side, uid]) => ({
                    name: `kafka-dr-${side}-kube-system`,
                    outputs: { metadata: { uid } },
                })),
            ],
        });

        it("lets the right clusters pass, each read with its own provider", async () => {
            const backend = kubeSystems(PINNED, OTHER);
            const { reads } = await recordStack("prod", { changes: pinned, backend });
            const identities = reads.filter(({ id }) => id === "kube-system");
            assert.deepEqual(
                identities.map(({ name, provider }) => [name, provider?.split("::").at(-2)]).sort(),
                [
                    ["kafka-dr-source-kube-system", "kubernetes-source"],
                    ["kafka-dr-target-kube-system", "kubernetes-target"],
                ],
            );
        });

        for (const preview of [true, false]) {
            it(`refuses swapped contexts in ${preview ? "a preview" : "an update"}, before any object`, async () => {
                const created: string[] = [];
                const backend = new RecordingBackend(kubeSystems(OTHER, PINNED));
                const watched: Backend = {
                    create: async (registration, context) => {
                        created.push(registration.name);
                        return backend.create(registration, context);
                    },
                    read: async (request) => backend.read(request),
                };
                const run = runProgram(program, {
                    ...stackFile("prod", pinned),
                    preview,
                    backend: watched,
                });
                await assert.rejects(run, {
                    message:
                        /kafka-dr:(source|target)\.kubernetesClusterUid is ".*", but the context "prod-(primary|standby)" leads to .* may be swapped/,
                });
                assert.deepEqual(created, []);
            });
        }
    });

    it("parents every resource, and names every child after the component", async () => {
        const result = await recordStack("dev");
        for (const { name, type, options } of result.registrations) {
            if (type === "pulumi:pulumi:Stack" || name === "kafka-dr" || name === "kubernetes") {
                continue;
            }
            const parent = options.parent === undefined ? "" : urnName(options.parent);
            assert(
                name.startsWith(`${parent}-`),
                `${name} under ${shortName(options.parent ?? "")}`,
            );
        }
    });

    describe("order", () => {
        it("creates the namespaces first and MM2 last", async () => {
            const result = await recordStack("dev");
            const namespaces = ["kafka-dr-source-namespace", "kafka-dr-target-namespace"];
            for (const object of kubernetesObjects(result).filter(
                ({ type }) => type !== NAMESPACE,
            )) {
                for (const namespace of namespaces) {
                    assert(
                        position(result, object.name) > position(result, namespace),
                        object.name,
                    );
                }
            }
            assert.equal(result.registrations.at(-1)!.name, "kafka-dr-mirror-mm2");
        });

        it("makes Kafka wait for its pools and its metrics, and topics for Kafka", async () => {
            const result = await recordStack("dev");
            assert.deepEqual(waitsFor(result, "kafka-dr-source-kafka"), [
                "kafka-dr-source-metrics",
                "kafka-dr-source-pool-broker",
                "kafka-dr-source-pool-controller",
            ]);
            assert.deepEqual(waitsFor(result, "kafka-dr-source-topic-my-topic"), [
                "kafka-dr-source-kafka",
            ]);
        });

        it("makes MM2 wait for both clusters, the topics and the copy of the CA", async () => {
            const waited = waitsFor(await recordStack("dev"), "kafka-dr-mirror-mm2");
            for (const name of [
                "kafka-dr-source-kafka",
                "kafka-dr-target-kafka",
                "kafka-dr-source-topic-my-topic",
                "kafka-dr-source-ca-copy",
                "kafka-dr-mirror-metrics",
            ]) {
                assert(waited.includes(name), `${name} in ${waited.join(", ")}`);
            }
        });
    });

    describe("what holds data", () => {
        const holders = /:(Kafka|KafkaNodePool|KafkaTopic|Namespace)$/;

        it("is protected and retained in prod, and nothing else is", async () => {
            const result = await recordStack("prod", {
                changes: [
                    ["source/createNamespace", true],
                    ["topics", [{ name: "orders", partitions: 3 }]],
                ],
            });
            const kinds = new Set<string>();
            for (const { type, name, options } of kubernetesObjects(result)) {
                const holds = holders.test(type);
                assert.equal(options.protect === true, holds, name);
                assert.equal(options.retainOnDelete === true, holds, name);
                if (holds) {
                    kinds.add(type.split(":").at(-1)!);
                }
            }
            assert.deepEqual([...kinds].sort(), [
                "Kafka",
                "KafkaNodePool",
                "KafkaTopic",
                "Namespace",
            ]);
        });

        it("is neither in dev", async () => {
            for (const { name, options } of kubernetesObjects(await recordStack("dev"))) {
                assert(options.protect !== true && options.retainOnDelete !== true, name);
            }
        });
    });

    describe("readiness", () => {
        const annotationsOf = (registration: Registration) =>
            (registration.inputs.metadata as { annotations?: Record<string, string> }).annotations;

        it("is waited for with the settings' timeouts", async () => {
            const result = await recordStack("dev", {
                changes: [
                    [
                        "readinessTimeouts",
                        { kafkaSeconds: 11, topicSeconds: 12, mirrorMakerSeconds: 13 },
                    ],
                ],
            });
            assert.deepEqual(annotationsOf(named(result, "kafka-dr-target-kafka")), {
                "pulumi.com/waitFor": "condition=Ready",
                "pulumi.com/timeoutSeconds": "11",
            });
            assert.deepEqual(annotationsOf(named(result, "kafka-dr-source-topic-my-topic")), {
                "pulumi.com/waitFor": "condition=Ready",
                "pulumi.com/timeoutSeconds": "12",
            });
            assert.deepEqual(annotationsOf(named(result, "kafka-dr-mirror-mm2")), {
                "pulumi.com/waitFor": '["condition=Ready","jsonpath={.status.url}"]',
                "pulumi.com/timeoutSeconds": "13",
            });
        });

        it("asks for no address of an MM2 without workers, which never gets one", async () => {
            const result = await recordStack("dev", { changes: [["mirror/replicas", 0]] });
            const annotations = annotationsOf(named(result, "kafka-dr-mirror-mm2"));
            assert.equal(annotations?.["pulumi.com/waitFor"], "condition=Ready");
            assert(!("observedStatusUrl" in result.outputs));
            assert.deepEqual(result.logs, []);
        });
    });

    describe("the copy of the CA", () => {
        it("has every certificate, nothing else, and stays secret", async () => {
            const copy = named(await recordStack("dev"), "kafka-dr-source-ca-copy");
            assert.deepEqual(copy.inputs.data, CA_CERTIFICATES);
            assert.deepEqual(copy.secretPaths, ["data"]);
        });

        it("has a name of its own, no owner and no label of Strimzi's", async () => {
            const copy = named(await recordStack("dev"), "kafka-dr-source-ca-copy");
            assert.deepEqual(copy.inputs.metadata, {
                name: "my-cluster-cluster-ca-cert-copy",
                namespace: "kafka-target",
                annotations: { "kafka-dr/source-ca-cert-generation": "3" },
            });
        });

        it("never takes the place of the target's CA when both clusters have one name", async () => {
            const result = await recordStack("dev", {
                changes: [
                    ["target/name", "my-cluster"],
                    ["target/alias", "standby"],
                ],
            });
            const { sourceCaCopySecretName, targetCaSecretName } = result.outputs;
            assert.equal(targetCaSecretName, "my-cluster-cluster-ca-cert");
            assert.notEqual(sourceCaCopySecretName, targetCaSecretName);
        });

        it("is what MM2 trusts, by pattern", async () => {
            const { inputs } = named(await recordStack("dev"), "kafka-dr-mirror-mm2");
            const { mirrors } = inputs.spec as { mirrors: { source: { tls: unknown } }[] };
            assert.deepEqual(mirrors[0]!.source.tls, {
                trustedCertificates: [
                    { secretName: "my-cluster-cluster-ca-cert-copy", pattern: "*.crt" },
                ],
            });
        });

        it("rolls MM2 when it changes, and only then: its hash is in the pods' annotations", async () => {
            const annotationsWith = async (data: Record<string, string>) => {
                const reads = [{ ...READY.reads![0], outputs: { ...CA_SECRET, data } }];
                const result = await recordStack("dev", { backend: { ...READY, reads } });
                const { inputs, secretPaths } = named(result, "kafka-dr-mirror-mm2");
                assert.deepEqual(secretPaths, []);
                const { template } = inputs.spec as {
                    template: { pod: { metadata: { annotations: Record<string, string> } } };
                };
                return template.pod.metadata.annotations["kafka-dr/source-ca-cert-hash"];
            };
            const before = await annotationsWith(CA_SECRET.data);
            assert.match(before!, /^[0-9a-f]{16}$/);
            assert.equal(await annotationsWith({ ...CA_SECRET.data, "ca.p12": "bmV3" }), before);
            const renewed = { "ca.crt": CA_CERTIFICATES["ca.crt"] };
            assert.notEqual(await annotationsWith(renewed), before);
        });

        it("is not made where MM2 can read the original", async () => {
            const result = await recordStack("dev", {
                changes: [
                    ["target/namespace", "kafka-source"],
                    ["target/createNamespace", false],
                ],
            });
            assert.deepEqual(result.reads, []);
            assert(!("sourceCaCopySecretName" in result.outputs));
            const { inputs } = named(result, "kafka-dr-mirror-mm2");
            assert.match(JSON.stringify(inputs), /"secretName":"my-cluster-cluster-ca-cert"/);
        });

        it("fails the update when the CA's Secret has no certificate", async () => {
            const reads = [
                { type: "kubernetes:core/v1:Secret", outputs: { data: { "ca.key": "eA==" } } },
            ];
            await assert.rejects(recordStack("dev", { backend: { ...READY, reads } }), {
                message: /kafka-source\/my-cluster-cluster-ca-cert has no "ca\.crt"/,
            });
        });
    });

    describe("the copy by the External Secrets Operator", () => {
        const external = async (stack: "dev" | "prod") => {
            const token = { token: "dG9rZW4=", "ca.crt": "Y2E=" };
            const creates = [
                { name: "kafka-dr-source-ca-reader-token", outputs: { data: token } },
                ...READY.creates!,
            ];
            const caCopy = {
                method: "external-secrets",
                sourceApiServer: "https://kube.example.com",
            };
            return recordStack(stack, {
                changes: [["caCopy", caCopy]],
                backend: { ...READY, creates },
            });
        };

        it("gives a service account of the source one right: to read this one Secret", async () => {
            const result = await external("prod");
            const role = named(result, "kafka-dr-source-ca-reader-role");
            assert.equal(providerOf(role), "kubernetes-source");
            assert.deepEqual(role.inputs.rules, [
                {
                    apiGroups: [""],
                    resources: ["secrets"],
                    resourceNames: ["my-cluster-cluster-ca-cert"],
                    verbs: ["get"],
                },
            ]);
            const binding = named(result, "kafka-dr-source-ca-reader-binding");
            assert.deepEqual(binding.inputs.subjects, [
                {
                    kind: "ServiceAccount",
                    name: "my-cluster-cluster-ca-cert-copy-reader",
                    namespace: "kafka",
                },
            ]);
        });

        it("hands its token to the target as a secret, and reads no certificate itself", async () => {
            const result = await external("prod");
            assert.deepEqual(result.reads, []);
            const credentials = named(result, "kafka-dr-source-ca-reader-credentials");
            assert.equal(providerOf(credentials), "kubernetes-target");
            assert.deepEqual(credentials.inputs.data, { token: "dG9rZW4=", "ca.crt": "Y2E=" });
            assert.deepEqual(credentials.secretPaths, ["data"]);
        });

        it("makes a copy under the same name, every minute, and MM2 waits for the first", async () => {
            const result = await external("dev");
            const { metadata, spec } = named(result, "kafka-dr-source-ca-copy").inputs as {
                metadata: { name: string; annotations: Record<string, string> };
                spec: { refreshInterval: string; dataFrom: unknown };
            };
            assert.equal(metadata.name, "my-cluster-cluster-ca-cert-copy");
            assert.equal(metadata.annotations["pulumi.com/waitFor"], "condition=Ready");
            assert.equal(spec.refreshInterval, "1m");
            assert.deepEqual(spec.dataFrom, [{ extract: { key: "my-cluster-cluster-ca-cert" } }]);
            assert(waitsFor(result, "kafka-dr-mirror-mm2").includes("kafka-dr-source-ca-copy"));
            assert.equal(result.outputs.sourceCaCopySecretName, "my-cluster-cluster-ca-cert-copy");
            assert(!("sourceCaExpires" in result.outputs));
        });
    });

    describe("Strimzi's operator", () => {
        const RELEASE = "kubernetes:helm.sh/v3:Release";
        const install: Change = ["operator", { install: true }];

        it("is left to others by default", async () => {
            const { registrations } = await recordStack("dev");
            assert(!registrations.some(({ type }) => type === RELEASE));
        });

        it("is installed once in one Kubernetes cluster, for both namespaces, before any Kafka", async () => {
            const result = await recordStack("dev", { changes: [install] });
            const releases = result.registrations.filter(({ type }) => type === RELEASE);
            assert.deepEqual(
                releases.map(({ inputs }) => [inputs.version, inputs.values]),
                [["1.2.0", { watchNamespaces: ["kafka-source", "kafka-target"] }]],
            );
            for (const pool of ["kafka-dr-source-pool-broker", "kafka-dr-target-pool-combined"]) {
                assert(waitsFor(result, pool).includes("kafka-dr-operator-release"), pool);
            }
        });

        it("is installed in each of two Kubernetes clusters, for the namespace there", async () => {
            const result = await recordStack("prod", { changes: [install] });
            const releases = result.registrations.filter(({ type }) => type === RELEASE);
            assert.deepEqual(
                releases.map((release) => [release.name, providerOf(release)]).sort(),
                [
                    ["kafka-dr-source-operator-release", "kubernetes-source"],
                    ["kafka-dr-target-operator-release", "kubernetes-target"],
                ],
            );
        });
    });

    describe("a preview of a new stack", () => {
        it("reads no CA, and knows every name that is computed", async () => {
            const result = await recordStack("prod", { preview: true, backend: {} });
            assert.deepEqual(
                result.reads.map(({ id }) => id),
                [undefined],
            );
            assert.deepEqual([...result.unknownOutputs].sort(), [
                "connectorStates",
                "observedStatusUrl",
                "sourceCaCopyGeneration",
                "sourceCaExpires",
            ]);
            assert.equal(
                result.outputs.statusUrl,
                "http://my-mm2-cluster-mirrormaker2-api.kafka.svc:8083",
            );
            assert.deepEqual(result.outputs.connectorNames, [
                "my-cluster->my-cluster-tgt.MirrorSourceConnector",
                "my-cluster->my-cluster-tgt.MirrorCheckpointConnector",
            ]);
        });

        it("does not know the address that a load balancer will have, and all else of MM2", async () => {
            const result = await recordStack("prod", { preview: true, backend: {} });
            assert.deepEqual(named(result, "kafka-dr-mirror-mm2").unknownPaths, [
                "spec.mirrors[0].source.bootstrapServers",
                'spec.template.pod.metadata.annotations["kafka-dr/source-ca-cert-hash"]',
            ]);
        });
    });

    describe("the way to the source", () => {
        const bootstrapOf = (result: ProgramResult) => {
            const { spec } = named(result, "kafka-dr-mirror-mm2").inputs as {
                spec: { mirrors: { source: { bootstrapServers: string } }[] };
            };
            return spec.mirrors[0]!.source.bootstrapServers;
        };

        it("is the internal listener in one Kubernetes cluster", async () => {
            assert.equal(
                bootstrapOf(await recordStack("dev")),
                "my-cluster-kafka-bootstrap.kafka-source.svc:9093",
            );
        });

        it("is what the operator reports of an exposed listener from another", async () => {
            assert.equal(bootstrapOf(await recordStack("prod")), "203.0.113.7:9094");
        });

        it("is what the settings say, over both", async () => {
            const changes: Change[] = [["mirror/sourceBootstrapServers", "kafka.example.com:443"]];
            assert.equal(
                bootstrapOf(await recordStack("prod", { changes })),
                "kafka.example.com:443",
            );
        });

        it("fails the update, not silently, when a Ready cluster reports no such listener", async () => {
            const creates = [{ type: `${STRIMZI}Kafka`, outputs: { status: { listeners: [] } } }];
            await assert.rejects(recordStack("prod", { backend: { ...READY, creates } }), {
                message:
                    /kafka\/my-cluster is Ready but reports no address of its listener "external"/,
            });
        });
    });

    it("leaves a cluster that exists alone, and takes its addresses", async () => {
        const result = await recordStack("prod", {
            changes: [
                [
                    "source",
                    {
                        managed: false,
                        name: "legacy",
                        namespace: "kafka",
                        context: "prod-primary",
                        bootstrapServers: "legacy.example.com:9093",
                        caSecretName: "legacy-ca",
                    },
                ],
            ],
        });
        assert.deepEqual(
            kubernetesObjects(result).filter(
                (object) => providerOf(object) === "kubernetes-source",
            ),
            [],
        );
        assert.equal(result.outputs.sourceBootstrapServers, "legacy.example.com:9093");
        assert.deepEqual(
            result.reads.map(({ id }) => id),
            ["kafka/legacy-ca"],
        );
        assert.equal(result.outputs.sourceCaCopySecretName, "legacy-cluster-ca-cert-copy");
    });

    it("takes the CA of an existing source in PEM, and identifies itself there", async () => {
        const chain = Object.values(CA_CERTIFICATES)
            .map((base64) => Buffer.from(base64, "base64").toString())
            .join("\n");
        const authentication = {
            type: "scram-sha-512",
            username: "mm2",
            passwordSecret: { secretName: "legacy-mm2", password: "password" },
        };
        const result = await recordStack("prod", {
            changes: [
                [
                    "source",
                    {
                        managed: false,
                        name: "legacy",
                        namespace: "kafka",
                        context: "prod-primary",
                        bootstrapServers: "legacy.example.com:9093",
                        caCertificates: chain,
                        authentication,
                    },
                ],
            ],
        });
        const secret = named(result, "kafka-dr-source-ca");
        assert.equal(providerOf(secret), "kubernetes-target");
        assert.deepEqual(Object.keys(secret.inputs.data as object).sort(), ["ca-2.crt", "ca.crt"]);
        assert.deepEqual(result.reads, []);
        const { spec } = named(result, "kafka-dr-mirror-mm2").inputs as {
            spec: { mirrors: { source: Record<string, unknown> }[] };
        };
        assert.deepEqual(spec.mirrors[0]!.source, {
            alias: "legacy",
            bootstrapServers: "legacy.example.com:9093",
            tls: {
                trustedCertificates: [
                    { secretName: "legacy-cluster-ca-cert-copy", pattern: "*.crt" },
                ],
            },
            authentication,
        });
        assert(waitsFor(result, "kafka-dr-mirror-mm2").includes("kafka-dr-source-ca"));
    });

    it("exports the contract of application stacks, with nothing secret in it", async () => {
        const { outputs, secretOutputs } = await recordStack("dev");
        assert.deepEqual(secretOutputs, []);
        assert.deepEqual(outputs, {
            statusUrl: "http://my-mm2-cluster-mirrormaker2-api.kafka-target.svc:8083",
            observedStatusUrl: "http://my-mm2-cluster-mirrormaker2-api.kafka.svc:8083",
            connectorNames: [
                "my-cluster->my-cluster-tgt.MirrorSourceConnector",
                "my-cluster->my-cluster-tgt.MirrorCheckpointConnector",
            ],
            connectorStates: [
                {
                    name: "my-cluster->my-cluster-tgt.MirrorCheckpointConnector",
                    state: "RUNNING",
                    tasks: [],
                },
                {
                    name: "my-cluster->my-cluster-tgt.MirrorSourceConnector",
                    state: "RUNNING",
                    tasks: [0, 1, 2].map((id) => ({ id, state: "RUNNING" })),
                },
            ],
            mirrorMakerName: "my-mm2-cluster",
            mirrorMakerNamespace: "kafka-target",
            mirrorMakerReplicas: 1,
            activeSite: "source",
            activeBootstrapServers: "my-cluster-kafka-bootstrap.kafka-source.svc:9093",
            activeCaSecretName: "my-cluster-cluster-ca-cert",
            sourceClusterName: "my-cluster",
            sourceNamespace: "kafka-source",
            sourceBootstrapServers: "my-cluster-kafka-bootstrap.kafka-source.svc:9093",
            sourceCaSecretName: "my-cluster-cluster-ca-cert",
            sourceCaCopySecretName: "my-cluster-cluster-ca-cert-copy",
            sourceCaCopyGeneration: "3",
            sourceCaExpires: "2027-11-23T20:33:48.000Z",
            targetClusterName: "my-cluster-tgt",
            targetNamespace: "kafka-target",
            targetBootstrapServers: "my-cluster-tgt-kafka-bootstrap.kafka-target.svc:9093",
            targetCaSecretName: "my-cluster-tgt-cluster-ca-cert",
        });
    });

    it("says which resource failed when one does", async () => {
        const creates = [
            { name: "kafka-dr-target-kafka", error: "Kafka is NotReady: no storage class" },
        ];
        await assert.rejects(recordStack("dev", { backend: { ...READY, creates } }), (error) => {
            assert(error instanceof EngineError);
            assert.match(error.message, /NotReady: no storage class/);
            return true;
        });
    });
});
