import type { ComparisonOptions, ComparisonResult } from "../../../cli/verify/comparisonResult";
import { PartitionComparison } from "../../../cli/verify/partitionComparison";

/** A record of a test: digest, and timestamp where that matters. */
export interface TestRecord {
    readonly digest: number;
    readonly offset: number;
    readonly timestamp: number;
}

/** A log whose offsets have no gaps; timestamps are the digests. */
export function log(digests: readonly number[], firstOffset = 0): TestRecord[] {
    return digests.map((digest, i) => ({ digest, offset: firstOffset + i, timestamp: digest }));
}

/** Compares two logs, in batches of the given size. */
export function compare(
    source: readonly TestRecord[],
    target: readonly TestRecord[],
    options: Partial<Omit<ComparisonOptions, "source" | "target">> & {
        readonly batch?: number;
        readonly source?: Partial<ComparisonOptions["source"]>;
        readonly target?: Partial<ComparisonOptions["target"]>;
    } = {},
): ComparisonResult {
    const { batch = 3, ...others } = options;
    const facts = (records: readonly TestRecord[]) => ({
        firstOffset: records[0]?.offset ?? 0,
        endOffset: (records.at(-1)?.offset ?? -1) + 1,
        isTrimmed: false,
        isCompacted: false,
    });
    const comparison = new PartitionComparison({
        ...others,
        source: { ...facts(source), ...options.source },
        target: { ...facts(target), ...options.target },
    });
    const left = { source: [...source], target: [...target] };
    for (let side = comparison.wants; side !== undefined; side = comparison.wants) {
        const records = left[side].splice(0, batch);
        if (records.length === 0) {
            comparison.end(side);
        } else {
            comparison.feed(side, {
                digests: records.map(({ digest }) => digest),
                offsets: records.map(({ offset }) => offset),
                timestamps: records.map(({ timestamp }) => timestamp),
            });
        }
    }
    return comparison.result();
}

/** The counts of a result alone. */
export function counts(result: ComparisonResult): Record<string, number> {
    const { missing, pending, duplicate, alien, reordered, unverifiable } = result;
    const all = {
        matched: result.matched,
        missing: missing.records,
        pending: pending.records,
        duplicate: duplicate.records,
        alien: alien.records,
        reordered: reordered.records,
        unverifiableSource: unverifiable.source.records,
        unverifiableTarget: unverifiable.target.records,
    };
    return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}
