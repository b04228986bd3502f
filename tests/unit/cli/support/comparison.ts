import type {
    ComparisonOptions,
    ComparisonResult,
    LogBounds,
} from "../../../../cli/verify/comparisonResult";
import { PartitionComparison } from "../../../../cli/verify/partitionComparison";

/** A record of a test: digest, and a timestamp if the test needs one. */
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
    from: readonly TestRecord[],
    to: readonly TestRecord[],
    options: Partial<Omit<ComparisonOptions, "from" | "to">> & {
        readonly batch?: number;
        readonly from?: Partial<LogBounds>;
        readonly to?: Partial<LogBounds>;
    } = {},
): ComparisonResult {
    const { batch = 3, ...others } = options;
    const bounds = (records: readonly TestRecord[]): LogBounds => ({
        firstOffset: records[0]?.offset ?? 0,
        endOffset: (records.at(-1)?.offset ?? -1) + 1,
        isTrimmed: false,
        isCompacted: false,
    });
    const comparison = new PartitionComparison({
        ...others,
        from: { ...bounds(from), ...options.from },
        to: { ...bounds(to), ...options.to },
    });
    const left = { from: [...from], to: [...to] };
    for (let end = comparison.wants; end !== undefined; end = comparison.wants) {
        const records = left[end].splice(0, batch);
        if (records.length === 0) {
            comparison.end(end);
        } else {
            comparison.feed(end, {
                digests: records.map(({ digest }) => digest),
                offsets: records.map(({ offset }) => offset),
                timestamps: records.map(({ timestamp }) => timestamp),
            });
        }
    }
    return comparison.result();
}

/** The counts of a result that are not 0. */
export function counts(result: ComparisonResult): Record<string, number> {
    const { missing, lag, duplicate, unexpected, outOfOrder, unverifiable } = result;
    const all = {
        matched: result.matched,
        missing: missing.records,
        lag: lag.records,
        duplicate: duplicate.records,
        unexpected: unexpected.records,
        outOfOrder: outOfOrder.records,
        unverifiableFrom: unverifiable.from.records,
        unverifiableTo: unverifiable.to.records,
    };
    return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}
