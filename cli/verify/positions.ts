/** Where an offset of `from` is in the log of `to`. */
export interface AlignedPosition {
    readonly fromOffset: number;
    /** The first record of `to` that a group there still has to read; the end of the log when none. */
    readonly toOffset: number;
    /** Records of `to` before that one, and how many of them are matched. */
    readonly records: number;
    readonly matched: number;
}

/** How many records of `to` are before an offset of it. */
export interface CountedPosition {
    readonly toOffset: number;
    readonly records: number;
    readonly matched: number;
}

/** Follows a comparison and notes where the tracked offsets are, such as those of consumer groups. */
export class PositionTracker {
    private readonly fromOffsets: number[];
    private readonly toOffsets: number[];
    private readonly aligned = new Map<number, AlignedPosition>();
    private readonly counted = new Map<number, CountedPosition>();
    private records = 0;
    private matched = 0;

    constructor(fromOffsets: readonly number[], toOffsets: readonly number[]) {
        const descending = (offsets: readonly number[]) =>
            [...new Set(offsets)].sort((one, other) => other - one);
        this.fromOffsets = descending(fromOffsets);
        this.toOffsets = descending(toOffsets);
    }

    /** Passes the next record of `to`; `fromOffset` when it is matched with a record of `from`. */
    pass(toOffset: number, fromOffset?: number): void {
        const { records, matched } = this;
        for (let next = this.toOffsets.at(-1); next !== undefined && next <= toOffset;) {
            this.toOffsets.pop();
            this.counted.set(next, { toOffset: next, records, matched });
            next = this.toOffsets.at(-1);
        }
        if (fromOffset !== undefined) {
            for (let next = this.fromOffsets.at(-1); next !== undefined && next <= fromOffset;) {
                this.fromOffsets.pop();
                this.aligned.set(next, { fromOffset: next, toOffset, records, matched });
                next = this.fromOffsets.at(-1);
            }
            this.matched += 1;
        }
        this.records += 1;
    }

    /** Both logs have ended: the offsets not passed are at the end. */
    finish(toEndOffset: number): void {
        const { records, matched } = this;
        for (const fromOffset of this.fromOffsets.splice(0)) {
            this.aligned.set(fromOffset, { fromOffset, toOffset: toEndOffset, records, matched });
        }
        for (const toOffset of this.toOffsets.splice(0)) {
            this.counted.set(toOffset, { toOffset, records, matched });
        }
    }

    alignedPosition(fromOffset: number): AlignedPosition | undefined {
        return this.aligned.get(fromOffset);
    }

    countedPosition(toOffset: number): CountedPosition | undefined {
        return this.counted.get(toOffset);
    }
}
