import type { SiteName } from "../../config/settingsSchema";
import { type Group, isActive } from "../../kafka/groupView";
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
    /** The bounds of the log of `to`; `endOffset` is exclusive. Absent when `to` has no such partition. */
    readonly toLog?: { readonly firstOffset: number; readonly endOffset: number };
    /** Why the log at one end is not known; the bounds then mean nothing. */
    readonly unknown?: string;
    /** Both offsets as a comparison of records found them; absent when records were not compared. */
    readonly compared?: ComparedPosition;
}

/** Where both offsets of a position are among the records of `to`. */
export interface ComparedPosition {
    readonly from: AlignedPosition;
    /** Absent without a commit at `to`. */
    readonly to?: CountedPosition;
    /** Records of `to` in all; absent when only records around the position were read. */
    readonly toRecords?: number;
}

/**
 * What a failover would mean for a group in one partition:
 *
 * - `protected`: it resumes at `to` and skips nothing.
 * - `empty`: nothing is committed at `to`, whose log holds no record. MirrorMaker 2 has nothing to
 *   translate there, and the group begins with the first record that arrives: `auto.offset.reset`
 *   `latest` skips only what arrives before its consumers start.
 * - `unprotected`: nothing is committed at `to`; `auto.offset.reset` decides where it starts.
 * - `out-of-range`: its offset at `to` is outside the log there, which has the same effect.
 * - `late`: its offset at `to` is after records that it has not read; it would skip them.
 * - `expired`: not even `from` still has the records after its position.
 * - `active`: it has members at `to` and commits for itself; it is not evaluated.
 * - `unknown`: one of the logs could not be looked at; the reason says why.
 */
export type GroupVerdict =
    | "protected"
    | "empty"
    | "unprotected"
    | "out-of-range"
    | "late"
    | "expired"
    | "active"
    | "unknown";

/** How a group would resume at `to` in one partition. */
export interface GroupPartitionReport {
    readonly topic: string;
    readonly partition: number;
    readonly fromOffset: number;
    readonly toOffset?: number;
    readonly verdict: GroupVerdict;
    /** Records that the group would read again; absent when the records were not compared. */
    readonly readAgain?: number;
    /**
     * In its stead, the offsets of `to` after the group's position: it reads at most as many records
     * again. Lag of the group itself and transaction markers are among them.
     */
    readonly readAgainAtMost?: number;
    /** Records that it would skip. */
    readonly skipped?: number;
    /**
     * Of a group that `auto.offset.reset` places: the records that it would read again with `earliest`,
     * and those that it would skip with `latest`. Absent when the log was not compared.
     */
    readonly reset?: { readonly readAgain: number; readonly skipped: number };
    /** Why it is not protected, in words. */
    readonly reason?: string;
}

/** Whether a group resumes at `to` without skipping or missing a record that `to` has. */
export function isSafe(verdict: GroupVerdict): boolean {
    return verdict === "protected" || verdict === "empty";
}

/** Whether a failover would go wrong for the group. */
export function isFailure(verdict: GroupVerdict): boolean {
    return verdict === "out-of-range" || verdict === "late";
}

/** Why nothing may be committed for a group at `to`, apart from its position. */
export interface GroupAtTo {
    /** The group as `to` lists it; undefined when it does not exist there. */
    readonly group: Pick<Group, "state"> | undefined;
    /** Whether the mirror's patterns leave the group out. */
    readonly isExcluded: boolean;
}

/** Evaluates one position. @param sites Names for the messages. */
export function evaluatePosition(
    position: GroupPosition,
    at: GroupAtTo,
    sites: Ends<SiteName>,
): GroupPartitionReport {
    const { topic, partition, fromOffset, toOffset, fromFirstOffset, toLog, compared } = position;
    const base = {
        topic,
        partition,
        fromOffset,
        ...(toOffset !== undefined && { toOffset }),
    };
    const hasMembers = at.group !== undefined && isActive(at.group);
    if (position.unknown !== undefined) {
        return { ...base, verdict: "unknown", reason: position.unknown };
    }
    if (toOffset === undefined || toLog === undefined) {
        return { ...base, ...withoutCommit(position, at, sites) };
    }
    if (toOffset > toLog.endOffset) {
        const reason = `its offset is after the end of the ${sites.to}'s log, ${toLog.endOffset}`;
        return { ...base, verdict: "out-of-range", reason };
    }
    if (hasMembers) {
        const reason = `the group has members at the ${sites.to} and commits for itself`;
        return { ...base, verdict: "active", reason };
    }
    if (fromOffset < fromFirstOffset) {
        const reason = `the ${sites.from}'s log begins at ${fromFirstOffset}, after its position there`;
        return { ...base, verdict: "expired", reason };
    }
    if (toOffset < toLog.firstOffset) {
        const reason = `its offset is before the beginning of the ${sites.to}'s log, ${toLog.firstOffset}`;
        return { ...base, verdict: "out-of-range", reason };
    }
    if (compared?.to === undefined) {
        const readAgainAtMost = toLog.endOffset - toOffset;
        return {
            ...base,
            verdict: "protected",
            ...(readAgainAtMost === 0 ? { readAgain: 0 } : { readAgainAtMost }),
        };
    }
    const { from, to } = compared;
    const skipped = to.matched - from.matched;
    return skipped > 0
        ? {
              ...base,
              verdict: "late",
              skipped,
              reason: `the ${sites.from}'s offset ${fromOffset} corresponds to ${from.toOffset} at the ${sites.to}`,
          }
        : { ...base, verdict: "protected", readAgain: Math.max(0, from.records - to.records) };
}

type WithoutCommit = Pick<GroupPartitionReport, "verdict" | "reason" | "reset">;

/** A position for which nothing is committed at `to`. */
function withoutCommit(
    { toLog, compared }: GroupPosition,
    { group, isExcluded }: GroupAtTo,
    { to }: Ends<SiteName>,
): WithoutCommit {
    if (toLog === undefined) {
        return { verdict: "unprotected", reason: `the ${to} has no such partition` };
    }
    if (toLog.firstOffset === toLog.endOffset) {
        return { verdict: "empty" };
    }
    const found =
        compared?.toRecords === undefined
            ? undefined
            : {
                  readAgain: compared.from.records,
                  skipped: compared.toRecords - compared.from.records,
              };
    const reason = isExcluded
        ? "the mirror's patterns leave the group out"
        : group !== undefined && isActive(group)
          ? `the group has members at the ${to}, so MirrorMaker 2 may not commit for it`
          : found?.readAgain === 0
            ? `its position is before the first record that the ${to} has, and MirrorMaker 2 translates none before its first offset sync`
            : "MirrorMaker 2 has not translated its position: the group is newer than the last refresh of groups, or its position is older than every offset sync that the connector has read since it started";
    return { verdict: "unprotected", reason, ...(found !== undefined && { reset: found }) };
}
