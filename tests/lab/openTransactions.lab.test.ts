import assert from "node:assert/strict";
import { initProducerIdV4, produceV9 } from "@platformatic/kafka";
import { abortHanging, transactionsIn } from "../../cli/shared/mirror/transactions";
import type { Looked } from "../../kafka/askLeaders";
import { ClusterView } from "../../kafka/clusterView";
import { withConnection } from "../../kafka/connection";
import type { OpenTransaction } from "../../kafka/openTransactions";
import { OneCluster, openProducer } from "./support/oneCluster";
import { records } from "./support/twoClusters";

const TOPIC = "my-topic";

/** Appends records of a transaction that no coordinator knows, as the fault of KAFKA-14402 did. */
async function hang({ connection }: OneCluster, topic: string): Promise<number> {
    return withConnection(connection, "test", 30_000, async (raw) => {
        const transactionalId = "hanging";
        const timestamp = BigInt(Date.now() - 1000);
        const messages = ["one", "two"].map((value) => ({
            topic,
            partition: 0,
            value: Buffer.from(value),
            timestamp,
        }));
        const { producerId, producerEpoch } = await initProducerIdV4.api.async(
            raw,
            transactionalId,
            60_000,
            -1n,
            -1,
        );
        await produceV9.api.async(raw, -1, 30_000, messages, {
            producerId,
            producerEpoch,
            transactionalId,
        });
        return Number(producerId);
    });
}

describe("the view of open transactions", function () {
    let one: OneCluster;
    let view: ClusterView;

    before(async () => {
        // Brokers since 3.6 ask the coordinator before they append; older ones did not.
        one = await OneCluster.start({ "transaction.partition.verification.enable": false });
        view = new ClusterView(one.connection);
        await one.client.createTopic(TOPIC, { partitions: 3 });
    });
    after(async () => {
        await view.close();
        await one.stop();
    });

    const known = <T>(looked: Looked<T> | undefined): T =>
        looked && "known" in looked ? looked.known : assert.fail(looked?.unknown);
    const openIn = async (partition: number): Promise<OpenTransaction[]> =>
        known((await view.openTransactions([{ topic: TOPIC, partition }]))[0]);
    const stableOffset = async (partition: number) =>
        known((await view.look([TOPIC])).topics[0]?.partitions[partition]).lastStableOffset;
    /** What Kafka's own tool calls hanging, whatever its age. */
    const hanging = async () =>
        one.tool("org.apache.kafka.tools.TransactionsCommand", [
            ...["--bootstrap-server", one.connection.bootstrapServers],
            ...["find-hanging", "--topic", TOPIC, "--max-transaction-timeout", "0"],
        ]);

    it("has the state and the timeout that its coordinator knows", async () => {
        const producer = openProducer(one);
        try {
            const transaction = await producer.beginTransaction();
            await transaction.send({ messages: records(TOPIC, 0, 3) });
            const [open, ...others] = await openIn(0);
            assert(open !== undefined);
            assert.deepEqual(others, []);
            assert.equal(open.startOffset, 0);
            const coordinated = known(open.coordinator);
            assert.match(coordinated?.transactionalId ?? "", /^open-/);
            assert.equal(coordinated?.state, "Ongoing");
            assert(coordinated.timeoutMs > 0);
            assert(coordinated.startedAt <= Date.now());
            const place = { topic: TOPIC, partition: 0, startOffset: open.startOffset };
            await assert.rejects(abortHanging(view, place), { kind: "TransactionLives" });
            await assert.rejects(abortHanging(view, { ...place, startOffset: 1 }), {
                kind: "UnknownName",
            });
            await transaction.abort();
        } finally {
            await producer.close();
        }
        assert.deepEqual(await openIn(1), []);
    });

    it("tells a hanging transaction, and ends it", async () => {
        const producerId = await hang(one, TOPIC);
        const before = await one.offsets(TOPIC, -1);
        const open = (await openIn(0)).find((other) => other.producerId === producerId);
        assert(open !== undefined);
        assert.equal(known(open.coordinator), null);
        assert.equal(await stableOffset(0), open.startOffset);
        assert.match(await hanging(), new RegExp(`\\b${producerId}\\b`));

        const { partitions } = await transactionsIn(view, await view.look([TOPIC]));
        assert.deepEqual(
            partitions.map(({ partition, stableOffset }) => [partition, stableOffset]),
            [[0, open.startOffset]],
        );
        const { startOffset } = open;
        await abortHanging(view, { topic: TOPIC, partition: 0, startOffset });
        assert.deepEqual((await transactionsIn(view, await view.look([TOPIC]))).partitions, []);

        assert.deepEqual(await openIn(0), []);
        assert.equal(await stableOffset(0), (before[0] ?? 0) + 1);
        assert.doesNotMatch(await hanging(), new RegExp(`\\b${producerId}\\b`));
    });

    it("says why a partition is unknown", async () => {
        const [looked] = await view.openTransactions([{ topic: TOPIC, partition: 9 }]);
        assert.deepEqual(looked, { unknown: "there is no such partition" });
    });
});
