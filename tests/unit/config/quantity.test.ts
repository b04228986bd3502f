import assert from "node:assert/strict";
import { heapInBytes, quantityInBytes } from "../../../config/quantity";

describe("quantities", () => {
    const memory: readonly [string, number | undefined][] = [
        ["512Mi", 536_870_912],
        ["2Gi", 2_147_483_648],
        ["1.5Gi", 1_610_612_736],
        ["1G", 1_000_000_000],
        ["1024", 1024],
        ["1g", undefined],
        ["-1Gi", undefined],
        ["", undefined],
        ["1 Gi", undefined],
    ];
    for (const [text, bytes] of memory) {
        it(`${JSON.stringify(text)} of memory is ${bytes ?? "none"}`, () => {
            assert.equal(quantityInBytes(text), bytes);
        });
    }

    const heaps: readonly [string, number | undefined][] = [
        ["512m", 536_870_912],
        ["2G", 2_147_483_648],
        ["1048576", 1_048_576],
        ["1.5g", undefined],
        ["2Gi", undefined],
    ];
    for (const [text, bytes] of heaps) {
        it(`a heap of ${text} is ${bytes ?? "none"}`, () => {
            assert.equal(heapInBytes(text), bytes);
        });
    }
});
