import type { Ends } from "../shared/mirror/ends";
import type { PositionTracker } from "./positions";

/** What is known of a partition before its records are read. */
export interface ComparisonOptions extends Ends<LogBounds> {
    /** Offsets of `from` whose place in the log of `to` is wanted. */
    readonly trackedFromOffsets?: readonly number[];
    /** Offsets of `to` before which the records are counted. */
    readonly trackedToOffsets?: readonly number[];
    /** Bounds of memory, in records; `WINDOW_RECORDS` and `HISTORY_RECORDS` by default. */
    readonly windowRecords?: number;
    readonly historyRecords?: number;
}

/** The part of a log that is compared. */
export interface LogBounds {
    readonly firstOffset: number;
    /** Exclusive. */
    readonly endOffset: number;
    /** Whether records before `firstOffset` were deleted, so that nothing is known of them. */
    readonly isTrimmed: boolean;
    /** Whether `cleanup.policy` has `compact`: gaps in the offsets were records once. */
    readonly isCompacted: boolean;
}

/** How the logs of one partition differ. Offsets are those of the log that the comment names. */
export interface ComparisonResult {
    readonly fromRecords: number;
    readonly toRecords: number;
    /** Records of `from` that `to` has in order. */
    readonly matched: number;
    /** Of `from`: absent from `to`, which has later ones. They will not arrive. */
    readonly missing: FoundRecords;
    /** Of `from`: after the last one that `to` has. */
    readonly lag: FoundRecords & { readonly firstTimestamp?: number };
    /** Of `to`: another copy of a record of `from`. */
    readonly duplicate: FoundRecords;
    /** Of `to`: `from` has no such record. */
    readonly unexpected: FoundRecords;
    /** Of `to`: a record of `from` at another place in the order. */
    readonly outOfOrder: FoundRecords;
    /** The other end deleted, by retention or compaction, what they would be compared with. */
    readonly unverifiable: Ends<FoundRecords>;
    /** The first pair of equal records: where the two logs begin to correspond. */
    readonly firstMatch?: { readonly fromOffset: number; readonly toOffset: number };
    readonly positions: PositionTracker;
}

/** How many records there are of one kind, and where. */
export interface FoundRecords {
    readonly records: number;
    /** The first `RANGES_KEPT` ranges, and the last one. */
    readonly ranges: readonly OffsetRange[];
}

/** Consecutive records of one log. */
export interface OffsetRange {
    readonly firstOffset: number;
    /** Inclusive. */
    readonly lastOffset: number;
    readonly records: number;
}

/** A range with the ordinals of its records, counted from the beginning of what is compared. */
export interface OrdinalRange extends OffsetRange {
    readonly firstOrdinal: number;
    readonly lastOrdinal: number;
    /** Timestamp of its first record, in milliseconds since 1970. */
    readonly timestamp: number;
}

/** Ranges kept for a report; a log in which every other record is missing must not fill memory. */
export const RANGES_KEPT = 1000;

/** Collects records into ranges, in the order of their ordinals; keeps the first ones and the last. */
export class RangeList {
    readonly kept: OrdinalRange[] = [];
    /** In all ranges, kept or not. */
    records = 0;
    private open: { -readonly [Key in keyof OrdinalRange]: OrdinalRange[Key] } | undefined;

    add(ordinal: number, offset: number, timestamp: number): void {
        this.records += 1;
        if (this.open?.lastOrdinal === ordinal - 1) {
            this.open.lastOrdinal = ordinal;
            this.open.lastOffset = offset;
            this.open.records += 1;
            return;
        }
        this.close();
        this.open = {
            firstOffset: offset,
            lastOffset: offset,
            records: 1,
            firstOrdinal: ordinal,
            lastOrdinal: ordinal,
            timestamp,
        };
    }

    /** Removes and returns the last range when it satisfies the condition. */
    takeLast(condition: (range: OrdinalRange) => boolean): OrdinalRange | undefined {
        const last = this.open;
        if (last === undefined || !condition(last)) {
            return undefined;
        }
        this.records -= last.records;
        this.open = undefined;
        return last;
    }

    /** The records as a result shows them. */
    found(): FoundRecords {
        const ranges = [...this.kept, ...(this.open ? [this.open] : [])];
        return { records: this.records, ranges: ranges.map(withoutOrdinals) };
    }

    private close(): void {
        if (this.open !== undefined && this.kept.length < RANGES_KEPT) {
            this.kept.push(this.open);
        }
        this.open = undefined;
    }
}

/** The range as a result shows it. */
export function withoutOrdinals({ firstOffset, lastOffset, records }: OffsetRange): OffsetRange {
    return { firstOffset, lastOffset, records };
}
