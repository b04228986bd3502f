import { compressionsAlgorithmsByBitmask } from "@platformatic/kafka";
import { batches, RecordCursor } from "./logFiles";

/** A record of a log, as a position in a buffer. */
interface Present {
    readonly cursor: RecordCursor;
    readonly timestamp: number;
}

/** The records of a partition in order. */
function* records(folder: string): Generator<Present, void, void> {
    for (const { header, body } of batches(folder)) {
        if (header.isControl) {
            continue;
        }
        const cursor = new RecordCursor(decompressed(body, header.compression));
        for (let index = 0; index < header.records; index++) {
            cursor.next();
            yield { cursor, timestamp: header.firstTimestamp + cursor.timestampDelta };
        }
    }
}

function decompressed(body: Buffer, codec: number): Buffer {
    return codec === 0
        ? body
        : (compressionsAlgorithmsByBitmask[codec]?.decompressSync(body) ?? body);
}

/**
 * Compares the logs of a partition at both sides: keys, values, headers and timestamps, in order.
 * Returns the first difference as text; undefined when the logs are equal.
 */
export function firstDifference(sourceFolder: string, targetFolder: string): string | undefined {
    const target = records(targetFolder);
    let index = 0;
    for (const { cursor: from, timestamp } of records(sourceFolder)) {
        const found = target.next();
        if (found.done === true) {
            return `the target ends before record ${index}`;
        }
        const { cursor: to } = found.value;
        if (from.buffer.compare(to.buffer, to.start, to.end, from.start, from.end) !== 0) {
            return `record ${index} has different bytes at the target`;
        }
        if (timestamp !== found.value.timestamp) {
            return `record ${index} has a different timestamp at the target`;
        }
        index += 1;
    }
    return target.next().done === true ? undefined : `the target has more than ${index} records`;
}

/** The order of the records of a mirrored partition. */
export interface Continuity {
    /** The number of repeated records, as a restarted worker causes them. */
    readonly repeated: number;
    /** The first missing or out-of-order record, as text; undefined when all records are in order. */
    readonly problem: string | undefined;
}

/**
 * Whether a partition of a mirrored backlog has all records in order. A restarted worker may go back and
 * repeat some: each record must follow the previous one or begin a repetition. Values begin with the
 * index of the record in the whole backlog.
 */
export function continuity(
    folder: string,
    {
        partition,
        partitions,
        records: total,
    }: Record<"partition" | "partitions" | "records", number>,
): Continuity {
    const expected = Math.ceil((total - partition) / partitions);
    let furthest = -1;
    let previous = -1;
    let repeated = 0;
    for (const { cursor } of records(folder)) {
        const offset = (cursor.leadingNumber() - partition) / partitions;
        if (!Number.isInteger(offset) || offset > previous + 1) {
            const problem =
                previous === -1
                    ? `it starts with record ${offset}`
                    : `record ${previous} is followed by ${offset}`;
            return { repeated, problem };
        }
        repeated += offset <= furthest ? 1 : 0;
        furthest = Math.max(furthest, offset);
        previous = offset;
    }
    const isComplete = furthest === expected - 1 && previous === furthest;
    return {
        repeated,
        problem: isComplete ? undefined : `it ends with record ${previous} of ${expected}`,
    };
}
