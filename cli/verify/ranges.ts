/** Neighbouring records of one log that share a fate. */
export interface OffsetRange {
    readonly from: number;
    /** The last offset of the range, inclusive. */
    readonly to: number;
    readonly records: number;
}

/** A range with the numbers of its records, counted from the beginning of what was compared. */
export interface OrdinalRange extends OffsetRange {
    readonly firstOrdinal: number;
    readonly lastOrdinal: number;
    /** Timestamp of its first record, in milliseconds since 1970. */
    readonly timestamp: number;
}

/** Ranges kept for a report; a log in which every other record is missing must not fill memory. */
export const RANGES_KEPT = 1000;

/** Gathers records into ranges, in the order of their ordinals; keeps the first ones and the last. */
export class RangeList {
    readonly kept: OrdinalRange[] = [];
    /** Of all ranges, the kept ones and the others. */
    records = 0;
    private open: { -readonly [Key in keyof OrdinalRange]: OrdinalRange[Key] } | undefined;

    add(ordinal: number, offset: number, timestamp: number): void {
        this.records += 1;
        if (this.open?.lastOrdinal === ordinal - 1) {
            this.open.lastOrdinal = ordinal;
            this.open.to = offset;
            this.open.records += 1;
            return;
        }
        this.close();
        this.open = {
            from: offset,
            to: offset,
            records: 1,
            firstOrdinal: ordinal,
            lastOrdinal: ordinal,
            timestamp,
        };
    }

    /** Takes the last range out when it satisfies the condition. */
    takeLast(condition: (range: OrdinalRange) => boolean): OrdinalRange | undefined {
        const last = this.open;
        if (last === undefined || !condition(last)) {
            return undefined;
        }
        this.records -= last.records;
        this.open = undefined;
        return last;
    }

    /** The ranges as a report shows them. */
    ranges(): OffsetRange[] {
        return [...this.kept, ...(this.open ? [this.open] : [])].map(({ from, to, records }) => ({
            from,
            to,
            records,
        }));
    }

    private close(): void {
        if (this.open !== undefined && this.kept.length < RANGES_KEPT) {
            this.kept.push(this.open);
        }
        this.open = undefined;
    }
}
