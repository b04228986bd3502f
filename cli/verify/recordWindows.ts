/** Digests of records as the comparison takes them: parallel arrays, which cost less than objects. */
export interface DigestedRecords {
    /** Each stands for key, value, headers and timestamp; whole numbers below 2^53. */
    readonly digests: readonly number[];
    readonly offsets: readonly number[];
    /** Milliseconds since 1970. */
    readonly timestamps: readonly number[];
}

/** The records of one log that were read and are not classified yet, in order. */
export class Lookahead {
    /** Whether the log has no more records. */
    hasEnded = false;
    /** The ordinal of the first record here, counted from the beginning of what is compared. */
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

    /** Whether one of the first `count` records has the digest. */
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

/**
 * The digests of the last records that both logs have, in bounded memory. The first lookup builds an
 * index, which is kept up to date from then on: logs that agree need no lookup and pay for no index.
 */
export class DigestHistory {
    private digests: Float64Array;
    private index: Map<number, number> | undefined;
    /** Records pushed so far, which is the number of the next one. */
    private pushed = 0;

    constructor(private readonly capacity: number) {
        this.digests = new Float64Array(Math.min(capacity, 1024));
    }

    push(digest: number): void {
        if (this.pushed >= this.capacity) {
            this.forget(this.pushed - this.capacity);
        } else if (this.pushed === this.digests.length) {
            const grown = new Float64Array(Math.min(this.capacity, this.digests.length * 4));
            grown.set(this.digests);
            this.digests = grown;
        }
        this.digests[this.pushed % this.capacity] = digest;
        this.index?.set(digest, this.pushed);
        this.pushed += 1;
    }

    has(digest: number): boolean {
        this.index ??= this.buildIndex();
        return this.index.has(digest);
    }

    private buildIndex(): Map<number, number> {
        const index = new Map<number, number>();
        for (let i = Math.max(0, this.pushed - this.capacity); i < this.pushed; i++) {
            index.set(this.digests[i % this.capacity] ?? 0, i);
        }
        return index;
    }

    private forget(number: number): void {
        const digest = this.digests[number % this.capacity] ?? 0;
        if (this.index?.get(digest) === number) {
            this.index.delete(digest);
        }
    }
}
