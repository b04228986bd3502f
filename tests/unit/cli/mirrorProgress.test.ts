import assert from "node:assert/strict";
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
