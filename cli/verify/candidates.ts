import { RangeList } from "./ranges";

interface Candidate {
    readonly digest: number;
    readonly ordinal: number;
    readonly offset: number;
    readonly timestamp: number;
    isTaken: boolean;
}

/**
 * Records without a counterpart so far. One that turns up later is taken out again; the oldest
 * become final when there are too many to remember.
 */
export class Candidates {
    readonly final = new RangeList();
    private readonly queue: (Candidate | undefined)[] = [];
    private head = 0;
    private readonly byDigest = new Map<number, Candidate[]>();
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
        const candidate = { digest, ordinal, offset, timestamp, isTaken: false };
        this.queue.push(candidate);
        const same = this.byDigest.get(digest);
        if (same === undefined) {
            this.byDigest.set(digest, [candidate]);
        } else {
            same.push(candidate);
        }
        this.waiting += 1;
        while (this.queue.length - this.head > this.capacity) {
            this.finishOldest();
        }
    }

    /** Takes out the oldest candidate with the digest; returns whether there was one. */
    take(digest: number): Candidate | undefined {
        const same = this.byDigest.get(digest);
        const candidate = same?.shift();
        if (same === undefined || candidate === undefined) {
            return undefined;
        }
        if (same.length === 0) {
            this.byDigest.delete(digest);
        }
        candidate.isTaken = true;
        this.waiting -= 1;
        return candidate;
    }

    /** Nothing can turn up any more. */
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
