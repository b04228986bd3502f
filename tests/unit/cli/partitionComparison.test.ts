import assert from "node:assert/strict";
import { PartitionComparison } from "../../../cli/verify/partitionComparison";
import { RANGES_KEPT } from "../../../cli/verify/ranges";
import { compare, counts, log } from "./comparison";

const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_unused, i) => from + i);

describe("PartitionComparison", () => {
    const cases: readonly [
        name: string,
        source: number[],
        target: number[],
        expected: Record<string, number>,
    ][] = [
        ["equal logs", [1, 2, 3], [1, 2, 3], { matched: 3 }],
        ["empty logs", [], [], {}],
        ["a tail that is not mirrored yet", [1, 2, 3], [1, 2], { matched: 2, pending: 1 }],
        ["nothing mirrored yet", [1, 2], [], { pending: 2 }],
        ["a gap", [1, 2, 3, 4, 5], [1, 2, 5], { matched: 3, missing: 2 }],
        ["a gap at the beginning", [1, 2, 3], [3], { matched: 1, missing: 2 }],
        ["a gap and a tail", [1, 2, 3, 4], [1, 3], { matched: 2, missing: 1, pending: 1 }],
        ["a record twice", [1, 2, 3], [1, 2, 2, 3], { matched: 3, duplicate: 1 }],
        [
            "a worker that sent again",
            [1, 2, 3, 4, 5],
            [1, 2, 3, 2, 3, 4, 5],
            { matched: 5, duplicate: 2 },
        ],
        ["a log mirrored twice", [1, 2, 3], [1, 2, 3, 1, 2, 3], { matched: 3, duplicate: 3 }],
        ["an alien", [1, 2, 3], [1, 9, 2, 3], { matched: 3, alien: 1 }],
        ["an alien at the end", [1, 2], [1, 2, 9], { matched: 2, alien: 1 }],
        ["two that changed places", [1, 2, 3], [2, 1, 3], { matched: 2, reordered: 1 }],
        ["one that came late", [1, 2, 3, 4], [2, 3, 4, 1], { matched: 3, reordered: 1 }],
        ["one that came early", [1, 2, 3, 4], [4, 1, 2, 3], { matched: 3, reordered: 1 }],
        ["a recreated source", [7, 8], [1, 2, 3, 7, 8], { matched: 2, alien: 3 }],
        ["a recreated source, not mirrored", [7, 8], [1, 2], { alien: 2, pending: 2 }],
        ["a source without its records", [], [1, 2], { alien: 2 }],
        ["a record that was changed", [1, 2, 3], [1, 9, 3], { matched: 2, missing: 1, alien: 1 }],
        ["a record written twice", [1, 1, 2], [1, 1, 2], { matched: 3 }],
        ["one of two equal records", [1, 1, 2], [1, 2], { matched: 2, missing: 1 }],
        ["a gap between equal records", [1, 2, 1, 3], [1, 1, 3], { matched: 3, missing: 1 }],
    ];
    for (const [name, source, target, expected] of cases) {
        it(`sees ${name}`, () => {
            assert.deepEqual(counts(compare(log(source), log(target))), expected);
        });
    }

    it("names the offsets of what it found", () => {
        const source = log([1, 2, 3, 4, 5, 6, 7, 8], 100);
        const target = log([1, 4, 5, 99, 5, 6], 10);
        const result = compare(source, target);
        assert.deepEqual(result.missing.ranges, [{ from: 101, to: 102, records: 2 }]);
        assert.deepEqual(result.pending.ranges, [{ from: 106, to: 107, records: 2 }]);
        assert.equal(result.pending.firstTimestamp, 7);
        assert.deepEqual(result.alien.ranges, [{ from: 13, to: 13, records: 1 }]);
        assert.deepEqual(result.duplicate.ranges, [{ from: 14, to: 14, records: 1 }]);
        assert.deepEqual(result.firstMatch, { sourceOffset: 100, targetOffset: 10 });
    });

    it("cannot judge what the source's retention deleted", () => {
        const result = compare(log([4, 5, 6], 4), log([1, 2, 3, 4, 5, 6], 1), {
            source: { isTrimmed: true },
        });
        assert.deepEqual(counts(result), { matched: 3, unverifiableTarget: 3 });
    });

    it("cannot judge what the target's retention deleted", () => {
        const result = compare(log([1, 2, 3, 4, 5]), log([4, 5], 3), {
            target: { isTrimmed: true },
        });
        assert.deepEqual(counts(result), { matched: 2, unverifiableSource: 3 });
        const all = compare(log([1, 2, 3]), log([], 3), {
            target: { firstOffset: 3, endOffset: 3, isTrimmed: true },
        });
        assert.deepEqual(counts(all), { unverifiableSource: 3 });
    });

    it("takes retention for no excuse of what is missing later", () => {
        const result = compare(log([4, 5, 6, 7], 4), log([3, 4, 6, 9, 7], 3), {
            source: { isTrimmed: true },
        });
        assert.deepEqual(counts(result), {
            matched: 3,
            unverifiableTarget: 1,
            missing: 1,
            alien: 1,
        });
    });

    it("excuses by compaction as many records as the offsets lack", () => {
        const source = log([1, 2, 3, 4, 5]);
        const compacted = log([1, 2, 3, 4, 5]).filter(({ digest }) => ![2, 4].includes(digest));
        const at = { isCompacted: true };
        assert.deepEqual(counts(compare(source, compacted, { target: at })), {
            matched: 3,
            unverifiableSource: 2,
        });
        assert.deepEqual(counts(compare(compacted, source, { source: at })), {
            matched: 3,
            unverifiableTarget: 2,
        });
        // Without a gap in the offsets nothing was compacted away.
        assert.deepEqual(counts(compare(source, log([1, 3, 5]), { target: at })), {
            matched: 3,
            missing: 2,
        });
        // A topic that keeps all has gaps as well, where transactions ended.
        assert.deepEqual(counts(compare(source, compacted)), { matched: 3, missing: 2 });
    });

    const small = { windowRecords: 8, historyRecords: 16 };

    it("finds its way after a gap that is longer than the window", () => {
        const source = log(range(0, 100));
        const target = log([...range(0, 10), ...range(80, 100)]);
        const result = compare(source, target, small);
        assert.deepEqual(counts(result), { matched: 30, missing: 70 });
        assert.deepEqual(result.missing.ranges, [{ from: 10, to: 79, records: 70 }]);
    });

    it("finds its way after more aliens than the window holds", () => {
        const aliens = range(0, 50).map((digest) => ({ digest, offset: digest, timestamp: 5 }));
        const target = [...aliens, ...log(range(100, 120), 50)];
        assert.deepEqual(counts(compare(log(range(100, 120)), target, small)), {
            matched: 20,
            alien: 50,
        });
    });

    it("counts all, and keeps a part of the ranges", () => {
        const count = RANGES_KEPT + 10;
        const source = log(range(0, 2 * count + 1));
        const result = compare(
            source,
            source.filter(({ digest }) => digest % 2 === 0),
        );
        assert.equal(result.missing.records, count);
        assert.equal(result.missing.ranges.length, RANGES_KEPT + 1);
    });

    it("says where positions of the source are at the target", () => {
        // 2 is missing, 4 twice, 6 and 7 not mirrored.
        const source = log([1, 2, 3, 4, 5, 6, 7], 10);
        const target = log([1, 3, 4, 4, 5], 50);
        const sourceMarks = [10, 11, 12, 14, 15, 17];
        const targetMarks = [50, 53, 55];
        const { positions } = compare(source, target, { sourceMarks, targetMarks });
        const aligned = sourceMarks.map((mark) => positions.alignedPosition(mark)?.targetOffset);
        assert.deepEqual(aligned, [50, 51, 51, 54, 55, 55]);
        assert.deepEqual(
            targetMarks.map((mark) => positions.targetPosition(mark)),
            [
                { targetOffset: 50, records: 0, matched: 0 },
                { targetOffset: 53, records: 3, matched: 3 },
                { targetOffset: 55, records: 5, matched: 4 },
            ],
        );
    });

    it("refuses a result before both sides have ended", () => {
        const facts = { firstOffset: 0, endOffset: 1, isTrimmed: false, isCompacted: false };
        const comparison = new PartitionComparison({ source: facts, target: facts });
        assert.throws(() => comparison.result(), /still needs records of the source/);
    });
});
