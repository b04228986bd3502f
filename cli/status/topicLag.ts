import { duration } from "../shared/output";
import {
    type AgeBounds,
    lagOf,
    type MirrorProgress,
    type PartitionProgress,
} from "../shared/mirror/progress";

/** Clocks that are kept in step differ by less, in seconds. */
const CLOCK_SECONDS = 5;

/** How far the mirror is with one topic. */
export interface TopicLag {
    readonly topic: string;
    /** Offsets that are not mirrored yet; 0 if they hold no record. */
    readonly lag: number;
    /** Those of them that lie behind the beginning of an open transaction. */
    readonly behindTransaction: number;
    /** The age of the record that waits longest, as far as it can be proven; absent without lag. */
    readonly lagSeconds?: AgeBounds;
    /** Seconds by which the record to be mirrored next is stamped ahead of this clock. */
    readonly stampedAheadSeconds?: number;
    /** Offsets that were deleted before they were mirrored. */
    readonly deletedUnmirrored: number;
    /** Partitions that could not be looked at: the other numbers leave them out. */
    readonly unknownPartitions: number;
}

/** Lag by topic, in the order of the look. */
export function lagByTopic({ partitions, unknown }: MirrorProgress): TopicLag[] {
    const names = new Set([...partitions, ...unknown].map(({ topic }) => topic));
    return [...names].map((topic) =>
        topicLag(
            topic,
            partitions.filter((partition) => partition.topic === topic),
            unknown.filter((partition) => partition.topic === topic).length,
        ),
    );
}

function topicLag(
    topic: string,
    partitions: readonly PartitionProgress[],
    unknownPartitions: number,
): TopicLag {
    const lagging = partitions.filter((partition) => lagOf([partition]) > 0);
    const ahead = Math.max(...lagging.map(({ stampedSeconds = 0 }) => -stampedSeconds));
    return {
        topic,
        lag: lagOf(partitions),
        behindTransaction: partitions.reduce((sum, { endOffset, stableOffset, lag }) => {
            return sum + Math.min(lag, Math.max(0, endOffset - stableOffset));
        }, 0),
        ...(lagging.length > 0 && { lagSeconds: oldest(lagging) }),
        ...(ahead > CLOCK_SECONDS && { stampedAheadSeconds: ahead }),
        deletedUnmirrored: partitions.reduce(
            (sum, { deletedUnmirrored }) => sum + deletedUnmirrored,
            0,
        ),
        unknownPartitions,
    };
}

/** The limits for the oldest of several records. */
function oldest(lagging: readonly PartitionProgress[]): AgeBounds {
    const bounds = lagging.map(({ lagSeconds = {} }) => lagSeconds);
    const least = bounds.flatMap(({ atLeast }) => atLeast ?? []);
    const most = bounds.map(({ atMost }) => atMost);
    return {
        ...(least.length > 0 && { atLeast: Math.max(...least) }),
        ...(most.every((seconds) => seconds !== undefined) && { atMost: Math.max(...most) }),
    };
}

/** An age as text: `95 s`, `2.0 s to 5.0 s`, `at least 60 s`, `at most 5.0 s`, `not known`. */
export function ageText({ atLeast, atMost }: AgeBounds): string {
    if (atLeast !== undefined && atMost !== undefined) {
        const [least, most] = [duration(atLeast), duration(atMost)];
        return least === most ? least : `${least} to ${most}`;
    }
    if (atLeast !== undefined) {
        return `at least ${duration(atLeast)}`;
    }
    return atMost === undefined ? "not known" : `at most ${duration(atMost)}`;
}
