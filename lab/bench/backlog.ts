import { randomFillSync } from "node:crypto";
import { Producer } from "@platformatic/kafka";
import { clientOptions } from "../../kafka/connection";
import type { BenchPair } from "./benchPair";
import type { Cell, Payload } from "./result";

/** The records of a source topic before it is mirrored. */
export type Backlog = Pick<Cell, "recordBytes" | "partitions" | "payload"> & {
    readonly records: number;
};

/** Size of the batches that are sent to each partition. */
const BATCH_BYTES = 160_000;
const BATCHES_IN_FLIGHT = 4;
/** Size of the pool that values are cut from; the index of a record decides the position. */
const POOL_BYTES = 4 * 1024 * 1024;

/** The topic of a backlog; its name describes the content. */
export function backlogTopic({ recordBytes, partitions, payload, records }: Backlog): string {
    return `bench-${recordBytes}-${partitions}p-${payload}-${records}`;
}

/** The pool that values are cut from; each payload compresses differently. */
function pool(payload: Payload): Buffer {
    const bytes = Buffer.alloc(POOL_BYTES);
    switch (payload) {
        case "random":
            return randomFillSync(bytes);
        case "letters":
            // As Kafka's ProducerPerformance generates them: A to Z, 4.7 bits of entropy per byte.
            return randomFillSync(bytes).map((byte) => 65 + (byte % 26)) as Buffer;
        case "text":
            return bytes.fill(
                '{"orderId":1042,"customer":"c-5531","state":"PAID","amount":"129.90","currency":"EUR"}\n',
            );
    }
}

/**
 * Creates a topic at the source, unless it exists, and fills its partitions evenly. Each value begins
 * with the index of its record, so that all values differ.
 */
export async function ensureBacklog(pair: BenchPair, backlog: Backlog): Promise<string> {
    const topic = backlogTopic(backlog);
    const { source } = pair.clients;
    if ((await source.topics()).includes(topic)) {
        return topic;
    }
    const { partitions, records, recordBytes, payload } = backlog;
    await source.createTopic(topic, { partitions });
    const bytes = pool(payload);
    const value = (index: number): Buffer => {
        const at = (index * 7919) % (POOL_BYTES - recordBytes);
        const copy = Buffer.from(bytes.subarray(at, at + recordBytes));
        copy.write(`${index} `);
        return copy;
    };
    const perSend = Math.max(1, Math.floor(BATCH_BYTES / (recordBytes + 10))) * partitions;
    const producer = new Producer(
        clientOptions(pair.cluster("source").adminConnection(), "kafka-dr-bench"),
    );
    const pending: Promise<unknown>[] = [];
    try {
        for (let done = 0; done < records; done += perSend) {
            pair.supervisor.signal.throwIfAborted();
            const messages = Array.from({ length: Math.min(perSend, records - done) }, (_, i) => ({
                topic,
                partition: (done + i) % partitions,
                value: value(done + i),
            }));
            pending.push(producer.send({ messages, acks: -1 }));
            if (pending.length >= BATCHES_IN_FLIGHT) {
                await pending.shift();
            }
        }
        await Promise.all(pending);
        return topic;
    } catch (error) {
        await source.deleteTopic(topic);
        throw error;
    } finally {
        await Promise.allSettled(pending);
        await producer.close();
    }
}

/** The number of records for a run of a given duration at a given rate. */
export function backlogSize(recordsPerSecond: number, seconds: number, cell: Cell): number {
    const wanted = recordsPerSecond * seconds;
    // Only a few sizes, so that runs share a topic; the number of bytes does not depend on the record.
    const steps = [60_000, 200_000, 600_000, 1_800_000, 4_500_000, 9_000_000].map((records) =>
        Math.ceil((records * 110) / (cell.recordBytes + 10)),
    );
    const nearest = steps.reduce((best, step) =>
        Math.abs(Math.log(step / wanted)) < Math.abs(Math.log(best / wanted)) ? step : best,
    );
    return Math.ceil(nearest / cell.partitions) * cell.partitions;
}
