import { createHash } from "node:crypto";
import type { Consumer, KafkaRecord } from "@platformatic/kafka";

/** A range of the log of one partition. */
export interface PartitionRange {
    readonly topic: string;
    readonly partition: number;
    readonly firstOffset: number;
    /** The offset after the last record. */
    readonly endOffset: number;
}

/** A digest of the records of one partition. */
export interface PartitionDigest {
    readonly partition: number;
    readonly firstOffset: number;
    /** The offset after the last record. */
    readonly endOffset: number;
    readonly records: number;
    /** SHA-256 over offset, timestamp, key, value and headers of every record, in order. */
    readonly sha256: string;
}

/** A record with its offset and timestamp, which its batch holds. */
export interface ReadRecord {
    readonly offset: bigint;
    /** Milliseconds since 1970. */
    readonly timestamp: bigint;
    readonly record: KafkaRecord;
}

const FETCH_BYTES = 16 * 1024 * 1024;

/** Attribute of a batch that holds a transaction marker instead of records. */
const CONTROL_BATCH = 0x20;

function lengthPrefix(length: number): Buffer {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32BE(length);
    return buffer;
}

/** A record as bytes; they differ for any two different records. */
function recordBytes({ offset, timestamp, record }: ReadRecord): Buffer[] {
    const head = Buffer.alloc(20);
    head.writeBigInt64BE(offset, 0);
    head.writeBigInt64BE(timestamp, 8);
    head.writeInt32BE(record.headers.length, 16);
    const fields = [record.key, record.value, ...record.headers.flat()];
    return [
        head,
        ...fields.flatMap((field) =>
            field === null ? [lengthPrefix(-1)] : [lengthPrefix(field.length), field],
        ),
    ];
}

/** Reads the records of a range in order, fetch by fetch. @throws when there is no leader */
export async function* readPartition(
    consumer: Consumer,
    { topic, partition, firstOffset, endOffset }: PartitionRange,
): AsyncGenerator<ReadRecord[]> {
    const metadata = await consumer.metadata({ topics: [topic] });
    const found = metadata.topics.get(topic);
    const leader = found?.partitions[partition]?.leader;
    if (found === undefined || leader === undefined) {
        throw new Error(`partition ${partition} of ${topic} has no leader`);
    }
    let next = BigInt(firstOffset);
    while (next < endOffset) {
        const response = await consumer.fetch({
            node: leader,
            minBytes: 1,
            maxBytes: FETCH_BYTES,
            topics: [
                {
                    topicId: found.id,
                    partitions: [
                        {
                            partition,
                            currentLeaderEpoch: -1,
                            fetchOffset: next,
                            lastFetchedEpoch: -1,
                            partitionMaxBytes: FETCH_BYTES,
                        },
                    ],
                },
            ],
        });
        const records: ReadRecord[] = [];
        for (const batch of response.responses[0]?.partitions[0]?.records ?? []) {
            const isControl = (batch.attributes & CONTROL_BATCH) !== 0;
            for (const record of isControl ? [] : batch.records) {
                const offset = batch.firstOffset + BigInt(record.offsetDelta);
                if (offset >= next && offset < endOffset) {
                    const timestamp = batch.firstTimestamp + record.timestampDelta;
                    records.push({ offset, timestamp, record });
                }
            }
            const after = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
            next = after > next ? after : next;
        }
        yield records;
    }
}

/** The digest of a range of a partition. */
export async function digestPartition(
    consumer: Consumer,
    range: PartitionRange,
): Promise<PartitionDigest> {
    const { partition, firstOffset, endOffset } = range;
    const hash = createHash("sha256");
    let records = 0;
    for await (const read of readPartition(consumer, range)) {
        for (const part of read.flatMap(recordBytes)) {
            hash.update(part);
        }
        records += read.length;
    }
    return { partition, firstOffset, endOffset, records, sha256: hash.digest("hex") };
}
