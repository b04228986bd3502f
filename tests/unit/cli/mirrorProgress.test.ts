import assert from "node:assert/strict";
import { lagOf, mirroredOffsetsOf, progressOf } from "../../../cli/shared/mirror/mirrorOperations";

const logs = (firstOffset: number, endOffset: number) => [
    { topic: "orders", firstOffsets: [firstOffset], endOffsets: [endOffset] },
];
const mirrored = (offset: number) => [{ topic: "orders", partition: 0, offset }];
const one = (firstOffset: number, endOffset: number, offset?: number) =>
    progressOf(logs(firstOffset, endOffset), offset === undefined ? [] : mirrored(offset))[0]!;

describe("the progress of a mirror", () => {
    it("counts from the record after the last mirrored one", () => {
        assert.equal(one(0, 10, 9).lag, 0);
        assert.equal(one(0, 10, 6).lag, 3);
        assert.equal(one(0, 10).lag, 10);
        assert.equal(one(0, 0).lag, 0);
    });

    it("counts offsets that were deleted before they were mirrored", () => {
        assert.deepEqual([one(20, 30, 9).deletedUnmirrored, one(20, 30, 9).lag], [10, 10]);
        assert.equal(one(10, 30, 9).deletedUnmirrored, 0);
        // A mirror that has not started yet begins at the start of the log.
        assert.equal(one(20, 30).deletedUnmirrored, 0);
    });

    it("treats a log that ends before the mirrored offset as recreated", () => {
        assert.deepEqual([one(0, 5, 99).lag, one(0, 5, 99).deletedUnmirrored], [5, 0]);
    });

    it("excludes offsets without a record from the lag of all partitions", () => {
        const found = one(0, 10, 6);
        assert.equal(lagOf([found]), 3);
        assert.equal(lagOf([{ ...found, lagRecords: 0 }]), 0);
    });

    it("uses only the offsets of one cluster", () => {
        const entry = (cluster: string, offset: unknown) => ({
            partition: { cluster, topic: "orders", partition: 0 },
            offset: { offset },
        });
        const answer = { offsets: [entry("a", 4), entry("b", 9), entry("a", "no number")] };
        assert.deepEqual(mirroredOffsetsOf(answer as never, "a"), mirrored(4));
    });
});
