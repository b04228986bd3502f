import type { ConsumerGroup } from "../../kafka/groupView";
import { isActive } from "../../kafka/groupView";
import type { AlignedPosition, TargetPosition } from "./positions";

/** What is known of a group's position in one partition. */
export interface GroupPosition {
    readonly topic: string;
    readonly partition: number;
    /** Committed at the source. */
    readonly sourceOffset: number;
    /** Committed at the target; absent when nothing is. */
    readonly targetOffset?: number;
    /** The first offset that the source still has. */
    readonly sourceFirstOffset: number;
    /** What of the target's log is there. */
    readonly targetLog: { readonly firstOffset: number; readonly endOffset: number };
    /** From the comparison of the records; absent when they were not compared. */
    readonly aligned?: { readonly source: AlignedPosition; readonly target?: TargetPosition };
}

/**
 * - `protected`: a group that starts at the target skips nothing.
 * - `unprotected`: nothing is committed at the target; a group starts by its `auto.offset.reset`.
 * - `out-of-range`: committed before what is there, or beyond the end: the same happens.
 * - `late`: committed after records that the group has not read; it would skip them.
 * - `expired`: not even the source has what comes after its position there any more.
 * - `active`: the group has members at the target and commits for itself; not judged.
 */
export type GroupVerdict =
    "protected" | "unprotected" | "out-of-range" | "late" | "expired" | "active";

/** How a group would go on at the target in one partition. */
export interface GroupPartitionReport {
    readonly topic: string;
    readonly partition: number;
    readonly sourceOffset: number;
    readonly targetOffset?: number;
    readonly verdict: GroupVerdict;
    /** Records that the group would read again at the target; absent when unknown. */
    readonly readAgain?: number;
    /** Records that it would skip. */
    readonly skipped?: number;
    /** Why it is not protected, in words. */
    readonly reason?: string;
}

/** Whether a verdict means that a failover would go wrong. */
export function isFailure(verdict: GroupVerdict): boolean {
    return verdict === "out-of-range" || verdict === "late";
}

/** Judges one position. @param atTarget the group there; absent when there is no such group */
export function judgePosition(
    position: GroupPosition,
    atTarget: ConsumerGroup | undefined,
): GroupPartitionReport {
    const { sourceFirstOffset, targetLog, aligned, ...base } = position;
    const { targetOffset } = base;
    if (targetOffset === undefined) {
        const reason =
            atTarget !== undefined && isActive(atTarget)
                ? "the group has members at the target, so MirrorMaker 2 may not commit for it"
                : "no checkpoint of MirrorMaker 2 has been written for it yet";
        return { ...base, verdict: "unprotected", reason };
    }
    if (targetOffset > targetLog.endOffset) {
        const reason = `committed beyond the end of the target's log, ${targetLog.endOffset}`;
        return { ...base, verdict: "out-of-range", reason };
    }
    if (atTarget !== undefined && isActive(atTarget)) {
        const reason = "the group has members at the target and commits for itself";
        return { ...base, verdict: "active", reason };
    }
    if (base.sourceOffset < sourceFirstOffset) {
        const reason = `the source's own log begins at ${sourceFirstOffset}, after the position there`;
        return { ...base, verdict: "expired", reason };
    }
    if (targetOffset < targetLog.firstOffset) {
        const reason = `the target's log begins at ${targetLog.firstOffset}`;
        return { ...base, verdict: "out-of-range", reason };
    }
    if (aligned?.target === undefined) {
        return { ...base, verdict: "protected" };
    }
    const { source, target } = aligned;
    const skipped = target.matched - source.matched;
    return skipped > 0
        ? {
              ...base,
              verdict: "late",
              skipped,
              reason: `the source's position ${base.sourceOffset} is ${source.targetOffset} at the target`,
          }
        : {
              ...base,
              verdict: "protected",
              readAgain: Math.max(0, source.records - target.records),
          };
}
