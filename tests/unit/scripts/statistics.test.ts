import assert from "node:assert/strict";
import { median, summary } from "../../../drill/bench/statistics";

describe("statistics of measurements", () => {
    const cases: readonly [values: number[], middle: number, ends: [number, number]][] = [
        [[7], 7, [7, 7]],
        [[10, 9, 100], 10, [9, 100]],
        [[4, 1, 3, 2], 2.5, [1, 4]],
    ];
    for (const [values, middle, ends] of cases) {
        it(`of ${values.join(", ")}`, () => {
            assert.equal(median(values), middle);
            const { min, max } = summary(values) ?? {};
            assert.deepEqual([min, max], ends);
        });
    }

    it("leave the values in their order", () => {
        const values = [3, 1, 2];
        median(values);
        assert.deepEqual(values, [3, 1, 2]);
    });
});
