import assert from "node:assert/strict";
import type { BackendContext, Registration } from "../../engine/backend";
import type { LabContext } from "../../lab/context";
import type { LabKafkaCluster } from "../../lab/kafka/kafkaCluster";
import { secretText, type SecretObject } from "../../lab/objects";
import { LabBackend } from "../../lab/stack/labBackend";
import { LabUserOperator } from "../../lab/users/userOperator";
import { kafkaUser, securedKafka, topicRights } from "./support/securedClusters";

const context = { preview: false } as BackendContext;

function registration(type: string, inputs: Record<string, unknown>): Registration {
    return { type, inputs } as unknown as Registration;
}

describe("the lab as an API server", () => {
    const backend = new LabBackend({} as LabContext, "4.3.1");
    const SECRET = "kubernetes:core/v1:Secret";

    it("returns stringData as data, next to what data has", async () => {
        const metadata = { name: "s", namespace: "k" };
        const created = await backend.create(
            registration(SECRET, {
                metadata,
                data: { a: Buffer.from("A").toString("base64"), b: "xx" },
                stringData: { b: "B" },
            }),
            context,
        );
        const read = await backend.read({ type: SECRET, id: "k/s" } as never);
        for (const secret of [created.outputs, read.outputs, backend.secret("k", "s")]) {
            const { data } = secret as unknown as SecretObject;
            const texts = Object.keys(data).map((key) => secretText({ metadata, data }, key));
            assert.deepEqual(texts, ["A", "B"]);
        }
    });

    it("replaces a Secret when it is told to", () => {
        const data = { a: Buffer.from("new").toString("base64") };
        backend.applySecret({ metadata: { name: "s", namespace: "k" }, data });
        assert.equal(secretText(backend.secret("k", "s")!, "a"), "new");
        assert.equal(backend.secret("other", "s"), undefined);
    });

    it("keeps what it has nothing to do for, and makes random passwords", async () => {
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
            /Kubernetes objects and random passwords, and no aws:s3:Bucket/,
        );
    });

    it("has nothing for a KafkaUser of a cluster that it does not run", async () => {
        const user = kafkaUser("gone", "app", { type: "tls" }, topicRights("t"));
        const inputs = user as unknown as Record<string, unknown>;
        await assert.rejects(
            backend.create(
                registration("kubernetes:kafka.strimzi.io/v1:KafkaUser", inputs),
                context,
            ),
            /KafkaUser app: there is no Kafka kafka\/gone/,
        );
    });
});

describe("the User Operator of the lab", () => {
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
        ["no operator", /kafka\/app: nothing acts on it: Kafka c has no entityOperator/],
        ["no authorization", /kafka\/app: Simple authorization ACL rules are configured but not/],
    ] as const) {
        it(`refuses a user of a cluster with ${change}`, async () => {
            const user = kafkaUser("c", "app", { type: "scram-sha-512" }, topicRights("t"));
            await assert.rejects(operatorOf(change).apply(user), reason);
        });
    }

    it("has no credentials of a user that it does not know", () => {
        assert.throws(
            () => operatorOf("no operator").credentials("x"),
            /no Secret of a KafkaUser x/,
        );
    });
});
