import assert from "node:assert/strict";
import { lookAtGroups } from "../../../cli/verify/lookAtGroups";
import { defaultScope } from "../../../cli/verify/scope";
import type { ClusterView } from "../../../kafka/clusterView";

const SITES = { from: "source", to: "target" } as const;

/** A cluster with one group in one log, whose records cannot be read. */
function view(committed: number, failure: Error): ClusterView {
    const log = { firstOffset: 0, lastStableOffset: 50, highWatermark: 50, leaderEpoch: 0 };
    let looks = 0;
    const fake = {
        groups: {
            list: () => Promise.resolve([{ id: "app", kind: "consumer", state: "Empty" }]),
            committedOffsets: () =>
                Promise.resolve(
                    new Map([["app", new Map([["orders", new Map([[0, committed]])]])]]),
                ),
        },
        topicConfigs: () => Promise.resolve(new Map()),
        // The first look is at the logs; a reader looks for the leader.
        look: () => {
            looks += 1;
            return looks === 1
                ? Promise.resolve({
                      clusterId: "id",
                      topics: [{ name: "orders", id: "topic", partitions: [{ known: log }] }],
                  })
                : Promise.reject(failure);
        },
        brokers: { metadata: () => Promise.reject(failure) },
    };
    return fake as unknown as ClusterView;
}

describe("a look at the groups", () => {
    it("does not call a position protected whose records cannot be read", async () => {
        const failure = new Error("the batch at offset 7 is corrupt");
        const { groups } = await lookAtGroups(
            { from: view(40, failure), to: view(30, failure) },
            defaultScope(),
            SITES,
            { timeoutMs: 100 },
        );
        const [position] = groups[0]!.partitions;
        assert.equal(position?.verdict, "unknown");
        assert.equal(position.readAgainAtMost, undefined);
        assert.notEqual(position.reason, "");
    });

    it("ends with an interruption, and not with positions that are unknown", async () => {
        const failure = new Error("aborted");
        await assert.rejects(
            lookAtGroups(
                { from: view(40, failure), to: view(30, failure) },
                defaultScope(),
                SITES,
                {
                    timeoutMs: 100,
                    signal: AbortSignal.abort(new Error("interrupted")),
                },
            ),
            /interrupted/,
        );
    });
});
