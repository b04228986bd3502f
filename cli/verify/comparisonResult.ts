import type { Positions } from "./positions";
import type { OffsetRange } from "./ranges";

/** What is known of a partition before its records are read. */
export interface ComparisonOptions {
    readonly source: LogFacts;
    readonly target: LogFacts;
    /** Offsets of the source whose place at the target is wanted. */
    readonly sourceMarks?: readonly number[];
    /** Offsets of the target before which the records are to be counted. */
    readonly targetMarks?: readonly number[];
    /** Bounds of memory, in records; `WINDOW_RECORDS` and `HISTORY_RECORDS` by default. */
    readonly windowRecords?: number;
    readonly historyRecords?: number;
}

export interface LogFacts {
    /** First and last offset (exclusive) of what is compared. */
    readonly firstOffset: number;
    readonly endOffset: number;
    /** Whether records were deleted before `firstOffset`, so that nothing is known of them. */
    readonly isTrimmed: boolean;
    /** Whether `cleanup.policy` has `compact`: gaps in the offsets were records once. */
    readonly isCompacted: boolean;
}

/** Records of one kind, and where they are: offsets of the source, or of the target for its own. */
export interface Finding {
    readonly records: number;
    /** The first ranges; there may be more. */
    readonly ranges: readonly OffsetRange[];
}

/** How two logs of a partition differ. */
export interface ComparisonResult {
    readonly sourceRecords: number;
    readonly targetRecords: number;
    /** Records of the source that the target has, in their place. */
    readonly matched: number;
    /** Of the source: absent at the target although later ones are there. They never come. */
    readonly missing: Finding;
    /** Of the source: after the last one that the target has. */
    readonly pending: Finding & { readonly firstTimestamp?: number };
    /** Of the target: one more copy of a record of the source. */
    readonly duplicate: Finding;
    /** Of the target: the source has no such record. */
    readonly alien: Finding;
    /** Of the target: a record of the source, not where it belongs. */
    readonly reordered: Finding;
    /** Cannot be judged: the other side deleted what it had, by retention or compaction. */
    readonly unverifiable: { readonly source: Finding; readonly target: Finding };
    /** The first pair, where source and target begin to correspond. */
    readonly firstMatch?: { readonly sourceOffset: number; readonly targetOffset: number };
    readonly positions: Positions;
}
