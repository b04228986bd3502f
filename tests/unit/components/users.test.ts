import assert from "node:assert/strict";
import type { ProgramResult } from "../../../engine";
import type { Change } from "../../support/rawSettings";
import { READY, recordStack } from "../../support/recordedStack";
import { named, providerOf, waitsFor } from "../../support/registrations";

const certificates: Change[] = [
    ["source/listeners/1/authentication", "tls"],
    ["target/listeners", [{ name: "tls", port: 9093, authentication: "tls" }]],
    ["users", []],
];

/** The Secret that the User Operator creates for a KafkaUser with a client certificate. */
const USER_SECRET = {
    data: { "ca.crt": "Y2E=", "user.crt": "Y2VydA==", "user.key": "a2V5", "user.p12": "cDEy" },
};

function withUserSecret(data: Record<string, string> = USER_SECRET.data) {
    return {
        ...READY,
        reads: [
            { name: "kafka-dr-source-user-1-original", outputs: { data } },
            { name: "kafka-dr-source-commands-1-original", outputs: USER_SECRET },
            ...(READY.reads ?? []),
        ],
    };
}

function mirrorSpec(result: ProgramResult) {
    const { spec } = named(result, "kafka-dr-mirror-mm2").inputs as {
        spec: {
            target: { authentication?: unknown };
            mirrors: [{ source: { authentication?: unknown } }];
            template: { pod?: { metadata: { annotations: Record<string, string> } } };
        };
    };
    return spec;
}

describe("KafkaDisasterRecovery: users", () => {
    describe("MM2's own, with a password", () => {
        it("exists at each site, and MM2 reads both passwords in its own namespace", async () => {
            const result = await recordStack("prod");
            const { target, mirrors } = mirrorSpec(result);
            assert.deepEqual(mirrors[0].source.authentication, {
                type: "scram-sha-512",
                username: "my-mm2-cluster-source-1",
                passwordSecret: {
                    secretName: "my-mm2-cluster-source-1-password",
                    password: "password",
                },
            });
            assert.deepEqual(target.authentication, {
                type: "scram-sha-512",
                username: "my-mm2-cluster-target-1",
                passwordSecret: {
                    secretName: "my-mm2-cluster-target-1-password",
                    password: "password",
                },
            });
            for (const [name, provider] of [
                ["kafka-dr-source-user-1", "kubernetes-source"],
                ["kafka-dr-source-user-1-password-source", "kubernetes-source"],
                ["kafka-dr-source-user-1-password-mirror", "kubernetes-target"],
                ["kafka-dr-target-user-1", "kubernetes-target"],
                ["kafka-dr-target-user-1-password-target", "kubernetes-target"],
            ] as const) {
                assert.equal(providerOf(named(result, name)), provider, name);
                assert(waitsFor(result, "kafka-dr-mirror-mm2").includes(name), name);
            }
        });

        it("has one password in both namespaces, and another one at each site", async () => {
            const result = await recordStack("prod");
            const password = (name: string) =>
                (named(result, name).inputs.data as { password: string }).password;
            const source = password("kafka-dr-source-user-1-password-source");
            assert.equal(password("kafka-dr-source-user-1-password-mirror"), source);
            assert.notEqual(password("kafka-dr-target-user-1-password-target"), source);
            const text = Buffer.from(source, "base64").toString();
            assert.match(text, /^[A-Za-z0-9]{32}$/);
        });

        it("is created after the cluster whose User Operator manages it", async () => {
            const waited = waitsFor(await recordStack("prod"), "kafka-dr-source-user-1");
            assert(waited.includes("kafka-dr-source-kafka"), waited.join(", "));
        });

        it("is another user and another password in another revision", async () => {
            const changes: Change[] = [["mirror/credentialsRevision", 2]];
            const result = await recordStack("prod", { changes });
            const names = result.registrations.map(({ name }) => name);
            assert(names.includes("kafka-dr-source-user-2"));
            assert(!names.some((name) => name.includes("-user-1")));
            assert.match(
                JSON.stringify(mirrorSpec(result)),
                /"username":"my-mm2-cluster-source-2"/,
            );
        });

        it("needs no second copy if both sites are in one namespace", async () => {
            const changes: Change[] = [
                ["target/namespace", "kafka-source"],
                ["target/createNamespace", false],
                ["users", []],
            ];
            const { registrations } = await recordStack("dev", { changes });
            assert(!registrations.some(({ name }) => name.endsWith("-password-mirror")));
        });

        it("has no ACLs if the cluster has no authorizer", async () => {
            const changes: Change[] = [
                ["security", { allowInsecureListeners: true }],
                ["source/authorization", "none"],
            ];
            const { inputs } = named(
                await recordStack("dev", { changes }),
                "kafka-dr-source-user-1",
            );
            assert.deepEqual(Object.keys(inputs.spec as object), ["authentication"]);
        });

        it("does not exist for a listener without authentication", async () => {
            const changes: Change[] = [
                ["security", { allowInsecureListeners: true }],
                ["source/authorization", "none"],
                ["source/listeners", [{ name: "open", port: 9093, authentication: "none" }]],
                ["users", []],
            ];
            const result = await recordStack("dev", { changes });
            assert(
                !result.registrations.some(({ name }) => name.startsWith("kafka-dr-source-user")),
            );
            assert(!("authentication" in mirrorSpec(result).mirrors[0].source));
        });
    });

    describe("MM2's own, with a client certificate", () => {
        it("is copied from the source (certificate and key only), and read in place at the target", async () => {
            const backend = withUserSecret();
            const result = await recordStack("prod", { changes: certificates, backend });
            const copy = named(result, "kafka-dr-source-user-1-copy");
            assert.deepEqual(copy.inputs.data, { "user.crt": "Y2VydA==", "user.key": "a2V5" });
            assert.equal(providerOf(copy), "kubernetes-target");
            assert(copy.secretPaths.some((path) => path.startsWith("data")));
            const read = result.reads.find(
                ({ name }) => name === "kafka-dr-source-user-1-original",
            );
            assert.equal(read!.id, "kafka/my-mm2-cluster-source-1");
            assert.match(read!.provider!, /::kubernetes-source::/);
            const { target, mirrors } = mirrorSpec(result);
            const files = { certificate: "user.crt", key: "user.key" };
            assert.deepEqual(mirrors[0].source.authentication, {
                type: "tls",
                certificateAndKey: { secretName: "my-mm2-cluster-source-1-copy", ...files },
            });
            assert.deepEqual(target.authentication, {
                type: "tls",
                certificateAndKey: { secretName: "my-mm2-cluster-target-1", ...files },
            });
        });

        it("is for the listener that the settings name, beside one for applications", async () => {
            const changes: Change[] = [
                [
                    "target/listeners",
                    [
                        { name: "certs", port: 9094, authentication: "tls" },
                        { name: "tls", port: 9093 },
                    ],
                ],
            ];
            const typeOf = async (...more: Change[]) => {
                const result = await recordStack("dev", { changes: [...changes, ...more] });
                const { target } = mirrorSpec(result) as {
                    target: { bootstrapServers?: string; authentication?: { type: string } };
                };
                return [target.authentication?.type, target.bootstrapServers?.split(":")[1]];
            };
            assert.deepEqual(await typeOf(), ["scram-sha-512", "9093"]);
            assert.deepEqual(await typeOf(["mirror/targetListener", "certs"]), ["tls", "9094"]);
        });

        it("rolls MM2 only when the certificate changes", async () => {
            const annotation = async (data?: Record<string, string>) => {
                const backend = withUserSecret(data);
                const result = await recordStack("prod", { changes: certificates, backend });
                return mirrorSpec(result).template.pod!.metadata.annotations[
                    "kafka-dr/source-user-certificate-hash"
                ];
            };
            const first = await annotation();
            assert.match(first!, /^[0-9a-f]{16}$/);
            assert.equal(await annotation({ ...USER_SECRET.data, "user.p12": "other" }), first);
            assert.notEqual(await annotation({ ...USER_SECRET.data, "user.crt": "bmV3" }), first);
        });

        for (const missing of ["user.crt", "user.key"]) {
            it(`fails the update without ${missing}: such a copy would end the mirror`, async () => {
                const data = { ...USER_SECRET.data, [missing]: "" };
                await assert.rejects(
                    recordStack("prod", { changes: certificates, backend: withUserSecret(data) }),
                    {
                        message: new RegExp(
                            `kafka/my-mm2-cluster-source-1 has no "${missing}".* was not changed`,
                        ),
                    },
                );
            });
        }

        it("is not read in a preview of a new stack, because it does not exist yet", async () => {
            const preview = { changes: certificates, preview: true, backend: {} };
            const { reads } = await recordStack("prod", preview);
            assert.deepEqual(
                reads.map(({ id }) => id),
                [undefined, undefined, undefined],
            );
        });
    });

    describe("of applications", () => {
        it("exist at both sites with one password, and write only at the active one", async () => {
            const result = await recordStack("prod");
            const secret = (side: string) =>
                named(result, `kafka-dr-user-my-app-1-password-${side}`).inputs;
            assert.deepEqual(secret("source").data, secret("target").data);
            const operations = (side: string) =>
                JSON.stringify(named(result, `kafka-dr-user-my-app-${side}`).inputs.spec).match(
                    /"operations":\["\w+"\]/g,
                );
            assert.deepEqual(operations("source"), [
                '"operations":["Write"]',
                '"operations":["Read"]',
                '"operations":["Read"]',
            ]);
            assert.deepEqual(operations("target"), [
                '"operations":["Describe"]',
                '"operations":["Read"]',
                '"operations":["Describe"]',
            ]);
            assert.equal(
                providerOf(named(result, "kafka-dr-user-my-app-target")),
                "kubernetes-target",
            );
        });

        it("keep their name in another revision, and refer to another password", async () => {
            const secretOf = async (...changes: Change[]) => {
                const result = await recordStack("dev", { changes });
                const user = named(result, "kafka-dr-user-my-app-source").inputs as {
                    metadata: { name: string };
                    spec: { authentication: unknown };
                };
                assert.equal(user.metadata.name, "my-app");
                return JSON.stringify(user.spec.authentication);
            };
            assert.match(await secretOf(), /"name":"my-app-1-password"/);
            assert.match(
                await secretOf(["users/0/credentialsRevision", 2]),
                /"name":"my-app-2-password"/,
            );
        });
    });
});
