import assert from "node:assert/strict";
import { CA_CERTIFICATES, CA_SECRET, READY, recordStack } from "../../support/recordedStack";
import { named, providerOf, waitsFor } from "../../support/registrations";

describe("KafkaDisasterRecovery: the CA of the source", () => {
    describe("the copy of the CA", () => {
        it("has every certificate and nothing else, and stays secret", async () => {
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

        it("never replaces the target's CA when both clusters have one name", async () => {
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

        it("is trusted by MM2, by pattern", async () => {
            const { inputs } = named(await recordStack("dev"), "kafka-dr-mirror-mm2");
            const { mirrors } = inputs.spec as { mirrors: { source: { tls: unknown } }[] };
            assert.deepEqual(mirrors[0]!.source.tls, {
                trustedCertificates: [
                    { secretName: "my-cluster-cluster-ca-cert-copy", pattern: "*.crt" },
                ],
            });
        });

        it("rolls MM2 only when it changes: its hash is in the pods' annotations", async () => {
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

        it("does not exist if MM2 can read the original", async () => {
            const result = await recordStack("dev", {
                changes: [
                    ["target/namespace", "kafka-source"],
                    ["target/createNamespace", false],
                    ["users", []],
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

        it("grants a service account of the source one right: to read this Secret", async () => {
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

        it("passes its token to the target as a secret, and reads no certificate itself", async () => {
            const result = await external("prod");
            assert.deepEqual(result.reads, []);
            const credentials = named(result, "kafka-dr-source-ca-reader-credentials");
            assert.equal(providerOf(credentials), "kubernetes-target");
            assert.deepEqual(credentials.inputs.data, { token: "dG9rZW4=", "ca.crt": "Y2E=" });
            assert.deepEqual(credentials.secretPaths, ["data"]);
        });

        it("refreshes a copy of the same name every minute, and MM2 waits for the first", async () => {
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
});
