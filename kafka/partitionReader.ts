import { createHash } from "node:crypto";
import type { ClusterView } from "./clusterView";
import { type PartitionRange, readCommitted } from "./committedRecords";
import type { LogRecord } from "./recordBatches";

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
    readonly record: LogRecord;
}

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

/** Reads the committed records of a range in order, fetch by fetch. */
export async function* readPartition(
    view: ClusterView,
    range: PartitionRange,
): AsyncGenerator<ReadRecord[]> {
    for await (const batches of readCommitted(view, range, {})) {
        yield batches.flatMap(({ firstOffset, firstTimestamp, appendTimestamp, records }) =>
            records
                .map((record) => ({
                    offset: firstOffset + BigInt(record.offsetDelta),
                    timestamp: appendTimestamp ?? firstTimestamp + record.timestampDelta,
                    record,
                }))
                .filter(({ offset }) => offset >= range.firstOffset && offset < range.endOffset),
        );
    }
}

/** The digest of a range of a partition. */
export async function digestPartition(
    view: ClusterView,
    range: PartitionRange,
): Promise<PartitionDigest> {
    const { partition, firstOffset, endOffset } = range;
    const hash = createHash("sha256");
    let records = 0;
    for await (const read of readPartition(view, range)) {
        for (const part of read.flatMap(recordBytes)) {
            hash.update(part);
        }
        records += read.length;
    }
    return { partition, firstOffset, endOffset, records, sha256: hash.digest("hex") };
}
