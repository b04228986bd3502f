/**
 * The digests of the last records of one side, oldest first, in bounded memory. An index is made at
 * the first question and kept from then on: logs that agree never ask, and pay for no index.
 */
export class DigestRing {
    private digests: Float64Array;
    private index: Map<number, number> | undefined;
    /** Records ever pushed; the next one's number. */
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
