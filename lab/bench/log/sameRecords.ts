import { compressionsAlgorithmsByBitmask } from "@platformatic/kafka";
import { decompress as decompressZstd } from "fzstd";
import { batches, RecordCursor } from "./logFiles";

const ZSTD = 4;

/** A record of a log, in place. */
interface Present {
    readonly cursor: RecordCursor;
    readonly timestamp: number;
}

/** The records of a partition one after the other, as positions in buffers. */
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
    if (codec === ZSTD) {
        // Node has zstd from 22.15 on only.
        const { buffer, byteOffset, byteLength } = decompressZstd(body);
        return Buffer.from(buffer, byteOffset, byteLength);
    }
    return codec === 0
        ? body
        : (compressionsAlgorithmsByBitmask[codec]?.decompressSync(body) ?? body);
}

/**
 * Whether the logs of a partition at both sides hold the same records in the same order: keys,
 * values, headers and timestamps. Undefined when they do, otherwise what is wrong first, in words.
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
            return `record ${index} has other bytes at the target`;
        }
        if (timestamp !== found.value.timestamp) {
            return `record ${index} has another timestamp at the target`;
        }
        index += 1;
    }
    return target.next().done === true ? undefined : `the target has more than ${index} records`;
}

/** How the records of a mirrored partition follow each other. */
export interface Continuity {
    /** Records that had been there before, as after a worker that started again. */
    readonly repeated: number;
    /** What is missing or out of order first, in words; undefined when nothing is. */
    readonly problem: string | undefined;
}

/**
 * Whether a partition of a mirrored backlog has all records in their order, where a worker that starts
 * again may go back and repeat some: each record follows the one before it, or begins a repetition.
 * The values begin with the index of the record in the whole backlog.
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
            return { repeated, problem: `after record ${previous} comes ${offset}` };
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
