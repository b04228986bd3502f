import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { clientOptions } from "../../kafka/connection";
import type { KafkaUserObject } from "../../lab/objects";
import { createClientsCa } from "../../lab/kafka/certificateAuthorities";
import { randomPassword } from "../../lab/stack/randomPassword";
import { aclChanges, kafkaAcls } from "../../lab/users/acls";
import { generatePassword } from "../../lab/users/userModel";
import { saltedPassword } from "../../lab/users/userRequests";
import {
    certificateSecret,
    kafkaUsername,
    passwordSecret,
    requestedPassword,
    userRefusal,
} from "../../lab/users/userModel";

function userObject(spec: KafkaUserObject["spec"], name = "app"): KafkaUserObject {
    return {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaUser",
        metadata: { name, namespace: "kafka", labels: { "strimzi.io/cluster": "c" } },
        spec,
    };
}

function texts(data: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
}

describe("the ACLs of a KafkaUser", () => {
    const everyone = { principal: "User:app", host: "*", permissionType: 3 };

    it("are one entry for each operation, with Strimzi's defaults", () => {
        const acls = kafkaAcls("app", [
            { resource: { type: "topic", name: "orders" }, operations: ["Read", "Describe"] },
            {
                resource: { type: "group", name: "g-", patternType: "prefix" },
                operations: ["Read"],
                type: "deny",
                host: "10.0.0.1",
            },
            { resource: { type: "cluster" }, operations: ["IdempotentWrite"] },
            { resource: { type: "transactionalId", name: "t" }, operations: ["All"] },
        ]);
        const topic = { resourceType: 2, resourceName: "orders", resourcePatternType: 3 };
        assert.deepEqual(acls, [
            { ...topic, ...everyone, operation: 3 },
            { ...topic, ...everyone, operation: 8 },
            {
                resourceType: 3,
                resourceName: "g-",
                resourcePatternType: 4,
                principal: "User:app",
                host: "10.0.0.1",
                operation: 3,
                permissionType: 2,
            },
            {
                resourceType: 4,
                resourceName: "kafka-cluster",
                resourcePatternType: 3,
                ...everyone,
                operation: 12,
            },
            {
                resourceType: 5,
                resourceName: "t",
                resourcePatternType: 3,
                ...everyone,
                operation: 2,
            },
        ]);
    });

    it("have every operation under Kafka's number", () => {
        const operations = [
            ["All", 2],
            ["Read", 3],
            ["Write", 4],
            ["Create", 5],
            ["Delete", 6],
            ["Alter", 7],
            ["Describe", 8],
            ["ClusterAction", 9],
            ["DescribeConfigs", 10],
            ["AlterConfigs", 11],
            ["IdempotentWrite", 12],
        ] as const;
        const resource = { type: "topic", name: "t" } as const;
        const acls = kafkaAcls("app", [{ resource, operations: operations.map(([name]) => name) }]);
        assert.deepEqual(
            acls.map(({ operation }) => operation),
            operations.map(([, number]) => number),
        );
    });

    it("need a name, except for the cluster", () => {
        assert.throws(
            () => kafkaAcls("app", [{ resource: { type: "topic" }, operations: ["Read"] }]),
            /Name is required for resource type: topic/,
        );
    });

    it("change by adding missing and deleting surplus entries", () => {
        const acl = fc
            .record({
                name: fc.constantFrom("a", "b"),
                operation: fc.constantFrom("Read" as const, "Write" as const),
                type: fc.constantFrom("allow" as const, "deny" as const),
                host: fc.constantFrom("*", "10.0.0.1"),
            })
            .map(({ name, operation, type, host }) => ({
                resource: { type: "topic" as const, name },
                operations: [operation],
                type,
                host,
            }));
        fc.assert(
            fc.property(fc.array(acl), fc.array(acl), (before, after) => {
                const [current, desired] = [kafkaAcls("app", before), kafkaAcls("app", after)];
                const { create, remove } = aclChanges(current, desired);
                const keys = (acls: unknown[]) => acls.map((entry) => JSON.stringify(entry));
                const result = new Set(keys(current));
                for (const key of keys(remove)) {
                    assert.ok(result.delete(key), "deletes an entry that does not exist");
                }
                for (const key of keys(create)) {
                    assert.ok(!result.has(key), "creates an existing entry");
                    result.add(key);
                }
                assert.deepEqual(result, new Set(keys(desired)));
            }),
        );
    });
});

describe("a KafkaUser", () => {
    it("has the principal of its authentication", () => {
        const names = ([undefined, "scram-sha-512", "tls", "tls-external"] as const).map((type) =>
            kafkaUsername(userObject(type ? { authentication: { type } } : {})),
        );
        assert.deepEqual(names, ["app", "app", "CN=app", "CN=app"]);
    });

    it("is refused as Strimzi refuses it", () => {
        const acls = { authorization: { type: "simple" as const, acls: [] } };
        const tls = { authentication: { type: "tls" as const } };
        const refusals = [
            userRefusal(userObject(acls), false),
            userRefusal(userObject(tls, "x".repeat(65)), true),
            userRefusal(
                userObject({
                    authentication: {
                        type: "scram-sha-512",
                        password: { valueFrom: { secretKeyRef: { name: "s" } } },
                    },
                }),
                true,
            ),
            userRefusal(userObject({ quotas: { producerByteRate: 1 } }), true),
        ];
        const reasons = [
            /not supported in the Kafka cluster/,
            /64 characters/,
            /secret name/,
            /quot/,
        ];
        for (const [index, reason] of reasons.entries()) {
            assert.match(refusals[index] ?? "", reason);
        }
        assert.equal(userRefusal(userObject(acls), true), undefined);
        assert.equal(userRefusal(userObject(tls, "x".repeat(64)), false), undefined);
    });

    it("has the password of the Secret to which it refers", () => {
        const user = userObject({
            authentication: {
                type: "scram-sha-512",
                password: { valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
            },
        });
        const lookup = (data: Record<string, string> | undefined) => () =>
            data && { metadata: { name: "s", namespace: "kafka" }, data };
        const password = Buffer.from("pass").toString("base64");
        assert.equal(requestedPassword(user, lookup({ k: password })), "pass");
        assert.equal(requestedPassword(userObject({}), lookup(undefined)), undefined);
        for (const [data, reason] of [
            [undefined, /Secret s in namespace kafka not found/],
            [{ other: password }, /Secret s does not contain the key k/],
            [{ k: "" }, /password is empty/],
        ] as const) {
            assert.throws(() => requestedPassword(user, lookup(data)), reason);
        }
    });

    it("gets Strimzi's Secret", () => {
        const template = { secret: { metadata: { labels: { a: "b" }, annotations: { c: "d" } } } };
        const scram = passwordSecret(userObject({ template }), "pass");
        assert.deepEqual(texts(scram.data), {
            password: "pass",
            "sasl.jaas.config":
                "org.apache.kafka.common.security.scram.ScramLoginModule required " +
                'username="app" password="pass";',
        });
        assert.equal(scram.metadata.name, "app");
        assert.equal(scram.metadata.labels?.a, "b");
        assert.equal(scram.metadata.annotations?.c, "d");
        const tls = certificateSecret(userObject({}), "CA", { certificate: "CRT", key: "KEY" });
        assert.deepEqual(texts(tls.data), { "ca.crt": "CA", "user.crt": "CRT", "user.key": "KEY" });
    });
});

describe("credentials", () => {
    it("of a user with a certificate have only its name as subject", async () => {
        const ca = await createClientsCa("c");
        const { certificate } = await ca.issue("app", 7);
        const parsed = new X509Certificate(certificate);
        assert.equal(parsed.subject, "CN=app");
        assert.ok(parsed.verify(new X509Certificate(ca.certificate).publicKey));
        const days = (Date.parse(parsed.validTo) - Date.now()) / 86_400_000;
        assert.ok(days > 6.9 && days < 7.1, `${days} days`);
    });

    it("of a new user are 32 letters and digits, starting with a letter", () => {
        const passwords = Array.from({ length: 200 }, generatePassword);
        assert.ok(passwords.every((text) => /^[a-zA-Z][a-zA-Z0-9]{31}$/.test(text)));
        assert.equal(new Set(passwords).size, 200);
    });

    it("are salted as RFC 5802 says, for SHA-512", async () => {
        const salted = await saltedPassword("pencil", Buffer.from("salt"));
        assert.equal(salted.length, 64);
        assert.notDeepEqual(salted, await saltedPassword("pencil", Buffer.from("other")));
    });

    it("reach the client's options", () => {
        const bootstrapServers = "127.0.0.1:1,127.0.0.1:2";
        const options = (credentials: object) =>
            clientOptions({ bootstrapServers, caCertificates: "CA", ...credentials }, "id");
        assert.deepEqual(options({ credentials: { username: "u", password: "p" } }), {
            clientId: "id",
            bootstrapBrokers: ["127.0.0.1:1", "127.0.0.1:2"],
            tls: { ca: "CA" },
            sasl: { mechanism: "SCRAM-SHA-512", username: "u", password: "p" },
        });
        assert.deepEqual(options({ credentials: { certificate: "C", key: "K" } }).tls, {
            ca: "CA",
            cert: "C",
            key: "K",
        });
        assert.equal(clientOptions({ bootstrapServers }, "id").tls, undefined);
    });
});

describe("random.RandomPassword in the lab", () => {
    it("has the requested length and characters", () => {
        const seen = Array.from({ length: 100 }, () => randomPassword({ length: 32 }));
        assert.equal(new Set(seen).size, 100);
        assert.ok(seen.every((text) => text.length === 32));
        assert.ok(seen.some((text) => /[^a-zA-Z0-9]/.test(text)));
        for (let run = 0; run < 100; run += 1) {
            assert.match(randomPassword({ length: 20, special: false }), /^[a-zA-Z0-9]{20}$/);
            const override = { length: 9, overrideSpecial: "_", minSpecial: 2, minNumeric: 1 };
            assert.match(randomPassword(override), /^(?=.*_.*_)(?=.*\d)[\w]{9}$/);
        }
    });

    it("is refused for impossible inputs", () => {
        const none = { length: 3, lower: false, upper: false, numeric: false, special: false };
        assert.throws(() => randomPassword({ length: 0 }), /length must be .* not 0/);
        assert.throws(() => randomPassword(none), /one of lower, upper, numeric and special/);
        assert.throws(() => randomPassword({ length: 1, minLower: 2 }), /length 1 is below the 2/);
    });
});
