import assert from "node:assert/strict";
import { type PairObservation, pairStatus } from "../../../cli/status/pairStatus";
import { renderStatus } from "../../../cli/status/runStatus";

const SOURCE = "a->b.MirrorSourceConnector";
const BUDGET = { lagSeconds: 60, checkpointSeconds: 120 };

const partition = {
    topic: "orders",
    partition: 0,
    firstOffset: 0,
    endOffset: 100,
    mirroredOffset: 99,
    pending: 0,
    overtaken: 0,
};

const position = {
    topic: "orders",
    partition: 0,
    fromOffset: 90,
    toOffset: 88,
    verdict: "protected",
} as const;

const WELL: PairObservation = {
    position: { phase: "mirroring", epoch: 1 },
    unreachable: {},
    connectors: [{ name: SOURCE, state: "RUNNING", tasks: [{ id: 0, state: "RUNNING" }] }],
    progress: [partition],
    groups: [{ group: "app", fromState: "STABLE", partitions: [position] }],
    ends: [{ topic: "orders", endOffsets: [100] }],
    checkpointSeconds: 3,
};

const status = (changes: Partial<PairObservation> = {}) =>
    pairStatus({ ...WELL, ...changes }, BUDGET);

describe("the status of a pair", () => {
    it("is healthy when tasks run, records are fresh and groups are protected", () => {
        const found = status();
        assert.equal(found.health, "healthy");
        assert.deepEqual(found.problems, []);
        assert.deepEqual(found.ifLostNow, { lost: 0, repeated: 2, unprotectedGroups: 0 });
    });

    const cases: [string, Partial<PairObservation>, string, RegExp][] = [
        [
            "a task that failed under a connector that runs",
            {
                connectors: [
                    { name: SOURCE, state: "RUNNING", tasks: [{ id: 0, state: "FAILED" }] },
                ],
            },
            "broken",
            /task 0 of .* is FAILED/,
        ],
        [
            "Kafka Connect that does not answer",
            { connectors: undefined },
            "broken",
            /Kafka Connect does not answer/,
        ],
        [
            "a source that does not answer",
            { unreachable: { source: "refused" }, progress: undefined, groups: undefined },
            "broken",
            /the source does not answer: refused/,
        ],
        [
            "records that wait although all is RUNNING",
            { progress: [{ ...partition, pending: 5, pendingSeconds: 61 }] },
            "degraded",
            /orders is 61 s behind, more than 60 s/,
        ],
        [
            "records that will never come",
            { progress: [{ ...partition, overtaken: 4 }] },
            "degraded",
            /deleted 4 offsets before they were mirrored/,
        ],
        [
            "a group without a position",
            {
                groups: [
                    {
                        group: "new",
                        fromState: "STABLE",
                        partitions: [
                            {
                                topic: "orders",
                                partition: 0,
                                fromOffset: 5,
                                verdict: "unprotected",
                                reason: "no checkpoint",
                            },
                        ],
                    },
                ],
            },
            "degraded",
            /not protected: new/,
        ],
        [
            "checkpoints that stand still while groups go on",
            { checkpointSeconds: 500 },
            "degraded",
            /newest checkpoint is 500 s old/,
        ],
    ];
    for (const [name, changes, health, says] of cases) {
        it(`tells of ${name}`, () => {
            const found = status(changes);
            assert.equal(found.health, health);
            assert.match(found.problems.join("; "), says);
            assert(renderStatus(found).includes(found.problems[0]!));
        });
    }

    it("does not mind an old checkpoint when every group is in step", () => {
        const groups = [
            {
                group: "app",
                fromState: "EMPTY",
                partitions: [{ ...position, fromOffset: 100, toOffset: 100 }],
            },
        ];
        assert.equal(status({ groups, checkpointSeconds: 5000 }).health, "healthy");
    });

    it("says what would be lost and repeated if the source died now", () => {
        const found = status({
            progress: [{ ...partition, endOffset: 130, pending: 30, pendingSeconds: 2 }],
        });
        assert.deepEqual(found.ifLostNow, { lost: 30, repeated: 2, unprotectedGroups: 0 });
        assert.match(renderStatus(found), /30 offsets lost, about 2 records read again/);
    });

    it("is idle where the phase has no running mirror, whatever does not answer", () => {
        const found = status({
            position: { phase: "failed-over", epoch: 1 },
            unreachable: { source: "gone" },
            connectors: [{ name: SOURCE, state: "STOPPED", tasks: [] }],
            progress: undefined,
        });
        assert.equal(found.health, "idle");
        assert.equal(found.ifLostNow, undefined);
        assert.match(renderStatus(found), /IDLE +phase failed-over, epoch 1, active site: target/);
    });
});
