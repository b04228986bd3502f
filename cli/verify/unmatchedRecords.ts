import { RangeList } from "./comparisonResult";

interface UnmatchedRecord {
    readonly digest: number;
    readonly ordinal: number;
    readonly offset: number;
    readonly timestamp: number;
    isTaken: boolean;
}

/**
 * Records of one log without a counterpart so far. A record whose counterpart comes later is taken
 * out again; when there are too many to remember, the oldest become final.
 */
export class UnmatchedRecords {
    /** Records whose counterpart can no longer be recognized. */
    readonly final = new RangeList();
    private readonly queue: (UnmatchedRecord | undefined)[] = [];
    private head = 0;
    private readonly byDigest = new Map<number, UnmatchedRecord[]>();
    private waiting = 0;

    constructor(private readonly capacity: number) {}

    /** How many records still wait for a counterpart. */
    get size(): number {
        return this.waiting;
    }

    has(digest: number): boolean {
        return this.byDigest.has(digest);
    }

    add(digest: number, ordinal: number, offset: number, timestamp: number): void {
        const record = { digest, ordinal, offset, timestamp, isTaken: false };
        this.queue.push(record);
        const same = this.byDigest.get(digest);
        if (same === undefined) {
            this.byDigest.set(digest, [record]);
        } else {
            same.push(record);
        }
        this.waiting += 1;
        while (this.queue.length - this.head > this.capacity) {
            this.finishOldest();
        }
    }

    /** Removes and returns the oldest record with the digest; undefined when there is none. */
    take(digest: number): UnmatchedRecord | undefined {
        const same = this.byDigest.get(digest);
        const record = same?.shift();
        if (same === undefined || record === undefined) {
            return undefined;
        }
        if (same.length === 0) {
            this.byDigest.delete(digest);
        }
        record.isTaken = true;
        this.waiting -= 1;
        return record;
    }

    /** Makes all records final: both logs have ended. */
    finish(): void {
        while (this.head < this.queue.length) {
            this.finishOldest();
        }
    }

    private finishOldest(): void {
        const oldest = this.queue[this.head];
        this.queue[this.head] = undefined;
        this.head += 1;
        if (this.head > 1024 && this.head * 2 > this.queue.length) {
            this.queue.splice(0, this.head);
            this.head = 0;
        }
        if (oldest !== undefined && !oldest.isTaken) {
            this.take(oldest.digest);
            this.final.add(oldest.ordinal, oldest.offset, oldest.timestamp);
        }
    }
}
