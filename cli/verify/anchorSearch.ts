import type { Lookahead } from "./lookahead";

/** Positions, counted from the heads of both sides, at which the same record stands. */
export interface Anchor {
    readonly source: number;
    readonly target: number;
}

/**
 * - `needs`: a record of that side must come first.
 * - `exhausted`: there is no anchor within the window and what is left.
 */
export type SearchResult =
    { readonly anchor: Anchor } | { readonly needs: "source" | "target" } | "exhausted";

/**
 * Looks for the next record that both sides have, in growing steps on both of them, so that the
 * nearest is found. Goes on where it stopped when records come; the heads must not move meanwhile.
 */
export class AnchorSearch {
    private readonly sourceIndex = new Map<number, number>();
    private readonly targetIndex = new Map<number, number>();
    private sourceSeen = 0;
    private targetSeen = 0;

    constructor(
        private readonly source: Lookahead,
        private readonly target: Lookahead,
        /** Records that are looked at, on each side. */
        private readonly window: number,
    ) {}

    next(): SearchResult {
        for (;;) {
            const step = Math.min(this.sourceSeen, this.targetSeen);
            const source = this.look("source", step);
            if (source !== undefined) {
                return source;
            }
            const target = this.look("target", step);
            if (target !== undefined) {
                return target;
            }
            if (this.isDone("source") && this.isDone("target")) {
                return "exhausted";
            }
        }
    }

    /** Looks at one more record of a side that is not ahead of the other. */
    private look(side: "source" | "target", step: number): SearchResult | undefined {
        const isSource = side === "source";
        const seen = isSource ? this.sourceSeen : this.targetSeen;
        const otherSide = isSource ? "target" : "source";
        if (this.isDone(side) || (seen > step && !this.isDone(otherSide))) {
            return undefined;
        }
        const records = isSource ? this.source : this.target;
        if (seen >= records.length) {
            return { needs: side };
        }
        const digest = records.digest(seen);
        const [own, other] = isSource
            ? [this.sourceIndex, this.targetIndex]
            : [this.targetIndex, this.sourceIndex];
        if (isSource) {
            this.sourceSeen += 1;
        } else {
            this.targetSeen += 1;
        }
        if (!own.has(digest)) {
            own.set(digest, seen);
        }
        const found = other.get(digest);
        if (found === undefined) {
            return undefined;
        }
        return {
            anchor: isSource ? { source: seen, target: found } : { source: found, target: seen },
        };
    }

    private isDone(side: "source" | "target"): boolean {
        const [records, seen] =
            side === "source" ? [this.source, this.sourceSeen] : [this.target, this.targetSeen];
        return seen >= this.window || (records.hasEnded && seen >= records.length);
    }
}
