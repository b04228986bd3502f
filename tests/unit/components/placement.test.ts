import assert from "node:assert/strict";
import { shortName, urnName } from "../../../engine";
import type { Change } from "../../support/rawSettings";
import { recordStack } from "../../support/recordedStack";
import {
    NAMESPACE,
    named,
    kubernetesObjects,
    providerOf,
    waitsFor,
    position,
} from "../../support/registrations";

describe("KafkaDisasterRecovery: where resources go and in what order", () => {
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

        it("put every Kubernetes object of prod into the context of its site", async () => {
            const result = await recordStack("prod");
            const namesOf = (provider: string) =>
                kubernetesObjects(result)
                    .filter((object) => providerOf(object) === provider)
                    .map(({ name }) => name)
                    .sort();
            assert.deepEqual(namesOf("kubernetes-source"), [
                "kafka-dr-source-commands-1",
                "kafka-dr-source-commands-1-password-source",
                "kafka-dr-source-kafka",
                "kafka-dr-source-metrics",
                "kafka-dr-source-pool-broker",
                "kafka-dr-source-pool-controller",
                "kafka-dr-source-user-1",
                "kafka-dr-source-user-1-password-source",
                "kafka-dr-user-my-app-1-password-source",
                "kafka-dr-user-my-app-source",
            ]);
            // Credentials and CA of the source are copied next to MM2.
            assert.deepEqual(namesOf("kubernetes-target"), [
                "kafka-dr-commands-network-policy",
                "kafka-dr-mirror-metrics",
                "kafka-dr-mirror-mm2",
                "kafka-dr-mirror-network-policy",
                "kafka-dr-phase",
                "kafka-dr-source-ca-copy",
                "kafka-dr-source-commands-1-password-mirror",
                "kafka-dr-source-user-1-password-mirror",
                "kafka-dr-target-commands-1",
                "kafka-dr-target-commands-1-password-target",
                "kafka-dr-target-kafka",
                "kafka-dr-target-metrics",
                "kafka-dr-target-pool-combined",
                "kafka-dr-target-user-1",
                "kafka-dr-target-user-1-password-target",
                "kafka-dr-user-my-app-1-password-target",
                "kafka-dr-user-my-app-target",
            ]);
            assert.equal(
                kubernetesObjects(result).length,
                10 + 17,
                "an object with another provider",
            );
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

        it("have their own identity, and let Secrets change in place", async () => {
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

    describe("data", () => {
        const holders = /:(Kafka|KafkaNodePool|KafkaTopic|Namespace)$/;

        it("is protected and retained in prod, unlike all other resources", async () => {
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

        it("is neither protected nor retained in dev", async () => {
            for (const { name, options } of kubernetesObjects(await recordStack("dev"))) {
                assert(options.protect !== true && options.retainOnDelete !== true, name);
            }
        });
    });
});
