import assert from "node:assert/strict";
import { recordStack } from "../../support/recordedStack";
import { named } from "../../support/registrations";

describe("KafkaDisasterRecovery: outputs and previews", () => {
    describe("a preview of a new stack", () => {
        it("reads no CA, and knows every computed name", async () => {
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

        it("does not know the address of a future load balancer, but all else about MM2", async () => {
            const result = await recordStack("prod", { preview: true, backend: {} });
            assert.deepEqual(named(result, "kafka-dr-mirror-mm2").unknownPaths, [
                "spec.mirrors[0].source.bootstrapServers",
                'spec.template.pod.metadata.annotations["kafka-dr/source-ca-cert-hash"]',
            ]);
        });
    });

    it("exports the contract of application stacks, without secrets", async () => {
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
            phase: "mirroring",
            mirrorEpoch: 1,
            activeBootstrapServers: "my-cluster-kafka-bootstrap.kafka-source.svc:9093",
            activeCaSecretName: "my-cluster-cluster-ca-cert",
            userNames: ["my-app"],
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
});
