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

        it("has the image of the settings, in the parts that the chart joins", async () => {
            const digest = `sha256:${"ab".repeat(32)}`;
            const values = async (image: string) => {
                const changes: Change[] = [install, ["images", { operator: image }]];
                const { registrations } = await recordStack("dev", { changes });
                const release = registrations.find(({ type }) => type === RELEASE);
                return (release?.inputs.values as { image: unknown }).image;
            };
            assert.deepEqual(await values(`quay.io/strimzi/operator@${digest}`), {
                registry: "quay.io",
                repository: "strimzi",
                name: "operator",
                digest,
            });
            assert.deepEqual(
                await values(`registry.example.com:5000/a/b/operator:1.2.0@${digest}`),
                {
                    registry: "registry.example.com:5000",
                    repository: "a/b",
                    name: "operator",
                    digest,
                },
            );
        });

        it("is installed in each of two Kubernetes clusters, for the namespace in it", async () => {
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
