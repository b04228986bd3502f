import assert from "node:assert/strict";
import fc from "fast-check";
import { compare, counts, log } from "./support/comparison";

type Change =
    | {
          readonly kind: "delete" | "repeat" | "unexpected";
          readonly at: number;
          readonly count: number;
      }
    | { readonly kind: "swap" | "move"; readonly at: number; readonly to: number };

const position = fc.nat({ max: 40 });
const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({
        kind: fc.constantFrom("delete" as const, "repeat" as const, "unexpected" as const),
        at: position,
        count: fc.integer({ min: 1, max: 6 }),
    }),
    fc.record({
        kind: fc.constantFrom("swap" as const, "move" as const),
        at: position,
        to: position,
    }),
);

/** A copy of a log with faults. */
function changed(from: readonly number[], changes: readonly Change[]): number[] {
    const to = [...from];
    let unexpected = 1000;
    for (const step of changes) {
        const at = Math.min(step.at, to.length);
        switch (step.kind) {
            case "delete":
                to.splice(at, step.count);
                break;
            case "repeat":
                to.splice(at, 0, ...to.slice(Math.max(0, at - step.count), at));
                break;
            case "unexpected":
                to.splice(at, 0, ...Array.from({ length: step.count }, () => unexpected++));
                break;
            case "swap":
            case "move": {
                const [moved] = to.splice(at, 1);
                if (moved !== undefined) {
                    to.splice(Math.min(step.to, to.length), 0, moved);
                }
            }
        }
    }
    return to;
}

const changes = fc.array(change, { maxLength: 6 });
const unique = fc.nat({ max: 40 }).map((n) => Array.from({ length: n }, (_unused, i) => i));
const repetitive = fc.array(fc.nat({ max: 6 }), { maxLength: 40 });
const batch = fc.integer({ min: 1, max: 50 });
const RUNS = { numRuns: 2000 };

function multiset(records: readonly number[]): Map<number, number> {
    const counted = new Map<number, number>();
    for (const record of records) {
        counted.set(record, (counted.get(record) ?? 0) + 1);
    }
    return counted;
}

/** Every comparison accounts for every record, whatever the windows. */
function assertConservation(
    from: readonly number[],
    to: readonly number[],
    result: ReturnType<typeof compare>,
) {
    const { matched, missing, lag, outOfOrder, duplicate, unexpected } = result;
    assert.equal(matched + missing.records + lag.records + outOfOrder.records, from.length);
    assert.equal(matched + duplicate.records + unexpected.records + outOfOrder.records, to.length);
    assert.equal(result.fromRecords, from.length);
    assert.equal(result.toRecords, to.length);
}

describe("PartitionComparison and a naive reference", () => {
    it("agree on every count when no record is written twice", () => {
        fc.assert(
            fc.property(unique, changes, batch, (from, steps, size) => {
                const to = changed(from, steps);
                const result = compare(log(from), log(to), { batch: size });
                const there = multiset(to);
                const last = from.findLastIndex((record) => there.has(record));
                const absent = from.filter((record) => !there.has(record));
                const copies = to.filter((record) => record < 1000);
                const firstCopies = [...new Set(copies)];
                assert.deepEqual(
                    {
                        missing: result.missing.records,
                        lag: result.lag.records,
                        duplicate: result.duplicate.records,
                        unexpected: result.unexpected.records,
                        arrived: result.matched + result.outOfOrder.records,
                    },
                    {
                        missing: absent.filter((record) => record < last).length,
                        lag: absent.filter((record) => record > last).length,
                        duplicate: copies.length - firstCopies.length,
                        unexpected: to.length - copies.length,
                        arrived: firstCopies.length,
                    },
                );
                const rises = copies.every((record, i) => i === 0 || record >= copies[i - 1]!);
                if (rises) {
                    assert.equal(result.outOfOrder.records, 0);
                } else if (copies.length === firstCopies.length) {
                    assert(result.outOfOrder.records > 0);
                }
                assertConservation(from, to, result);
            }),
            RUNS,
        );
    });

    it("agree on whether anything was lost when records repeat", () => {
        fc.assert(
            fc.property(repetitive, changes, batch, (from, steps, size) => {
                const to = changed(from, steps);
                const result = compare(log(from), log(to), { batch: size });
                assertConservation(from, to, result);
                const there = multiset(to);
                const lacking = [...multiset(from)].reduce(
                    (sum, [record, count]) => sum + Math.max(0, count - (there.get(record) ?? 0)),
                    0,
                );
                assert(result.missing.records + result.lag.records >= lacking);
                const unexpected = to.filter((record) => record >= 1000).length;
                assert(result.unexpected.records >= unexpected);
            }),
            RUNS,
        );
    });

    it("find nothing but lag in a copy of the beginning, however small the windows", () => {
        fc.assert(
            fc.property(repetitive, fc.nat({ max: 40 }), batch, (from, length, size) => {
                const to = from.slice(0, length);
                const result = compare(log(from), log(to), {
                    batch: size,
                    windowRecords: 2,
                    historyRecords: 2,
                });
                const lag = from.length - to.length;
                assert.deepEqual(counts(result), {
                    ...(to.length > 0 && { matched: to.length }),
                    ...(lag > 0 && { lag }),
                });
            }),
            RUNS,
        );
    });

    it("account for every record and hide no difference when the windows are too small", () => {
        fc.assert(
            fc.property(unique, changes, fc.integer({ min: 1, max: 5 }), (from, steps, window) => {
                const to = changed(from, steps);
                const result = compare(log(from), log(to), {
                    windowRecords: window,
                    historyRecords: window,
                });
                assertConservation(from, to, result);
                const found = counts(result);
                if (Object.keys(found).every((kind) => kind === "matched")) {
                    assert.deepEqual(to, from);
                }
            }),
            RUNS,
        );
    });

    it("give the same result for any size of batches", () => {
        fc.assert(
            fc.property(
                repetitive,
                changes,
                batch,
                fc.integer({ min: 1, max: 60 }),
                (from, steps, size, window) => {
                    const to = changed(from, steps);
                    const run = (records: number) => {
                        const { positions, ...result } = compare(log(from), log(to), {
                            batch: records,
                            windowRecords: window,
                            historyRecords: window,
                            trackedFromOffsets: from.map((_unused, i) => i),
                        });
                        return {
                            ...result,
                            positions: from.map((_unused, i) => positions.alignedPosition(i)),
                        };
                    };
                    assert.deepEqual(run(size), run(1));
                },
            ),
            RUNS,
        );
    });

    it("translate every offset so that no record is skipped", () => {
        fc.assert(
            fc.property(unique, changes, batch, (from, steps, size) => {
                const to = changed(from, steps);
                const trackedFromOffsets = from.map((_unused, i) => i);
                const { positions, outOfOrder } = compare(log(from), log(to), {
                    batch: size,
                    trackedFromOffsets,
                });
                fc.pre(outOfOrder.records === 0);
                for (const offset of trackedFromOffsets) {
                    const { toOffset } = positions.alignedPosition(offset)!;
                    const arrived = to.filter((record) => record >= offset && record < 1000);
                    const rest = new Set(to.slice(toOffset));
                    assert(arrived.every((record) => rest.has(record)));
                    // No record before the offset is read again unnecessarily.
                    const next = to[toOffset];
                    assert(next === undefined || (next >= offset && next < 1000));
                }
            }),
            RUNS,
        );
    });
});
