import assert from "node:assert/strict";
import { ClusterView } from "../../kafka/clusterView";
import { type PartitionRange, readCommitted } from "../../kafka/committedRecords";
import {
    LogStalledError,
    LogTruncatedError,
    RecordsDeletedError,
    TopicRecreatedError,
} from "../../kafka/errors";
import { OneCluster, openProducer } from "./support/oneCluster";
import { FIRST_TIMESTAMP, records, transact } from "./support/twoClusters";

const TOPIC = "my-topic";
const PLAIN = 500;

describe("a look at the logs of a cluster", function () {
    let one: OneCluster;
    let view: ClusterView;

    before(async () => {
        one = await OneCluster.start();
        view = new ClusterView(one.connection);
        await one.client.createTopic(TOPIC, { partitions: 2 });
        await one.client.createTopic("other", { partitions: 1 });
    });
    after(async () => {
        await view.close();
        await one.stop();
    });

    it("sees what is behind an open transaction", async () => {
        const producer = openProducer(one);
        try {
            const transaction = await producer.beginTransaction();
            await transaction.send({ messages: records(TOPIC, 0, 1) });
            await one.client.produceMessages(records(TOPIC, 1, 1 + PLAIN));
            await one.client.produceMessages(records(TOPIC, 0, 7, 1));
            await one.client.deleteRecords(TOPIC, 1, 3);

            const { clusterId, topics } = await view.look((name) => name === TOPIC);

            assert.equal(clusterId, await view.clusterId());
            const [look] = topics;
            assert.equal(topics.length, 1);
            assert.match(look?.id ?? "", /^[0-9a-f-]{36}$/);
            const logs = (look?.partitions ?? []).map((looked) =>
                "known" in looked ? looked.known : assert.fail(looked.unknown),
            );
            assert.deepEqual(
                logs.map(({ highWatermark }) => highWatermark),
                await one.offsets(TOPIC, -1),
            );
            assert.deepEqual(
                logs.map(({ firstOffset }) => firstOffset),
                await one.offsets(TOPIC, -2),
            );
            assert.deepEqual(
                logs.map(({ lastStableOffset }) => lastStableOffset),
                [0, 7],
            );
            await transaction.abort();
        } finally {
            await producer.close();
        }
    });

    it("leaves out a topic that does not exist", async () => {
        const { topics } = await view.look([TOPIC, "nowhere"]);
        assert.deepEqual(
            topics.map(({ name }) => name),
            [TOPIC],
        );
    });

    it("finds the first record of each part, and no transaction marker", async () => {
        const topic = "parts";
        await one.client.createTopic(topic, { partitions: 4 });
        await transact(one, records(topic, 0, 3), "abort");
        await transact(one, records(topic, 3, 6), "commit");
        await transact(one, records(topic, 0, 3, 1), "abort");
        await one.client.produceMessages(records(topic, 5, 9, 2));
        const part = (partition: number, firstOffset: number, endOffset: number) => ({
            topic,
            partition,
            firstOffset,
            endOffset,
        });
        const first = [
            ...(await view.firstRecords([part(0, 5, 8)])),
            ...(await view.firstRecords([part(0, 7, 8)])),
        ];
        const others = await view.firstRecords([
            part(0, 0, 8),
            part(1, 0, 4),
            part(2, 2, 4),
            part(3, 0, 0),
            part(9, 0, 1),
        ]);
        const seen = [...first, ...others].map((looked) =>
            "known" in looked
                ? looked.known && [looked.known.offset, looked.known.timestamp]
                : looked.unknown,
        );
        const timestamp = (i: number) => FIRST_TIMESTAMP + 10_000 * i;
        assert.deepEqual(seen, [
            [5, timestamp(4)],
            undefined,
            [4, timestamp(3)],
            undefined,
            [2, timestamp(7)],
            undefined,
            "there is no such partition",
        ]);
        await assert.rejects(view.firstRecords([part(0, 0, 8), part(0, 5, 8)]), RangeError);
    });

    describe("reading a log that is not what it was", () => {
        const read = async (range: PartitionRange): Promise<void> => {
            for await (const batches of readCommitted(view, range, { timeoutMs: 2000 })) {
                assert(batches.length >= 0);
            }
        };
        const range = (
            topic: string,
            firstOffset: number,
            endOffset: number,
            topicId?: string,
        ) => ({
            topic,
            partition: 0,
            firstOffset,
            endOffset,
            ...(topicId !== undefined && { topicId }),
        });

        it("ends with an error where the log ends too early", async () => {
            await one.client.createTopic("short", { partitions: 1 });
            await one.client.produceMessages(records("short", 0, 10));
            await assert.rejects(read(range("short", 0, 20)), (error: Error) => {
                assert(error instanceof LogStalledError);
                const { topic, partition, offset, expectedEnd, log } = error;
                assert.deepEqual(
                    { topic, partition, offset, expectedEnd, end: log.highWatermark },
                    { topic: "short", partition: 0, offset: 10, expectedEnd: 20, end: 10 },
                );
                return true;
            });
        });

        it("ends with an error where a transaction stays open", async () => {
            await one.client.createTopic("held", { partitions: 1 });
            const producer = openProducer(one);
            try {
                const transaction = await producer.beginTransaction();
                await transaction.send({ messages: records("held", 0, 1) });
                await assert.rejects(read(range("held", 0, 1)), (error: Error) => {
                    assert(error instanceof LogStalledError);
                    assert.match(error.message, /a transaction is open at 0$/);
                    return true;
                });
                await transaction.abort();
            } finally {
                await producer.close();
            }
        });

        it("ends with an error where the log ends before the next offset", async () => {
            await assert.rejects(read(range("short", 15, 20)), (error: Error) => {
                assert(error instanceof LogTruncatedError);
                assert.deepEqual([error.offset, error.truncatedTo], [15, 10]);
                return true;
            });
        });

        it("ends with an error where retention deleted the next offset", async () => {
            await one.client.deleteRecords("short", 0, 4);
            await assert.rejects(read(range("short", 2, 10)), (error: Error) => {
                assert(error instanceof RecordsDeletedError);
                assert.deepEqual([error.offset, error.firstOffset], [2, 4]);
                return true;
            });
        });

        it("ends with an error where the topic was created again", async () => {
            const before = (await view.look(["short"])).topics[0]?.id;
            await one.client.deleteTopic("short");
            await one.client.createTopic("short", { partitions: 1 });
            await one.client.produceMessages(records("short", 0, 10));
            const now = (await view.look(["short"])).topics[0]?.id;
            await assert.rejects(read(range("short", 0, 10, before)), (error: Error) => {
                assert(error instanceof TopicRecreatedError);
                assert.deepEqual([error.expectedId, error.id], [before, now]);
                return true;
            });
        });
    });
});
