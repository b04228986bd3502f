import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { Broker } from "../../kafka/brokers";
import { ClusterView } from "../../kafka/clusterView";
import { readCommitted } from "../../kafka/committedRecords";
import { knownLogs } from "../../kafka/logLook";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import { LogWriter, type WrittenRecord } from "./support/logWriter";
import { OneCluster } from "./support/oneCluster";

const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"];
const TRANSACTIONS = ["A", "B"];

/** What happens to a log, in order: by a plain producer, or by one of two transactional ones. */
type Event =
    | { readonly by: "plain"; readonly codec: string; readonly records: WrittenRecord[] }
    | { readonly by: string; readonly records: WrittenRecord[] }
    | { readonly by: string; readonly end: "commit" | "abort" }
    | { readonly deleteBefore: number };

const bytes = fc.option(
    fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
        fc.nat(3000).map((length) => Buffer.alloc(length, "compressible ")),
    ),
);
const records = fc.array(
    fc.record({ key: bytes, value: bytes, timestamp: fc.integer({ min: 1, max: 2 ** 41 }) }),
    { minLength: 1, maxLength: 6 },
);
const transaction = fc.constantFrom(...TRANSACTIONS);
const event: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ by: fc.constant("plain" as const), codec: fc.constantFrom(...CODECS), records }),
    fc.record({ by: transaction, records }),
    fc.record({ by: transaction, end: fc.constantFrom("commit" as const, "abort" as const) }),
    fc.record({ deleteBefore: fc.nat(10) }),
);

describe("generated logs", function () {
    let one: OneCluster;
    let writer: LogWriter;
    let view: ClusterView;
    let topics = 0;

    before(async () => {
        one = await OneCluster.start({
            "log.message.timestamp.before.max.ms": String(2 ** 45),
            "log.message.timestamp.after.max.ms": String(2 ** 45),
            "log.retention.ms": -1,
        });
        writer = await LogWriter.start(one.supervisor, await kafkaClassPath(), one.connection);
        view = new ClusterView(one.connection);
        for (const codec of CODECS) {
            await writer.producer(codec, codec);
        }
    });
    after(async () => {
        writer.stop();
        await view.close();
        await one.stop();
    });

    /**
     * Writes a log with Kafka's own producers; the transactions without an end stay open.
     * @param begun Gets the names of the transactional producers.
     * @returns the offset after the last record or marker
     */
    async function write(
        topic: string,
        events: readonly Event[],
        begun: Set<string>,
    ): Promise<number> {
        const open = new Set<string>();
        let end = 0;
        for (const happened of events) {
            if ("deleteBefore" in happened) {
                const stable = await writer.endOffset(topic, "read_committed");
                await one.client.deleteRecords(topic, 0, Math.min(happened.deleteBefore, stable));
                continue;
            }
            const name = happened.by === "plain" ? "" : `${topic}-${happened.by}`;
            if ("codec" in happened) {
                await writer.send(happened.codec, topic, happened.records);
                end += happened.records.length;
            } else if ("records" in happened) {
                if (!begun.has(name)) {
                    begun.add(name);
                    await writer.producer(name, CODECS[begun.size + 1] ?? "none", name);
                }
                if (!open.has(name)) {
                    open.add(name);
                    await writer.transaction(name, "begin");
                }
                await writer.send(name, topic, happened.records);
                end += happened.records.length;
            } else if (open.delete(name)) {
                await writer.transaction(name, happened.end);
                end += 1;
            }
        }
        return end;
    }

    it("are seen and read as by Kafka's own consumer", async () => {
        await fc.assert(
            fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
                topics += 1;
                const topic = `generated-${topics}`;
                await one.client.createTopic(topic, { partitions: 1 });
                const begun = new Set<string>();
                const end = await write(topic, events, begun);
                // The coordinator writes the marker of a transaction after it has answered the producer.
                while ((await writer.endOffset(topic, "read_uncommitted")) < end) {
                    await sleep(20);
                }
                const [look] = (await view.look([topic])).topics;
                assert(look !== undefined);
                const [log] = knownLogs(look);
                assert(log !== undefined);
                const { firstOffset, lastStableOffset, highWatermark } = log;
                assert.equal(lastStableOffset, await writer.endOffset(topic, "read_committed"));
                assert.equal(highWatermark, await writer.endOffset(topic, "read_uncommitted"));

                const expected = await writer.read(topic, "read_committed");
                const read: string[] = [];
                const text = (field: Buffer | null) => field?.toString("base64") ?? "-";
                const range = { topic, partition: 0, firstOffset, endOffset: lastStableOffset };
                for await (const batches of readCommitted(view, range, { timeoutMs: 10_000 })) {
                    for (const batch of batches) {
                        for (const { key, value, ...at } of batch.records) {
                            const offset = Number(batch.firstOffset) + at.offsetDelta;
                            const timestamp = batch.firstTimestamp + at.timestampDelta;
                            if (offset >= firstOffset) {
                                const fields = [offset, timestamp, text(key), text(value)];
                                read.push(fields.join("\t"));
                            }
                        }
                    }
                }
                assert.deepEqual(read, expected);

                const part = { topic, partition: 0, firstOffset, endOffset: lastStableOffset };
                const [first] = await view.firstRecords([part]);
                assert(first && "known" in first);
                const [offset, timestamp] = expected[0]?.split("\t").map(Number) ?? [];
                assert.deepEqual(
                    [first.known?.offset, first.known?.timestamp],
                    [offset, timestamp],
                );

                const [open] = await view.openTransactions([{ topic, partition: 0 }]);
                assert(open && "known" in open);
                const starts = open.known.map(({ startOffset }) => startOffset);
                assert.equal(Math.min(highWatermark, ...starts), lastStableOffset);
                for (const name of begun) {
                    await writer.close(name);
                }
            }),
            { numRuns: 25 },
        );
    });

    it("take as many requests in a look, however many topics there are", async () => {
        const names = Array.from({ length: 40 }, (_unused, i) => `many-${i}`);
        for (const name of names) {
            await one.client.createTopic(name, { partitions: 3 });
        }
        const sent = Object.getOwnPropertyDescriptor(Broker.prototype, "send");
        assert(sent !== undefined);
        let requests = 0;
        const original = sent.value as (...args: unknown[]) => unknown;
        Broker.prototype.send = function (this: Broker, ...args: unknown[]) {
            requests += 1;
            return original.apply(this, args);
        } as typeof Broker.prototype.send;
        try {
            const counted = async (ask: () => Promise<unknown>) => {
                requests = 0;
                await ask();
                return requests;
            };
            const parts = (wanted: readonly string[]) =>
                wanted.flatMap((topic) =>
                    [0, 1, 2].map((partition) => ({
                        topic,
                        partition,
                        firstOffset: 0,
                        endOffset: 1,
                    })),
                );
            const few = names.slice(0, 2);
            assert.equal(await counted(async () => view.look(few)), 4);
            assert.equal(await counted(async () => view.look(names)), 4);
            assert.equal(
                await counted(async () => view.firstRecords(parts(few))),
                await counted(async () => view.firstRecords(parts(names))),
            );
        } finally {
            Object.defineProperty(Broker.prototype, "send", sent);
        }
    });
});
