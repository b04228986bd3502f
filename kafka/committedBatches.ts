import type { FetchedPartition } from "./fetch";
import type { LogRecord, RecordBatch } from "./recordBatches";

/** Records of one batch of a log, all of them committed. */
export interface CommittedBatch {
    readonly firstOffset: bigint;
    readonly firstTimestamp: bigint;
    /** Set where the broker replaced the producers' timestamps (`LogAppendTime`). */
    readonly appendTimestamp?: bigint;
    /** Their offsets and timestamps are differences to the first ones of the batch. */
    readonly records: readonly LogRecord[];
}

const ABORT_MARKER = 0;

/**
 * The batches without transaction markers and aborted records. The client's own filter lets an aborted
 * record pass when its marker is not in the same fetch, or when the same producer aborted twice; this
 * follows Kafka's Java consumer.
 * @throws {BatchFormatError} when a batch cannot be decoded
 */
export function committedBatches(
    all: readonly RecordBatch[],
    abortedTransactions: FetchedPartition["abortedTransactions"],
): {
    readonly batches: CommittedBatch[];
    /** The offset after the last batch, with records or without. */
    readonly nextOffset?: bigint;
    /** The leader epoch of the last batch. */
    readonly leaderEpoch?: number;
} {
    const aborted = [...abortedTransactions].sort((one, other) =>
        one.firstOffset < other.firstOffset ? -1 : 1,
    );
    const abortedProducers = new Set<bigint>();
    const batches: CommittedBatch[] = [];
    for (const batch of all) {
        const { firstOffset, lastOffset, firstTimestamp, appendTimestamp, producerId } = batch;
        while (aborted[0] !== undefined && aborted[0].firstOffset <= lastOffset) {
            abortedProducers.add(aborted[0].producerId);
            aborted.shift();
        }
        if (batch.isControl) {
            if (batch.records()[0]?.key?.readInt16BE(2) === ABORT_MARKER) {
                abortedProducers.delete(producerId);
            }
        } else if (!batch.isTransactional || !abortedProducers.has(producerId)) {
            batches.push({
                firstOffset,
                firstTimestamp,
                ...(appendTimestamp !== undefined && { appendTimestamp }),
                records: batch.records(),
            });
        }
    }
    const last = all.at(-1);
    return {
        batches,
        ...(last && { nextOffset: last.lastOffset + 1n, leaderEpoch: last.leaderEpoch }),
    };
}
