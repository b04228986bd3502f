import assert from "node:assert/strict";
import { type ProgramResult } from "../../../engine";
import type { Change } from "../../support/rawSettings";
import { READY, recordStack } from "../../support/recordedStack";
import { STRIMZI, named } from "../../support/registrations";

describe("KafkaDisasterRecovery: the way to the source", () => {
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

        it("is the operator's address of an exposed listener from another cluster", async () => {
            assert.equal(bootstrapOf(await recordStack("prod")), "203.0.113.7:9094");
        });

        it("is the address in the settings, before both", async () => {
            const changes: Change[] = [["mirror/sourceBootstrapServers", "kafka.example.com:443"]];
            assert.equal(
                bootstrapOf(await recordStack("prod", { changes })),
                "kafka.example.com:443",
            );
        });

        it("fails the update with a message when a Ready cluster reports no such listener", async () => {
            const creates = [{ type: `${STRIMZI}Kafka`, outputs: { status: { listeners: [] } } }];
            await assert.rejects(recordStack("prod", { backend: { ...READY, creates } }), {
                message:
                    /kafka\/my-cluster is Ready but reports no address of its listener "external"/,
            });
        });
    });
});
