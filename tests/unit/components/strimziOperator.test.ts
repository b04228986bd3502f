import assert from "node:assert/strict";
import type { Change } from "../../support/rawSettings";
import { recordStack } from "../../support/recordedStack";
import { providerOf, waitsFor } from "../../support/registrations";

describe("KafkaDisasterRecovery: the operator", () => {
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
});
