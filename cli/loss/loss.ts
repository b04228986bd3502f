import type { OffsetRange } from "../verify/ranges";
import type { MirroredOffset, TopicEnds } from "../shared/mirror/types";

/** The moment at which the target took over, as an unplanned failover records it. */
export interface Cut {
    /** ISO 8601. */
    readonly at: string;
    /** Where the target's logs ended before anybody else wrote to them. */
    readonly targetEnds: readonly TopicEnds[];
    /** What Kafka Connect had noted as mirrored; absent when it did not answer. */
    readonly mirrored?: readonly MirroredOffset[];
    /** Where the source's logs ended; absent when it did not answer. */
    readonly sourceEnds?: readonly TopicEnds[];
}

/** Records of one partition of the source that the target did not have at the cut. */
export interface PartitionLoss {
    readonly topic: string;
    readonly partition: number;
    readonly records: number;
    /** Offsets of the source; the first ranges, there may be more. */
    readonly ranges: readonly OffsetRange[];
}

/** What one partition of both sides is compared from and to, to find what was lost. */
export interface LossRange {
    readonly topic: string;
    readonly partition: number;
    readonly source: { readonly firstOffset: number; readonly endOffset: number };
    readonly target: { readonly firstOffset: number; readonly endOffset: number };
}

/**
 * The parts of both logs in which a loss can be. What Kafka Connect noted as mirrored is at the
 * target; after that the logs are compared, since a killed worker mirrors more than it notes.
 *
 * @param logs What the source has now that it is back.
 */
export function lossRanges(
    cut: Cut,
    logs: readonly (TopicEnds & { readonly firstOffsets: readonly number[] })[],
): LossRange[] {
    const noted = new Map(
        cut.mirrored?.map((entry) => [`${entry.topic}:${entry.partition}`, entry.offset + 1]),
    );
    const targetEnds = new Map(cut.targetEnds.map(({ topic, endOffsets }) => [topic, endOffsets]));
    return logs.flatMap(({ topic, firstOffsets, endOffsets }) =>
        endOffsets.map((endOffset, partition): LossRange => {
            const next = noted.get(`${topic}:${partition}`) ?? 0;
            const first = firstOffsets[partition] ?? 0;
            // A log that is shorter than what was mirrored is another log: all of it counts.
            const firstOffset = next > endOffset ? first : Math.max(next, first);
            const targetEnd = targetEnds.get(topic)?.[partition] ?? 0;
            return {
                topic,
                partition,
                source: { firstOffset, endOffset },
                // As many offsets at most have come since what was noted, and duplicates of them.
                target: {
                    firstOffset: Math.max(0, targetEnd - 2 * (endOffset - firstOffset)),
                    endOffset: targetEnd,
                },
            };
        }),
    );
}
