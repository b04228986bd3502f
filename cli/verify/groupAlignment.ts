import type { ClusterView } from "../../kafka/clusterView";
import type { Ends } from "../shared/mirror/ends";
import { comparePartition } from "./comparePartition";
import type { ComparedPosition } from "./groupVerdict";

/** A position with a commit at both ends, and the logs that it is in. */
export interface CommittedPosition {
    /** Names of the topic. */
    readonly topics: Ends<string>;
    readonly partition: number;
    readonly offsets: Ends<number>;
    readonly logs: Ends<{ readonly firstOffset: number; readonly endOffset: number }>;
    /** Whether the brokers of `to` replace timestamps (`LogAppendTime`). */
    readonly isRestamped: boolean;
}

/**
 * Offsets that are read on each side of a position. MirrorMaker 2 places a group near the end of a log
 * at most `offset.lag.max` records too early, 100 by default, and a group further back at most as many
 * records as it lags.
 */
const REACH = 5000;

/**
 * Compares the records around a group's two offsets, to count what it would read again or skip, as a
 * comparison of the whole logs does.
 *
 * @returns undefined when these records do not tell, for example because the offsets are further apart
 */
export async function alignPosition(
    views: Ends<ClusterView>,
    { topics, partition, offsets, logs, isRestamped }: CommittedPosition,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<ComparedPosition | undefined> {
    const window = (end: "from" | "to", before: number) => {
        const { firstOffset, endOffset } = logs[end];
        const first = Math.min(Math.max(firstOffset, offsets[end] - before), endOffset);
        return {
            firstOffset: first,
            endOffset: Math.max(first, Math.min(endOffset, offsets[end] + REACH)),
            isTrimmed: true,
            isCompacted: false,
        };
    };
    // The records at `to` correspond to earlier ones of `from` when the group is placed too early.
    const [from, to] = [window("from", 2 * REACH), window("to", REACH)];
    const { positions, firstMatch } = await comparePartition(
        views,
        {
            topics,
            partition,
            isRestamped,
            from,
            to,
            trackedFromOffsets: [offsets.from],
            trackedToOffsets: [offsets.to],
        },
        options,
    );
    const aligned = positions.alignedPosition(offsets.from);
    const counted = positions.countedPosition(offsets.to);
    const isCut = to.endOffset < logs.to.endOffset && aligned?.toOffset === to.endOffset;
    if (aligned === undefined || counted === undefined || firstMatch === undefined || isCut) {
        return undefined;
    }
    return { from: aligned, to: counted };
}
