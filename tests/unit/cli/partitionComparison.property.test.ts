import assert from "node:assert/strict";
import fc from "fast-check";
import { compare, counts, log } from "./comparison";

type Change =
    | { readonly kind: "delete" | "repeat" | "alien"; readonly at: number; readonly count: number }
    | { readonly kind: "swap" | "move"; readonly at: number; readonly to: number };

const position = fc.nat({ max: 40 });
const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({
        kind: fc.constantFrom("delete" as const, "repeat" as const, "alien" as const),
        at: position,
        count: fc.integer({ min: 1, max: 6 }),
    }),
    fc.record({
        kind: fc.constantFrom("swap" as const, "move" as const),
        at: position,
        to: position,
    }),
);

/** What went wrong with a copy of a log. */
function changed(source: readonly number[], changes: readonly Change[]): number[] {
    const target = [...source];
    let alien = 1000;
    for (const step of changes) {
        const at = Math.min(step.at, target.length);
        switch (step.kind) {
            case "delete":
                target.splice(at, step.count);
                break;
            case "repeat":
                target.splice(at, 0, ...target.slice(Math.max(0, at - step.count), at));
                break;
            case "alien":
                target.splice(at, 0, ...Array.from({ length: step.count }, () => alien++));
                break;
            case "swap":
            case "move": {
                const [moved] = target.splice(at, 1);
                if (moved !== undefined) {
                    target.splice(Math.min(step.to, target.length), 0, moved);
                }
            }
        }
    }
    return target;
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

/** What every comparison must account for, whatever the windows. */
function assertConservation(
    source: readonly number[],
    target: readonly number[],
    result: ReturnType<typeof compare>,
) {
    const { matched, missing, pending, reordered, duplicate, alien } = result;
    assert.equal(matched + missing.records + pending.records + reordered.records, source.length);
    assert.equal(matched + duplicate.records + alien.records + reordered.records, target.length);
    assert.equal(result.sourceRecords, source.length);
    assert.equal(result.targetRecords, target.length);
}

describe("PartitionComparison and a naive reference", () => {
    it("agree on every count when no record is written twice", () => {
        fc.assert(
            fc.property(unique, changes, batch, (source, steps, size) => {
                const target = changed(source, steps);
                const result = compare(log(source), log(target), { batch: size });
                const there = multiset(target);
                const last = source.findLastIndex((record) => there.has(record));
                const absent = source.filter((record) => !there.has(record));
                const copies = target.filter((record) => record < 1000);
                const firstCopies = [...new Set(copies)];
                assert.deepEqual(
                    {
                        missing: result.missing.records,
                        pending: result.pending.records,
                        duplicate: result.duplicate.records,
                        alien: result.alien.records,
                        arrived: result.matched + result.reordered.records,
                    },
                    {
                        missing: absent.filter((record) => record < last).length,
                        pending: absent.filter((record) => record > last).length,
                        duplicate: copies.length - firstCopies.length,
                        alien: target.length - copies.length,
                        arrived: firstCopies.length,
                    },
                );
                const rises = copies.every((record, i) => i === 0 || record >= copies[i - 1]!);
                if (rises) {
                    assert.equal(result.reordered.records, 0);
                } else if (copies.length === firstCopies.length) {
                    assert(result.reordered.records > 0);
                }
                assertConservation(source, target, result);
            }),
            RUNS,
        );
    });

    it("agree on whether anything was lost when records repeat", () => {
        fc.assert(
            fc.property(repetitive, changes, batch, (source, steps, size) => {
                const target = changed(source, steps);
                const result = compare(log(source), log(target), { batch: size });
                assertConservation(source, target, result);
                const there = multiset(target);
                const lacking = [...multiset(source)].reduce(
                    (sum, [record, count]) => sum + Math.max(0, count - (there.get(record) ?? 0)),
                    0,
                );
                assert(result.missing.records + result.pending.records >= lacking);
                const aliens = target.filter((record) => record >= 1000).length;
                assert(result.alien.records >= aliens);
            }),
            RUNS,
        );
    });

    it("find nothing in a copy, nor in one that is behind, however small the windows", () => {
        fc.assert(
            fc.property(repetitive, fc.nat({ max: 40 }), batch, (source, length, size) => {
                const target = source.slice(0, length);
                const result = compare(log(source), log(target), {
                    batch: size,
                    windowRecords: 2,
                    historyRecords: 2,
                });
                const behind = source.length - target.length;
                assert.deepEqual(counts(result), {
                    ...(target.length > 0 && { matched: target.length }),
                    ...(behind > 0 && { pending: behind }),
                });
            }),
            RUNS,
        );
    });

    it("account for every record, and call no difference equal, with windows that are too small", () => {
        fc.assert(
            fc.property(
                unique,
                changes,
                fc.integer({ min: 1, max: 5 }),
                (source, steps, window) => {
                    const target = changed(source, steps);
                    const result = compare(log(source), log(target), {
                        windowRecords: window,
                        historyRecords: window,
                    });
                    assertConservation(source, target, result);
                    const found = counts(result);
                    if (Object.keys(found).every((kind) => kind === "matched")) {
                        assert.deepEqual(target, source);
                    }
                },
            ),
            RUNS,
        );
    });

    it("say the same whatever the batches", () => {
        fc.assert(
            fc.property(
                repetitive,
                changes,
                batch,
                fc.integer({ min: 1, max: 60 }),
                (source, steps, size, window) => {
                    const target = changed(source, steps);
                    const run = (records: number) => {
                        const { positions, ...result } = compare(log(source), log(target), {
                            batch: records,
                            windowRecords: window,
                            historyRecords: window,
                            sourceMarks: source.map((_unused, i) => i),
                        });
                        return {
                            ...result,
                            positions: source.map((_unused, i) => positions.alignedPosition(i)),
                        };
                    };
                    assert.deepEqual(run(size), run(1));
                },
            ),
            RUNS,
        );
    });

    it("place every position so that no record of the source is skipped", () => {
        fc.assert(
            fc.property(unique, changes, batch, (source, steps, size) => {
                const target = changed(source, steps);
                const sourceMarks = source.map((_unused, i) => i);
                const { positions, reordered } = compare(log(source), log(target), {
                    batch: size,
                    sourceMarks,
                });
                fc.pre(reordered.records === 0);
                for (const mark of sourceMarks) {
                    const { targetOffset } = positions.alignedPosition(mark)!;
                    const arrived = target.filter((record) => record >= mark && record < 1000);
                    const rest = new Set(target.slice(targetOffset));
                    assert(arrived.every((record) => rest.has(record)));
                    // And none that is read again without need: the next one is not before the mark.
                    const next = target[targetOffset];
                    assert(next === undefined || (next >= mark && next < 1000));
                }
            }),
            RUNS,
        );
    });
});
