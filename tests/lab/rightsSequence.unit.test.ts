import assert from "node:assert/strict";
import { sequenceOf } from "./rights/sequence";

describe("numbers of a copy", () => {
    it("report nothing when each record arrived once, in order", () => {
        assert.deepEqual(sequenceOf([0, 1, 2], 3), { lost: 0, repeated: 0, jumps: [] });
    });
    it("that are repeated jump back", () => {
        const jumps = [{ from: 2, to: 1 }];
        assert.deepEqual(sequenceOf([0, 1, 2, 1, 2, 3], 4), { lost: 0, repeated: 2, jumps });
    });
    it("that are lost leave a gap, also at either end", () => {
        const jumps = [
            { from: -1, to: 1 },
            { from: 1, to: 3 },
        ];
        assert.deepEqual(sequenceOf([1, 3], 5), { lost: 3, repeated: 0, jumps });
    });
    it("out of order jump forth and back", () => {
        assert.equal(sequenceOf([0, 2, 1, 3], 4).jumps.length, 3);
    });
});
