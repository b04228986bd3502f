import type { MirrorEnd } from "../shared/mirror/ends";
import type { Lookahead } from "./recordWindows";

/** Where the same record is in both logs, counted from the first unclassified record of each. */
export interface CommonRecord {
    readonly from: number;
    readonly to: number;
}

/**
 * - `common`: the next record that both logs have.
 * - `needs`: the search goes on once the log of that end has another record.
 * - `exhausted`: neither the window nor the rest of the logs holds a common record.
 */
export type SearchResult =
    { readonly common: CommonRecord } | { readonly needs: MirrorEnd } | "exhausted";

/**
 * Searches the next record that both logs have. Takes turns between the logs, so that it finds the
 * nearest one. Resumes where it stopped when records arrive; the first records must not change
 * meanwhile.
 */
export class CommonRecordSearch {
    private readonly fromIndex = new Map<number, number>();
    private readonly toIndex = new Map<number, number>();
    private fromSearched = 0;
    private toSearched = 0;

    constructor(
        private readonly from: Lookahead,
        private readonly to: Lookahead,
        /** Records that are searched of each log. */
        private readonly window: number,
    ) {}

    next(): SearchResult {
        for (;;) {
            const step = Math.min(this.fromSearched, this.toSearched);
            const result = this.searchOne("from", step) ?? this.searchOne("to", step);
            if (result !== undefined) {
                return result;
            }
            if (this.isDone("from") && this.isDone("to")) {
                return "exhausted";
            }
        }
    }

    /** Searches one more record of a log that is not ahead of the other. */
    private searchOne(end: MirrorEnd, step: number): SearchResult | undefined {
        const isFrom = end === "from";
        const searched = isFrom ? this.fromSearched : this.toSearched;
        const otherEnd = isFrom ? "to" : "from";
        if (this.isDone(end) || (searched > step && !this.isDone(otherEnd))) {
            return undefined;
        }
        const records = isFrom ? this.from : this.to;
        if (searched >= records.length) {
            return { needs: end };
        }
        const digest = records.digest(searched);
        const [own, other] = isFrom
            ? [this.fromIndex, this.toIndex]
            : [this.toIndex, this.fromIndex];
        if (isFrom) {
            this.fromSearched += 1;
        } else {
            this.toSearched += 1;
        }
        if (!own.has(digest)) {
            own.set(digest, searched);
        }
        const found = other.get(digest);
        if (found === undefined) {
            return undefined;
        }
        return {
            common: isFrom ? { from: searched, to: found } : { from: found, to: searched },
        };
    }

    private isDone(end: MirrorEnd): boolean {
        const [records, searched] =
            end === "from" ? [this.from, this.fromSearched] : [this.to, this.toSearched];
        return searched >= this.window || (records.hasEnded && searched >= records.length);
    }
}
