import assert from "node:assert/strict";
import { lagOf, mirroredOffsetsOf, progressOf } from "../../../cli/shared/mirror/progress";
import { log, lookOf } from "./support/looks";

const mirrored = (offset: number) => [{ topic: "orders", partition: 0, offset }];
const one = (firstOffset: number, endOffset: number, offset?: number) =>
    progressOf(
        lookOf({ orders: [log(endOffset, { firstOffset })] }),
        offset === undefined ? [] : mirrored(offset),
    ).partitions[0]!;

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

    it("counts everything as not mirrored in a log that ends before the mirrored offset", () => {
        assert.deepEqual([one(0, 5, 99).lag, one(0, 5, 99).deletedUnmirrored], [5, 0]);
    });

    it("counts what lies behind an open transaction", () => {
        const held = progressOf(lookOf({ orders: [log(501, { lastStableOffset: 0 })] }), []);
        assert.equal(lagOf(held.partitions), 501);
        assert.equal(held.partitions[0]!.stableOffset, 0);
    });

    it("keeps what could not be looked at apart from what could", () => {
        const found = progressOf(lookOf({ orders: [7, { unknown: "no leader" }] }), mirrored(6));
        assert.equal(lagOf(found.partitions), 0);
        assert.deepEqual(found.unknown, [{ topic: "orders", partition: 1, unknown: "no leader" }]);
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
