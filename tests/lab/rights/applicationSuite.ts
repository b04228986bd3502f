import assert from "node:assert/strict";
import type { SiteName, UserSettings } from "../../../config/settingsSchema";
import { KafkaClient } from "../../../kafka/kafkaClient";
import { clientListener } from "../../../lab/stack/runStack";
import { applicationAcls, kafkaUser, PASSWORD_KEY } from "../../../strimzi/builders/kafkaUser";
import { passwordSecretName } from "../../../strimzi/builders/names";
import { reasonOf } from "../support/securedClusters";
import { Attempts } from "./attempts";
import { JavaProducer, produceInTransaction } from "./javaProducer";
import type { RightsLab } from "./rightsLab";

const literal = (name: string) => ({ name, patternType: "literal" as const });
const PAYMENTS = "payments";
const RECEIPTS = "receipts";
const GROUP = "billing-readers";
const TRANSACTIONS = "billing-transactions";
/** An application, as an entry of `kafka-dr:users`. */
const USER: UserSettings = {
    name: "billing",
    produces: [literal(RECEIPTS)],
    consumes: [literal(PAYMENTS)],
    groups: [literal(GROUP)],
    transactionalIds: [literal(TRANSACTIONS)],
    credentialsRevision: 1,
};
const TOPIC_DENIED = "org.apache.kafka.common.errors.TopicAuthorizationException";
/** Refused records, enough to show that none reaches the log. */
const REFUSALS = 100;

/** The rights of applications at the active site and at the other one. */
export function applicationSuite(lab: () => RightsLab): void {
    const SITES = ["source", "target"] as const;

    /** Configures the user as the stack does while the given site is active. */
    const activate = async (active: SiteName): Promise<void> => {
        for (const side of SITES) {
            const { cluster, users } = lab().sites[side];
            const { name, namespace } = cluster;
            const build = { name: USER.name, namespace, cluster: name };
            const acls = applicationAcls(USER, side === active ? "writing" : "standby");
            const passwordSecret = passwordSecretName(USER.name);
            await users.apply(kafkaUser({ ...build, passwordSecretName: passwordSecret, acls }));
        }
    };
    const as = async <T>(side: SiteName, use: (attempts: Attempts) => Promise<T>): Promise<T> => {
        const attempts = new Attempts(connectionOf(side));
        return use(attempts).finally(() => attempts.close());
    };
    const connectionOf = (side: SiteName) => {
        const { cluster, users } = lab().sites[side];
        return cluster.connection(clientListener(cluster), users.credentials(USER.name));
    };

    const transaction = async (side: SiteName): Promise<void> =>
        produceInTransaction(lab().context, connectionOf(side), {
            name: `billing-transaction-${side}`,
            topic: RECEIPTS,
            transactionalId: TRANSACTIONS,
        });

    before(async () => {
        for (const side of SITES) {
            const { client, cluster } = lab().sites[side];
            for (const topic of [PAYMENTS, RECEIPTS]) {
                await client.createTopic(topic, { partitions: 1 });
                await client.produceRecords({ topic, count: 10 });
            }
            // The first group makes Kafka create the internal topic of group offsets, which takes a while.
            await lab().until(`groups work at the ${side}`, async () => {
                await client.commitGroupOffsets("first", PAYMENTS, [0]);
                return true;
            });
            lab().stack.stack.applySecret({
                metadata: { name: passwordSecretName(USER.name), namespace: cluster.namespace },
                data: { [PASSWORD_KEY]: Buffer.from("Password-of-billing-1").toString("base64") },
            });
        }
        await activate("source");
    });

    it("produce, consume with a group and use transactions at the active site", async () => {
        await as("source", async (attempts) => {
            await attempts.produce(RECEIPTS);
            await attempts.consume(PAYMENTS, GROUP);
        });
        await transaction("source");
        const { client } = lab().sites.source;
        assert.deepEqual(await client.groupOffsets(GROUP, PAYMENTS), [1]);
        assert.equal((await client.values(RECEIPTS)).length, 21);
    });

    it("read without a group at the other site", async () => {
        const client = new KafkaClient(connectionOf("target"));
        try {
            assert.equal((await client.values(PAYMENTS)).length, 10);
            assert.deepEqual(await client.groupOffsets(GROUP, PAYMENTS), [undefined]);
        } finally {
            await client.close();
        }
    });

    const refused: readonly [string, (attempts: Attempts) => Promise<void>, RegExp][] = [
        ["produce", (one) => one.produce(RECEIPTS), /TOPIC_AUTHORIZATION_FAILED/],
        ["join a group", (one) => one.consume(PAYMENTS, GROUP), /GROUP_AUTHORIZATION_FAILED/],
        [
            "commit a group's offsets",
            (one) => one.commitOffsets(GROUP, PAYMENTS),
            /GROUP_AUTHORIZATION_FAILED/,
        ],
        [
            "use a transaction",
            (one) => one.beginTransaction(TRANSACTIONS),
            /TRANSACTIONAL_ID_AUTHORIZATION_FAILED/,
        ],
    ];
    for (const [what, attempt, reason] of refused) {
        it(`cannot ${what} at the other site`, async () => {
            await assert.rejects(as("target", attempt), (error) => {
                assert.match(reasonOf(error), reason);
                return true;
            });
        });
    }

    it("can no longer write to a site that has become passive, but can write to the other", async () => {
        const producer = await JavaProducer.start(lab().context, connectionOf("source"), {
            name: "billing-producer",
            topic: RECEIPTS,
        });
        const { client } = lab().sites.source;
        const written = async () => (await producer.results()).written;
        await lab().until("the producer writes", async () => (await written()) >= REFUSALS);

        await activate("target");
        const refusals = async () => (await producer.results()).refused.get(TOPIC_DENIED) ?? 0;
        await lab().until("the producer is refused", async () => (await refusals()) > 0);
        const [end] = await client.logEndOffsets(RECEIPTS);
        const before = await refusals();
        await lab().until("it is refused again", async () => {
            return (await refusals()) >= before + REFUSALS;
        });
        assert.deepEqual(await client.logEndOffsets(RECEIPTS), [end]);
        assert.deepEqual([...(await producer.results()).refused.keys()], [TOPIC_DENIED]);
        await as("target", async (attempts) => {
            await attempts.produce(RECEIPTS);
            await attempts.consume(PAYMENTS, GROUP);
        });
        await transaction("target");

        // After the return, the same producer continues without a restart.
        const soFar = await written();
        await activate("source");
        await lab().until("the producer writes again", async () => (await written()) > soFar);
        await producer.stop();
    });
}
