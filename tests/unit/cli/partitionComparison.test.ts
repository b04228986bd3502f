import assert from "node:assert/strict";
import { RANGES_KEPT } from "../../../cli/verify/comparisonResult";
import { PartitionComparison } from "../../../cli/verify/partitionComparison";
import { compare, counts, log } from "./support/comparison";

const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_unused, i) => from + i);

describe("PartitionComparison", () => {
    const cases: readonly [
        name: string,
        from: number[],
        to: number[],
        expected: Record<string, number>,
    ][] = [
        ["equal logs", [1, 2, 3], [1, 2, 3], { matched: 3 }],
        ["empty logs", [], [], {}],
        ["a tail that is not mirrored yet", [1, 2, 3], [1, 2], { matched: 2, lag: 1 }],
        ["nothing mirrored yet", [1, 2], [], { lag: 2 }],
        ["a gap", [1, 2, 3, 4, 5], [1, 2, 5], { matched: 3, missing: 2 }],
        ["a gap at the beginning", [1, 2, 3], [3], { matched: 1, missing: 2 }],
        ["a gap and a tail", [1, 2, 3, 4], [1, 3], { matched: 2, missing: 1, lag: 1 }],
        ["a record twice", [1, 2, 3], [1, 2, 2, 3], { matched: 3, duplicate: 1 }],
        [
            "records that a worker sent again",
            [1, 2, 3, 4, 5],
            [1, 2, 3, 2, 3, 4, 5],
            { matched: 5, duplicate: 2 },
        ],
        ["a log mirrored twice", [1, 2, 3], [1, 2, 3, 1, 2, 3], { matched: 3, duplicate: 3 }],
        ["an unexpected record", [1, 2, 3], [1, 9, 2, 3], { matched: 3, unexpected: 1 }],
        ["an unexpected record at the end", [1, 2], [1, 2, 9], { matched: 2, unexpected: 1 }],
        ["two records that changed places", [1, 2, 3], [2, 1, 3], { matched: 2, outOfOrder: 1 }],
        ["a record that came late", [1, 2, 3, 4], [2, 3, 4, 1], { matched: 3, outOfOrder: 1 }],
        ["a record that came early", [1, 2, 3, 4], [4, 1, 2, 3], { matched: 3, outOfOrder: 1 }],
        ["a recreated topic", [7, 8], [1, 2, 3, 7, 8], { matched: 2, unexpected: 3 }],
        ["a recreated topic that is not mirrored", [7, 8], [1, 2], { unexpected: 2, lag: 2 }],
        ["records without any at the other end", [], [1, 2], { unexpected: 2 }],
        [
            "a record that was changed",
            [1, 2, 3],
            [1, 9, 3],
            { matched: 2, missing: 1, unexpected: 1 },
        ],
        ["a record written twice", [1, 1, 2], [1, 1, 2], { matched: 3 }],
        ["one of two equal records", [1, 1, 2], [1, 2], { matched: 2, missing: 1 }],
        ["a gap between equal records", [1, 2, 1, 3], [1, 1, 3], { matched: 3, missing: 1 }],
    ];
    for (const [name, from, to, expected] of cases) {
        it(`recognizes ${name}`, () => {
            assert.deepEqual(counts(compare(log(from), log(to))), expected);
        });
    }

    it("gives the offsets of each kind", () => {
        const from = log([1, 2, 3, 4, 5, 6, 7, 8], 100);
        const to = log([1, 4, 5, 99, 5, 6], 10);
        const result = compare(from, to);
        assert.deepEqual(result.missing.ranges, [
            { firstOffset: 101, lastOffset: 102, records: 2 },
        ]);
        assert.deepEqual(result.lag.ranges, [{ firstOffset: 106, lastOffset: 107, records: 2 }]);
        assert.equal(result.lag.firstTimestamp, 7);
        assert.deepEqual(result.unexpected.ranges, [
            { firstOffset: 13, lastOffset: 13, records: 1 },
        ]);
        assert.deepEqual(result.duplicate.ranges, [
            { firstOffset: 14, lastOffset: 14, records: 1 },
        ]);
        assert.deepEqual(result.firstMatch, { fromOffset: 100, toOffset: 10 });
    });

    it("calls records unverifiable where retention deleted their originals", () => {
        const result = compare(log([4, 5, 6], 4), log([1, 2, 3, 4, 5, 6], 1), {
            from: { isTrimmed: true },
        });
        assert.deepEqual(counts(result), { matched: 3, unverifiableTo: 3 });
    });

    it("calls records unverifiable where retention deleted their copies", () => {
        const result = compare(log([1, 2, 3, 4, 5]), log([4, 5], 3), {
            to: { isTrimmed: true },
        });
        assert.deepEqual(counts(result), { matched: 2, unverifiableFrom: 3 });
        const all = compare(log([1, 2, 3]), log([], 3), {
            to: { firstOffset: 3, endOffset: 3, isTrimmed: true },
        });
        assert.deepEqual(counts(all), { unverifiableFrom: 3 });
    });

    it("excuses by retention only the records before the first match", () => {
        const result = compare(log([4, 5, 6, 7], 4), log([3, 4, 6, 9, 7], 3), {
            from: { isTrimmed: true },
        });
        assert.deepEqual(counts(result), {
            matched: 3,
            unverifiableTo: 1,
            missing: 1,
            unexpected: 1,
        });
    });

    it("excuses by compaction as many records as the gap has offsets", () => {
        const from = log([1, 2, 3, 4, 5]);
        const compacted = log([1, 2, 3, 4, 5]).filter(({ digest }) => ![2, 4].includes(digest));
        const at = { isCompacted: true };
        assert.deepEqual(counts(compare(from, compacted, { to: at })), {
            matched: 3,
            unverifiableFrom: 2,
        });
        assert.deepEqual(counts(compare(compacted, from, { from: at })), {
            matched: 3,
            unverifiableTo: 2,
        });
        // Without a gap in the offsets, compaction removed nothing.
        assert.deepEqual(counts(compare(from, log([1, 3, 5]), { to: at })), {
            matched: 3,
            missing: 2,
        });
        // Transaction markers leave gaps in a topic without compaction as well.
        assert.deepEqual(counts(compare(from, compacted)), { matched: 3, missing: 2 });
    });

    const small = { windowRecords: 8, historyRecords: 16 };

    it("continues after a gap that is longer than the window", () => {
        const from = log(range(0, 100));
        const to = log([...range(0, 10), ...range(80, 100)]);
        const result = compare(from, to, small);
        assert.deepEqual(counts(result), { matched: 30, missing: 70 });
        assert.deepEqual(result.missing.ranges, [{ firstOffset: 10, lastOffset: 79, records: 70 }]);
    });

    it("continues after more unexpected records than the window holds", () => {
        const unexpected = range(0, 50).map((digest) => ({ digest, offset: digest, timestamp: 5 }));
        const to = [...unexpected, ...log(range(100, 120), 50)];
        assert.deepEqual(counts(compare(log(range(100, 120)), to, small)), {
            matched: 20,
            unexpected: 50,
        });
    });

    it("counts all records and keeps the first ranges", () => {
        const count = RANGES_KEPT + 10;
        const from = log(range(0, 2 * count + 1));
        const result = compare(
            from,
            from.filter(({ digest }) => digest % 2 === 0),
        );
        assert.equal(result.missing.records, count);
        assert.equal(result.missing.ranges.length, RANGES_KEPT + 1);
    });

    it("translates offsets from one log to the other", () => {
        // 2 is missing, 4 twice, 6 and 7 not mirrored.
        const from = log([1, 2, 3, 4, 5, 6, 7], 10);
        const to = log([1, 3, 4, 4, 5], 50);
        const trackedFromOffsets = [10, 11, 12, 14, 15, 17];
        const trackedToOffsets = [50, 53, 55];
        const { positions } = compare(from, to, { trackedFromOffsets, trackedToOffsets });
        const aligned = trackedFromOffsets.map(
            (offset) => positions.alignedPosition(offset)?.toOffset,
        );
        assert.deepEqual(aligned, [50, 51, 51, 54, 55, 55]);
        assert.deepEqual(
            trackedToOffsets.map((offset) => positions.countedPosition(offset)),
            [
                { toOffset: 50, records: 0, matched: 0 },
                { toOffset: 53, records: 3, matched: 3 },
                { toOffset: 55, records: 5, matched: 4 },
            ],
        );
    });

    it("has no result before both logs have ended", () => {
        const bounds = { firstOffset: 0, endOffset: 1, isTrimmed: false, isCompacted: false };
        const comparison = new PartitionComparison({ from: bounds, to: bounds });
        assert.throws(() => comparison.result(), /still needs records of "from"/);
    });
});
