/** Records as the comparison takes them: parallel arrays, which cost less than objects. */
export interface DigestedRecords {
    /** What stands for key, value, headers and timestamp; whole numbers below 2^53. */
    readonly digests: readonly number[];
    readonly offsets: readonly number[];
    /** Milliseconds since 1970. */
    readonly timestamps: readonly number[];
}

/** What was read of one side and not decided yet, in order. */
export class Lookahead {
    /** Whether nothing more comes. */
    hasEnded = false;
    /** The number of the first record here, counted from the beginning of what is compared. */
    ordinal = 0;
    private digests: number[] = [];
    private offsets: number[] = [];
    private timestamps: number[] = [];
    private head = 0;

    get length(): number {
        return this.digests.length - this.head;
    }

    append(records: DigestedRecords): void {
        this.compact();
        for (let i = 0; i < records.digests.length; i++) {
            this.digests.push(records.digests[i] ?? 0);
            this.offsets.push(records.offsets[i] ?? 0);
            this.timestamps.push(records.timestamps[i] ?? 0);
        }
    }

    digest(index: number): number {
        return this.digests[this.head + index] ?? -1;
    }

    offset(index: number): number {
        return this.offsets[this.head + index] ?? -1;
    }

    timestamp(index: number): number {
        return this.timestamps[this.head + index] ?? -1;
    }

    /** Whether one of the first records has the digest. */
    hasNear(digest: number, count: number): boolean {
        const end = Math.min(this.digests.length, this.head + count);
        for (let i = this.head; i < end; i++) {
            if (this.digests[i] === digest) {
                return true;
            }
        }
        return false;
    }

    shift(): void {
        this.head += 1;
        this.ordinal += 1;
    }

    private compact(): void {
        if (this.head * 2 >= this.digests.length) {
            this.digests = this.digests.slice(this.head);
            this.offsets = this.offsets.slice(this.head);
            this.timestamps = this.timestamps.slice(this.head);
            this.head = 0;
        }
    }
}
