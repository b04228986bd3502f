import assert from "node:assert/strict";
import { CA_CERTIFICATES, recordStack } from "../../support/recordedStack";
import { named, kubernetesObjects, providerOf, waitsFor } from "../../support/registrations";

describe("KafkaDisasterRecovery: existing clusters", () => {
    it("does not touch an existing cluster, and uses its addresses", async () => {
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
                ["users", []],
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

    it("accepts the CA of an existing source in PEM, and authenticates there", async () => {
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
                ["users", []],
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
});
