import type { SiteName } from "../../config/settingsSchema";
import { type ConsumerGroup, isActive } from "../../kafka/groupView";
import type { Ends } from "../shared/mirror/ends";
import type { AlignedPosition, CountedPosition } from "./positions";

/** What is known of a group's position in one partition. */
export interface GroupPosition {
    /** Name of the topic at `from`. */
    readonly topic: string;
    readonly partition: number;
    /** Committed at `from`. */
    readonly fromOffset: number;
    /** Committed at `to`; absent without a commit. */
    readonly toOffset?: number;
    /** The first offset that the log of `from` still has. */
    readonly fromFirstOffset: number;
    /** The bounds of the log of `to`; `endOffset` is exclusive. */
    readonly toLog: { readonly firstOffset: number; readonly endOffset: number };
    /** Both offsets as the comparison of the records found them; absent when they were not compared. */
    readonly compared?: { readonly from: AlignedPosition; readonly to?: CountedPosition };
}

/**
 * What a failover would mean for a group in one partition:
 *
 * - `protected`: it resumes at `to` and skips nothing.
 * - `unprotected`: nothing is committed at `to`; `auto.offset.reset` decides where it starts.
 * - `out-of-range`: its offset at `to` is outside the log there, which has the same effect.
 * - `late`: its offset at `to` is after records that it has not read; it would skip them.
 * - `expired`: not even `from` still has the records after its position.
 * - `active`: it has members at `to` and commits for itself; it is not evaluated.
 */
export type GroupVerdict =
    "protected" | "unprotected" | "out-of-range" | "late" | "expired" | "active";

/** How a group would resume at `to` in one partition. */
export interface GroupPartitionReport {
    readonly topic: string;
    readonly partition: number;
    readonly fromOffset: number;
    readonly toOffset?: number;
    readonly verdict: GroupVerdict;
    /** Records that the group would read again; absent when the records were not compared. */
    readonly readAgain?: number;
    /** Records that it would skip. */
    readonly skipped?: number;
    /** Why it is not protected, in words. */
    readonly reason?: string;
}

/** Whether a failover would go wrong for the group. */
export function isFailure(verdict: GroupVerdict): boolean {
    return verdict === "out-of-range" || verdict === "late";
}

/**
 * Evaluates one position.
 * @param group The group at `to`; undefined when it does not exist there.
 * @param sites Names for the messages.
 */
export function evaluatePosition(
    position: GroupPosition,
    group: ConsumerGroup | undefined,
    sites: Ends<SiteName>,
): GroupPartitionReport {
    const { fromFirstOffset, toLog, compared, ...base } = position;
    const { toOffset } = base;
    const hasMembers = group !== undefined && isActive(group);
    if (toOffset === undefined) {
        const reason = hasMembers
            ? `the group has members at the ${sites.to}, so MirrorMaker 2 may not commit for it`
            : "MirrorMaker 2 has not written a checkpoint for it yet";
        return { ...base, verdict: "unprotected", reason };
    }
    if (toOffset > toLog.endOffset) {
        const reason = `its offset is after the end of the ${sites.to}'s log, ${toLog.endOffset}`;
        return { ...base, verdict: "out-of-range", reason };
    }
    if (hasMembers) {
        const reason = `the group has members at the ${sites.to} and commits for itself`;
        return { ...base, verdict: "active", reason };
    }
    if (base.fromOffset < fromFirstOffset) {
        const reason = `the ${sites.from}'s log begins at ${fromFirstOffset}, after its position there`;
        return { ...base, verdict: "expired", reason };
    }
    if (toOffset < toLog.firstOffset) {
        const reason = `its offset is before the beginning of the ${sites.to}'s log, ${toLog.firstOffset}`;
        return { ...base, verdict: "out-of-range", reason };
    }
    if (compared?.to === undefined) {
        return { ...base, verdict: "protected" };
    }
    const { from, to } = compared;
    const skipped = to.matched - from.matched;
    return skipped > 0
        ? {
              ...base,
              verdict: "late",
              skipped,
              reason: `the ${sites.from}'s offset ${base.fromOffset} corresponds to ${from.toOffset} at the ${sites.to}`,
          }
        : { ...base, verdict: "protected", readAgain: Math.max(0, from.records - to.records) };
}
