import type { ClusterView } from "../../../kafka/clusterView";
import { readCommitted, type ReadOptions } from "../../../kafka/committedRecords";
import { isRefused, type Refusal, type TopicLimits } from "./taskFailure";

/** A record at `from` that stopped a task. */
export interface RefusedRecord {
    readonly topic: string;
    readonly partition: number;
    /** Of the cluster at `from`. */
    readonly offset: number;
}

/** Records of one partition that a task has still to copy. */
export interface PendingRange {
    readonly topic: string;
    readonly partition: number;
    readonly firstOffset: number;
    /** The offset after the last one. */
    readonly endOffset: number;
    /** Of the copy at `to`. */
    readonly limits: TopicLimits;
}

/**
 * Most bytes that are read of all ranges together to find a record. A task sends the records of a poll together, so the refused
 * one is among the first that wait, unless many partitions or large records are before it.
 */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * The first record of the ranges that was refused; undefined when there is none among those that it
 * reads. @throws as {@link readCommitted} does
 */
export async function findRefused(
    view: ClusterView,
    refusal: Refusal,
    ranges: readonly PendingRange[],
    options: ReadOptions,
): Promise<RefusedRecord | undefined> {
    const now = Date.now();
    const mostBytes = MOST_BYTES / Math.max(1, ranges.length);
    for (const { topic, partition, limits, ...range } of ranges) {
        let read = 0;
        for await (const batches of readCommitted(view, { topic, partition, ...range }, options)) {
            for (const { firstOffset, firstTimestamp, appendTimestamp, records } of batches) {
                for (const record of records) {
                    const offset = Number(firstOffset) + record.offsetDelta;
                    const timestamp = appendTimestamp ?? firstTimestamp + record.timestampDelta;
                    read += (record.key?.length ?? 0) + (record.value?.length ?? 0);
                    if (
                        offset >= range.firstOffset &&
                        isRefused(refusal, record, timestamp, limits, now)
                    ) {
                        return { topic, partition, offset };
                    }
                }
            }
            if (read > mostBytes) {
                break;
            }
        }
    }
    return undefined;
}
