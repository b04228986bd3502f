import assert from "node:assert/strict";
import { lossRanges } from "../../../cli/loss/loss";
import { mirroredOffsetsOf, pendingOf, progressOf } from "../../../cli/shared/mirror/progress";

const logs = (firstOffset: number, endOffset: number) => [
    { topic: "orders", firstOffsets: [firstOffset], endOffsets: [endOffset] },
];
const mirrored = (offset: number) => [{ topic: "orders", partition: 0, offset }];
const one = (firstOffset: number, endOffset: number, offset?: number) =>
    progressOf(logs(firstOffset, endOffset), offset === undefined ? [] : mirrored(offset))[0]!;

describe("the progress of a mirror", () => {
    it("counts from the record after the last one that was mirrored", () => {
        assert.equal(one(0, 10, 9).pending, 0);
        assert.equal(one(0, 10, 6).pending, 3);
        assert.equal(one(0, 10).pending, 10);
        assert.equal(one(0, 0).pending, 0);
    });

    it("knows what retention took away before it was mirrored", () => {
        assert.deepEqual([one(20, 30, 9).overtaken, one(20, 30, 9).pending], [10, 10]);
        assert.equal(one(10, 30, 9).overtaken, 0);
        // A mirror that has not begun begins with what is there.
        assert.equal(one(20, 30).overtaken, 0);
    });

    it("takes a log that is shorter than what was mirrored for another log", () => {
        assert.deepEqual([one(0, 5, 99).pending, one(0, 5, 99).overtaken], [5, 0]);
    });

    it("counts records where they were looked at, offsets elsewhere", () => {
        const found = one(0, 10, 6);
        assert.equal(pendingOf([found]), 3);
        assert.equal(pendingOf([{ ...found, pendingRecords: 0 }]), 0);
    });

    it("takes the offsets of one cluster alone from what Kafka Connect has", () => {
        const entry = (cluster: string, offset: unknown) => ({
            partition: { cluster, topic: "orders", partition: 0 },
            offset: { offset },
        });
        const answer = { offsets: [entry("a", 4), entry("b", 9), entry("a", "no number")] };
        assert.deepEqual(mirroredOffsetsOf(answer as never, "a"), mirrored(4));
    });
});

describe("where a loss can be", () => {
    const cut = { at: "", targetEnds: [{ topic: "orders", endOffsets: [100] }] };

    it("begins after what Kafka Connect noted, and ends at the cut", () => {
        const [range] = lossRanges({ ...cut, mirrored: mirrored(89) }, logs(0, 120));
        assert.deepEqual(range!.source, { firstOffset: 90, endOffset: 120 });
        assert.deepEqual(range!.target, { firstOffset: 40, endOffset: 100 });
    });

    it("is everywhere when Kafka Connect said nothing, or the log is another one", () => {
        assert.deepEqual(lossRanges(cut, logs(5, 120))[0]!.source, {
            firstOffset: 5,
            endOffset: 120,
        });
        assert.deepEqual(lossRanges({ ...cut, mirrored: mirrored(999) }, logs(0, 120))[0]!.source, {
            firstOffset: 0,
            endOffset: 120,
        });
    });

    it("is a whole topic that the target has not", () => {
        const [range] = lossRanges({ at: "", targetEnds: [] }, logs(0, 7));
        assert.deepEqual(range!.target, { firstOffset: 0, endOffset: 0 });
    });
});
