import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import { commandsNetworkPolicy } from "../../../strimzi/builders/networkPolicy";
import { type Change, rawStack } from "../../support/rawSettings";
import { READY, recordStack, recordSteps, stepsTo } from "../../support/recordedStack";
import { named, providerOf, waitsFor } from "../../support/registrations";

describe("KafkaDisasterRecovery: access of the operators' commands", () => {
    it("is a user at each site, with its passwords next to the Job", async () => {
        const result = await recordStack("prod");
        for (const [name, provider] of [
            ["kafka-dr-source-commands-1", "kubernetes-source"],
            ["kafka-dr-source-commands-1-password-source", "kubernetes-source"],
            ["kafka-dr-source-commands-1-password-mirror", "kubernetes-target"],
            ["kafka-dr-target-commands-1", "kubernetes-target"],
            ["kafka-dr-target-commands-1-password-target", "kubernetes-target"],
            ["kafka-dr-commands-network-policy", "kubernetes-target"],
        ] as const) {
            assert.equal(providerOf(named(result, name)), provider, name);
            assert(
                !waitsFor(result, "kafka-dr-mirror-mm2").includes(name),
                `MM2 waits for ${name}`,
            );
        }
        assert.deepEqual(named(result, "kafka-dr-source-commands-1").inputs.metadata, {
            name: "my-mm2-cluster-commands-source-1",
            namespace: "kafka",
            labels: { "strimzi.io/cluster": "my-cluster" },
            annotations: {
                "pulumi.com/timeoutSeconds": "120",
                "pulumi.com/waitFor": "condition=Ready",
            },
        });
    });

    it("changes with MM2's credentials", async () => {
        const changes: Change[] = [["mirror/credentialsRevision", 2]];
        const { registrations } = await recordStack("prod", { changes });
        const names = registrations.map(({ name }) => name);
        assert(names.includes("kafka-dr-source-commands-2"));
        assert(!names.includes("kafka-dr-source-commands-1"));
    });

    it("has no user in an unmanaged cluster or without authentication, and no policy without policies", async () => {
        const changes: Change[] = [
            ["networkPolicies", { enabled: false }],
            ["users", []],
            [
                "source",
                {
                    managed: false,
                    name: "legacy",
                    namespace: "legacy",
                    context: "legacy",
                    bootstrapServers: "legacy.example.com:9093",
                },
            ],
        ];
        const { registrations } = await recordStack("prod", { changes });
        const names = registrations.map(({ name }) => name);
        assert(names.includes("kafka-dr-target-commands-1"));
        assert(!names.some((name) => name.startsWith("kafka-dr-source-commands")));
        assert(!names.includes("kafka-dr-commands-network-policy"));
    });

    it("exists for the reverse mirror as well, next to it", async () => {
        const result = await recordSteps("prod", stepsTo("failing-back"), { backend: READY });
        for (const [name, provider] of [
            ["kafka-dr-reverse-source-commands-1", "kubernetes-target"],
            ["kafka-dr-reverse-source-commands-1-password-source", "kubernetes-target"],
            ["kafka-dr-reverse-source-commands-1-password-mirror", "kubernetes-source"],
            ["kafka-dr-reverse-target-commands-1", "kubernetes-source"],
            ["kafka-dr-reverse-target-commands-1-password-target", "kubernetes-source"],
            ["kafka-dr-reverse-commands-network-policy", "kubernetes-source"],
        ] as const) {
            assert.equal(providerOf(named(result, name)), provider, name);
        }
        const { registrations } = await recordSteps("prod", stepsTo("failed-over"), {
            backend: READY,
        });
        assert(!registrations.some(({ name }) => name.startsWith("kafka-dr-reverse-")));
    });

    it("lets the pods reach DNS, the REST API of MM2 and the brokers, and lets no connection reach the pods", () => {
        const { settings } = parseSettings(rawStack("dev"), "Pulumi.dev.yaml");
        const { spec } = commandsNetworkPolicy(settings);
        assert.deepEqual(spec.ingress, []);
        assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
        assert.deepEqual(spec.podSelector.matchLabels, {
            "app.kubernetes.io/name": "kafka-dr-commands",
            "app.kubernetes.io/instance": "my-mm2-cluster",
        });
        assert.deepEqual(
            spec.egress.map(({ ports }) => ports.map(({ port }) => port)),
            [[53, 53], [8083], [9093], [9093]],
        );
        assert.deepEqual(spec.egress[1]!.to, [
            {
                podSelector: {
                    matchLabels: {
                        "strimzi.io/cluster": "my-mm2-cluster",
                        "strimzi.io/kind": "KafkaMirrorMaker2",
                        "strimzi.io/name": "my-mm2-cluster-mirrormaker2",
                    },
                },
            },
        ]);
    });
});
