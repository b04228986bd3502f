import assert from "node:assert/strict";
import { EngineError, type Registration } from "../../../engine";
import { READY, recordStack } from "../../support/recordedStack";
import { named } from "../../support/registrations";

describe("KafkaDisasterRecovery: waiting and failing", () => {
    describe("readiness", () => {
        const annotationsOf = (registration: Registration) =>
            (registration.inputs.metadata as { annotations?: Record<string, string> }).annotations;

        it("is awaited with the settings' timeouts", async () => {
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

        it("requires no address from an MM2 without workers, which never gets one", async () => {
            const result = await recordStack("dev", { changes: [["mirror/replicas", 0]] });
            const annotations = annotationsOf(named(result, "kafka-dr-mirror-mm2"));
            assert.equal(annotations?.["pulumi.com/waitFor"], "condition=Ready");
            assert(!("observedStatusUrl" in result.outputs));
            assert.deepEqual(result.logs, []);
        });
    });

    it("names the resource that failed", async () => {
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
