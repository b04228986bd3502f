import assert from "node:assert/strict";
import type { BackendContext, Registration, ResourceOptionsSeen } from "../../engine/backend";
import type { LabContext } from "../../lab/context";
import type { LabKafkaCluster } from "../../lab/kafka/kafkaCluster";
import { secretText, type SecretObject } from "../../lab/objects";
import { LabBackend } from "../../lab/stack/labBackend";
import { changedConfig, type ConfigChanges } from "../../lab/stack/stackConfig";
import { LabUserOperator } from "../../lab/users/userOperator";
import { kafkaUser, securedKafka, topicRights } from "./support/securedClusters";

const context = {
    preview: false,
    provider: (reference?: string) => reference && { inputs: { context: reference } },
} as unknown as BackendContext;

function registration(
    type: string,
    inputs: Record<string, unknown>,
    options: Partial<ResourceOptionsSeen> = {},
): Registration {
    const { name } = (inputs.metadata ?? { name: "random" }) as { name: string };
    const urn = `urn:pulumi:s::p::${type}::${name}`;
    return { urn, type, inputs, options, unknownPaths: [] } as unknown as Registration;
}

describe("the lab as an API server", () => {
    const backend = new LabBackend({} as LabContext, "4.3.1");
    const SECRET = "kubernetes:core/v1:Secret";

    it("returns stringData as data, merged with data", async () => {
        const metadata = { name: "s", namespace: "k" };
        const created = await backend.create(
            registration(SECRET, {
                metadata,
                data: { a: Buffer.from("A").toString("base64"), b: "xx" },
                stringData: { b: "B" },
            }),
            context,
        );
        const read = await backend.read({ type: SECRET, id: "k/s" } as never, context);
        for (const secret of [created.outputs, read.outputs, backend.secret("k", "s")]) {
            const { data } = secret as unknown as SecretObject;
            const texts = Object.keys(data).map((key) => secretText({ metadata, data }, key));
            assert.deepEqual(texts, ["A", "B"]);
        }
    });

    it("replaces a Secret on request", () => {
        const data = { a: Buffer.from("new").toString("base64") };
        backend.applySecret({ metadata: { name: "s", namespace: "k" }, data });
        assert.equal(secretText(backend.secret("k", "s")!, "a"), "new");
        assert.equal(backend.secret("other", "s"), undefined);
    });

    it("stores other objects, and generates random passwords", async () => {
        const policy = { metadata: { name: "p", namespace: "k" }, spec: { podSelector: {} } };
        const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
        const kept = await backend.create(registration(type, policy), context);
        assert.deepEqual(kept, { id: "k/p", outputs: policy });
        const password = "random:index/randomPassword:RandomPassword";
        const { outputs } = await backend.create(
            registration(password, { length: 12, special: false }),
            context,
        );
        assert.match(String(outputs.result), /^[a-zA-Z0-9]{12}$/);
        await assert.rejects(
            backend.create(registration("aws:s3:Bucket", policy), context),
            /Kubernetes objects and random passwords, but not aws:s3:Bucket/,
        );
    });

    it("refuses a KafkaUser of a cluster that does not exist", async () => {
        const user = kafkaUser("gone", "app", { type: "tls" }, topicRights("t"));
        const inputs = user as unknown as Record<string, unknown>;
        await assert.rejects(
            backend.create(
                registration("kubernetes:kafka.strimzi.io/v1:KafkaUser", inputs),
                context,
            ),
            /KafkaUser app: the Kafka kafka\/gone does not exist/,
        );
    });
});

describe("the lab across runs", () => {
    const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
    const configMap = (name: string, text: string, options: Partial<ResourceOptionsSeen> = {}) =>
        registration(
            CONFIG_MAP,
            { metadata: { name, namespace: "site" }, data: { text } },
            options,
        );
    const textOf = (backend: LabBackend, name: string) =>
        backend.configMap("site", name)?.data?.text;
    const runs = async (backend: LabBackend, ...registrations: Registration[]): Promise<void> => {
        for (const one of registrations) {
            await backend.create(one, context);
        }
        await backend.deleteStale({ registrations });
    };
    let backend: LabBackend;
    beforeEach(() => {
        backend = new LabBackend({} as LabContext, "4.3.1");
    });

    it("creates new, updates changed and deletes removed resources", async () => {
        await runs(backend, configMap("a", "1"), configMap("b", "1"));
        await runs(backend, configMap("b", "2"), configMap("c", "1"));
        const texts = ["a", "b", "c"].map((name) => textOf(backend, name));
        assert.deepEqual(texts, [undefined, "2", "1"]);
        const { urn } = configMap("b", "");
        assert.deepEqual(backend.known(urn)?.inputs.data, { text: "2" });
        assert.equal(backend.known(configMap("a", "").urn), undefined);
    });

    it("does not touch unchanged resources, even if an object has changed since", async () => {
        await runs(backend, configMap("a", "1"));
        backend.applyConfigMap({ metadata: { name: "a", namespace: "site" }, data: { text: "x" } });
        await runs(backend, configMap("a", "1"));
        assert.equal(textOf(backend, "a"), "x");
    });

    it("keeps a random password, and generates a new one when its inputs change", async () => {
        const password = (length: number) =>
            registration("random:index/randomPassword:RandomPassword", { length });
        const made = async (length: number) =>
            (await backend.create(password(length), context)).outputs.result;
        const first = await made(20);
        assert.equal(await made(20), first);
        assert.equal(String(await made(21)).length, 21);
    });

    it("leaves a retained object running, and adopts it again", async () => {
        const kept = configMap("a", "1", { retainOnDelete: true });
        await runs(backend, kept);
        await runs(backend);
        assert.equal(textOf(backend, "a"), "1");
        assert.equal(backend.known(kept.urn), undefined);
        await runs(backend, configMap("a", "2"));
        assert.equal(textOf(backend, "a"), "2");
    });

    it("refuses existing objects, replacements, and the deletion of protected resources", async () => {
        backend.applyConfigMap({ metadata: { name: "a", namespace: "site" } });
        await assert.rejects(runs(backend, configMap("a", "1")), /"site\/a" already exists/);

        await runs(backend, configMap("b", "1", { protect: true }));
        const renamed = { ...configMap("other", "1"), urn: configMap("b", "").urn };
        await assert.rejects(backend.create(renamed, context), /would be replaced \(site\/b -> /);
        await assert.rejects(
            runs(backend),
            /nothing was deleted, because these are protected: .*::b$/,
        );
        assert.equal(textOf(backend, "b"), "1");
    });

    for (const site of ["site", "east"]) {
        it(`changes nothing in an unreachable cluster, by ${site}, but keeps its objects`, async () => {
            const at = { provider: "east" };
            const [same, other] = [configMap("a", "1", at), configMap("a", "2", at)];
            await runs(backend, same);
            backend.unreachable(site);
            await runs(backend, same);
            const unreachable = /"site\/[ab]": configured Kubernetes cluster is unreachable/;
            const attempts = [
                () => backend.create(other, context),
                () => backend.create(configMap("b", "1", at), context),
                () => runs(backend),
                () => backend.read({ type: CONFIG_MAP, id: "site/a", ...at } as never, context),
            ];
            for (const attempt of attempts) {
                await assert.rejects(async () => attempt(), unreachable);
            }
            await backend.create(registration(CONFIG_MAP, { metadata: { name: "x" } }), context);
            backend.reachable(site);
            await runs(backend, other);
            assert.equal(textOf(backend, "a"), "2");
        });
    }

    it("updates a resource again whose deployment failed", async () => {
        const user = kafkaUser("gone", "app", { type: "tls" }, topicRights("t"));
        const one = registration(
            "kubernetes:kafka.strimzi.io/v1:KafkaUser",
            user as unknown as Record<string, unknown>,
        );
        await assert.rejects(backend.create(one, context), /the Kafka kafka\/gone does not exist/);
        assert.equal(backend.known(one.urn)?.unfinished, true);
        await assert.rejects(backend.create(one, context), /the Kafka kafka\/gone does not exist/);
    });

    it("previews without changes, and refuses invalid objects", async () => {
        const preview = { ...context, preview: true };
        const { id, outputs } = await backend.create(configMap("a", "1"), preview);
        assert.equal(id, undefined);
        assert.deepEqual(outputs.data, { text: "1" });
        assert.equal(textOf(backend, "a"), undefined);
        const topic = { metadata: { name: "t", namespace: "site" }, spec: { partitions: "three" } };
        const type = "kubernetes:kafka.strimzi.io/v1:KafkaTopic";
        const header = { apiVersion: "kafka.strimzi.io/v1", kind: "KafkaTopic" };
        await assert.rejects(
            backend.create(registration(type, { ...header, ...topic }), preview),
            /"site\/t" is invalid: .*partitions/,
        );
    });
});

describe("changes of a stack's config", () => {
    const file = {
        project: "kafka-dr",
        stack: "lab",
        secretKeys: [],
        config: { "kafka-dr:mirror": '{"name":"m","replicas":1}', "kafka-dr:phase": "mirroring" },
    };
    const cases: readonly [string, ConfigChanges, Record<string, string>][] = [
        ["a text", { "kafka-dr:phase": "draining" }, { "kafka-dr:phase": "draining" }],
        ["a number", { "kafka-dr:generation": 2 }, { "kafka-dr:generation": "2" }],
        [
            "a value inside an object",
            { "kafka-dr:mirror.replicas": 0, "kafka-dr:mirror.a.b": true },
            { "kafka-dr:mirror": '{"name":"m","replicas":0,"a":{"b":true}}' },
        ],
        [
            "a removed value",
            { "kafka-dr:mirror.replicas": undefined },
            { "kafka-dr:mirror": '{"name":"m"}' },
        ],
        ["a value inside a new object", { "kafka-dr:x.y": [1] }, { "kafka-dr:x": '{"y":[1]}' }],
    ];
    for (const [what, changes, expected] of cases) {
        it(`set ${what}`, () => {
            const before = structuredClone(file);
            const { config } = changedConfig(file, changes);
            assert.deepEqual(config, { ...file.config, ...expected });
            assert.deepEqual(file, before);
        });
    }

    it("remove a key", () => {
        const { config } = changedConfig(file, { "kafka-dr:phase": undefined });
        assert.deepEqual(Object.keys(config), ["kafka-dr:mirror"]);
    });

    it("are refused inside a number", () => {
        const wrong = { ...file, config: { "kafka-dr:generation": "1" } };
        assert.throws(
            () => changedConfig(wrong, { "kafka-dr:generation.x": 1 }),
            /kafka-dr:generation is not an object/,
        );
    });
});

describe("the lab's User Operator", () => {
    const operatorOf = (change: "no operator" | "no authorization") => {
        const kafka = securedKafka("c");
        if (change === "no operator") {
            delete kafka.spec.entityOperator;
        } else {
            delete kafka.spec.kafka.authorization;
        }
        const cluster = { name: "c", kafka } as LabKafkaCluster;
        return new LabUserOperator({} as LabContext, cluster, () => undefined);
    };
    for (const [change, reason] of [
        ["no operator", /kafka\/app: no User Operator watches it: Kafka c has no entityOperator/],
        ["no authorization", /kafka\/app: Simple authorization ACL rules are configured but not/],
    ] as const) {
        it(`refuses a user of a cluster with ${change}`, async () => {
            const user = kafkaUser("c", "app", { type: "scram-sha-512" }, topicRights("t"));
            await assert.rejects(operatorOf(change).apply(user), reason);
        });
    }

    it("has no credentials for an unknown user", () => {
        assert.throws(
            () => operatorOf("no operator").credentials("x"),
            /no KafkaUser x of c has a Secret/,
        );
    });
});
