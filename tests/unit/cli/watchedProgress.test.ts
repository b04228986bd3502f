import assert from "node:assert/strict";
import { LagWatch } from "../../../cli/shared/mirror/lagWatch";
import { type ProgressView, watchedProgress } from "../../../cli/shared/mirror/watchedProgress";
import { lookOf } from "./support/looks";

const AHEAD_MS = 58 * 60_000;
const signal = new AbortController().signal;

/** A mirror of `orders:0` that has noted these offsets at successive looks, and then the last of them. */
function viewOf(
    noted: readonly number[],
    end: number,
    record: { timestamp: number; isAppendTime: boolean } | undefined,
): ProgressView {
    let looks = 0;
    return {
        mirroredOffsets: async () => {
            const offset = noted[Math.min(looks++, noted.length - 1)] ?? 0;
            return Promise.resolve([{ topic: "orders", partition: 0, offset }]);
        },
        look: async () => Promise.resolve(lookOf({ orders: [end] })),
        firstRecords: async (parts) =>
            Promise.resolve(
                parts.map(({ firstOffset: offset }) => ({
                    known: record && { ...record, offset, isBehindOpenTransaction: false },
                })),
            ),
        openTransactions: async () => Promise.resolve([]),
    };
}

const watched = async (view: ProgressView, watchSeconds: number) =>
    (await watchedProgress(view, { records: true, watchSeconds }, signal, 1)).partitions[0]!;

describe("how long records wait", () => {
    it("is not what a producer's clock says, ahead or behind", async () => {
        for (const timestamp of [Date.now() + AHEAD_MS, 0]) {
            const stamped = { timestamp, isAppendTime: false };
            const waiting = await watched(viewOf([99], 700, stamped), 0.05);
            assert.equal(waiting.lag, 600);
            assert((waiting.lagSeconds?.atLeast ?? 0) >= 0.04);
            assert.equal(waiting.lagSeconds?.atMost, undefined);
        }
    });

    it("is at most the time since everything was seen that is mirrored now", async () => {
        const stamped = { timestamp: 0, isAppendTime: false };
        const view = viewOf([99, 400, 699], 700, stamped);
        assert.equal((await watched(view, 60)).lag, 0);
    });

    it("is what the broker's clock says where brokers set the timestamps", async () => {
        const appended = { timestamp: Date.now() - 90_000, isAppendTime: true };
        const { lagSeconds } = await watched(viewOf([99], 700, appended), 60);
        assert(lagSeconds?.atLeast !== undefined && lagSeconds.atLeast >= 90);
        assert.equal(lagSeconds.atLeast, lagSeconds.atMost);
    });

    it("is nothing where no record waits", async () => {
        const { lagRecords } = await watched(viewOf([99], 103, undefined), 60);
        assert.equal(lagRecords, 0);
    });

    it("lies between the looks that did not see the record and those that did", () => {
        const watch = new LagWatch();
        watch.add({ asked: 0, answered: 10 }, new Map([["orders:0", 100]]));
        watch.add({ asked: 1000, answered: 1010 }, new Map([["orders:0", 200]]));
        assert.deepEqual(watch.boundsOf("orders:0", 150, 3000), { atLeast: 1.99, atMost: 3 });
        assert.deepEqual(watch.boundsOf("orders:0", 50, 3000), { atLeast: 2.99 });
        assert.deepEqual(watch.boundsOf("orders:0", 200, 3000), { atMost: 2 });
        assert.deepEqual(watch.boundsOf("others:0", 0, 3000), {});
    });
});
