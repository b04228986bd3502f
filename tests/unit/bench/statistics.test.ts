import assert from "node:assert/strict";
import fc from "fast-check";
import { median, overlap, pairedRatio, summary } from "../../../lab/bench/statistics";

const value = fc.double({ min: 0.001, max: 1e9, noNaN: true });
const values = fc.array(value, { minLength: 1, maxLength: 12 });
/** Some of the repetitions one to eight, in any order. */
const repetitions = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 8 }), value), { selector: ([key]) => key })
    .map((entries) => new Map(entries));

describe("median", () => {
    const cases: readonly [values: number[], expected: number][] = [
        [[5], 5],
        [[9, 1, 5], 5],
        [[1, 2], 1.5],
        [[10, 9, 100, 8], 9.5],
        [[7], 7],
        [[10, 9, 100], 10],
        [[4, 1, 3, 2], 2.5],
        [[], NaN],
    ];
    for (const [given, expected] of cases) {
        it(`of ${JSON.stringify(given)} is ${expected}`, () => {
            assert.equal(median(given), expected);
        });
    }

    it("does not change the order of the values", () => {
        const given = [3, 1, 2];
        median(given);
        assert.deepEqual(given, [3, 1, 2]);
    });

    it("has as many values below as above, in any order", () => {
        fc.assert(
            fc.property(values, (given) => {
                const found = median(given);
                const below = given.filter((other) => other < found).length;
                const above = given.filter((other) => other > found).length;
                assert(below <= given.length / 2 && above <= given.length / 2);
                assert.equal(median(given.toReversed()), found);
            }),
        );
    });
});

describe("summary", () => {
    it("spans all values, and its ends are among them", () => {
        fc.assert(
            fc.property(values, (given) => {
                const { min, max, median: middle, runs } = summary(given)!;
                assert(given.every((one) => min <= one && one <= max));
                assert(given.includes(min) && given.includes(max));
                assert(min <= middle && middle <= max);
                assert.equal(runs, given.length);
            }),
        );
    });

    const ends: readonly [values: number[], min: number, max: number][] = [
        [[7], 7, 7],
        [[10, 9, 100], 9, 100],
        [[4, 1, 3, 2], 1, 4],
    ];
    for (const [given, min, max] of ends) {
        it(`of ${JSON.stringify(given)} goes from ${min} to ${max}`, () => {
            const found = summary(given);
            assert.deepEqual([found?.min, found?.max], [min, max]);
        });
    }

    it("of nothing is nothing", () => {
        assert.equal(summary([]), undefined);
    });
});

describe("pairedRatio", () => {
    it("divides run by run, so that a slow minute of both cancels out", () => {
        const fast = [40, 10, 20];
        const of = new Map(fast.map((rate, i) => [i + 1, 3 * rate]));
        const to = new Map(fast.map((rate, i) => [i + 1, rate]));
        assert.deepEqual(pairedRatio(of, to), { median: 3, min: 3, max: 3, runs: 3 });
    });

    it("is the median of the ratios, not the ratio of the medians", () => {
        const of = new Map([
            [1, 10],
            [2, 20],
            [3, 90],
        ]);
        const to = new Map([
            [1, 10],
            [2, 1],
            [3, 30],
        ]);
        assert.deepEqual(pairedRatio(of, to), { median: 3, min: 1, max: 20, runs: 3 });
    });

    it("counts only the repetitions that both have", () => {
        fc.assert(
            fc.property(repetitions, repetitions, (of, to) => {
                const common = [...of.keys()].filter((key) => to.has(key));
                const found = pairedRatio(of, to);
                assert.equal(found?.runs ?? 0, common.length);
                for (const key of common) {
                    const ratio = of.get(key)! / to.get(key)!;
                    assert(found!.min <= ratio && ratio <= found!.max);
                }
            }),
        );
    });

    it("is the inverse when the sides are swapped", () => {
        fc.assert(
            fc.property(repetitions, repetitions, (of, to) => {
                const found = pairedRatio(of, to);
                const turned = pairedRatio(to, of);
                assert.equal(found === undefined, turned === undefined);
                if (found !== undefined) {
                    assert(Math.abs(found.min * turned!.max - 1) < 1e-9);
                    assert(Math.abs(found.max * turned!.min - 1) < 1e-9);
                }
            }),
        );
    });
});

describe("overlap", () => {
    const range = (min: number, max: number) => ({ median: (min + max) / 2, min, max, runs: 3 });
    const cases: readonly [one: [number, number], other: [number, number], expected: boolean][] = [
        [[1, 3], [2, 4], true],
        [[1, 4], [2, 3], true],
        [[1, 2], [2, 3], true],
        [[1, 2], [3, 4], false],
    ];
    for (const [one, other, expected] of cases) {
        it(`of ${one.join("–")} and ${other.join("–")}: ${expected ? "yes" : "no"}`, () => {
            assert.equal(overlap(range(...one), range(...other)), expected);
            assert.equal(overlap(range(...other), range(...one)), expected);
        });
    }
});
