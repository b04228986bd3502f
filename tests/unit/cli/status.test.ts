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
    lag: 0,
    deletedUnmirrored: 0,
};

const position = {
    topic: "orders",
    partition: 0,
    fromOffset: 90,
    toOffset: 88,
    verdict: "protected",
    readAgain: 2,
} as const;

const HEALTHY: PairObservation = {
    position: { phase: "mirroring", epoch: 1 },
    unreachable: {},
    connectors: [{ name: SOURCE, state: "RUNNING", tasks: [{ id: 0, state: "RUNNING" }] }],
    progress: [partition],
    groups: {
        groups: [{ group: "app", fromState: "Stable", partitions: [position] }],
        leftOut: [],
    },
    checkpointSeconds: 3,
    warnings: { unexpectedMirrorings: [] },
};

const status = (changes: Partial<PairObservation> = {}) =>
    pairStatus({ ...HEALTHY, ...changes }, BUDGET);

describe("the status of a pair", () => {
    it("is healthy when tasks run, records are fresh and groups are protected", () => {
        const found = status();
        assert.equal(found.health, "healthy");
        assert.deepEqual(found.problems, []);
        assert.deepEqual(found.expectedLoss, { lost: 0, readAgain: 2, unprotectedGroups: 0 });
    });

    it("lists topics that are not mirrored, or under another name", () => {
        const text = renderStatus(
            status({
                warnings: {
                    unexpectedMirrorings: [
                        { topic: ".y", reason: "internal" },
                        { topic: "a-heartbeats", toTopic: "x.a-heartbeats", reason: "renamed" },
                    ],
                },
            }),
        );
        assert.match(text, /^ {2}\.y: not mirrored: internal$/m);
        assert.match(text, /^ {2}a-heartbeats: mirrored as x\.a-heartbeats: renamed$/m);
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
            "Kafka Connect that does not respond",
            { connectors: undefined },
            "broken",
            /Kafka Connect does not respond/,
        ],
        [
            "a source that does not respond",
            { unreachable: { source: "refused" }, progress: undefined, groups: undefined },
            "broken",
            /the source does not respond: refused/,
        ],
        [
            "a lag although every task is RUNNING",
            { progress: [{ ...partition, lag: 5, lagSeconds: 61 }] },
            "degraded",
            /orders has a lag of 61 s, more than 60 s/,
        ],
        [
            "records that were deleted before they were mirrored",
            { progress: [{ ...partition, deletedUnmirrored: 4 }] },
            "degraded",
            /deleted 4 offsets before they were mirrored/,
        ],
        [
            "a group without a position",
            {
                groups: {
                    groups: [
                        {
                            group: "new",
                            fromState: "Stable",
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
                    leftOut: [],
                },
            },
            "degraded",
            /not protected: new/,
        ],
        [
            "old checkpoints while a group would read records again",
            { checkpointSeconds: 500 },
            "degraded",
            /newest checkpoint is 500 s old/,
        ],
    ];
    for (const [name, changes, health, problem] of cases) {
        it(`reports ${name}`, () => {
            const found = status(changes);
            assert.equal(found.health, health);
            assert.match(found.problems.join("; "), problem);
            assert(renderStatus(found).includes(found.problems[0]!));
        });
    }

    it("accepts an old checkpoint when no group would read records again", () => {
        const groups = [
            {
                group: "app",
                fromState: "Empty",
                partitions: [{ ...position, fromOffset: 100, toOffset: 100, readAgain: 0 }],
            },
        ];
        const seen = { groups: { groups, leftOut: [] }, checkpointSeconds: 5000 };
        assert.equal(status(seen).health, "healthy");
    });

    it("has what would be lost and read again if the source failed now", () => {
        const found = status({
            progress: [{ ...partition, endOffset: 130, lag: 30, lagSeconds: 2 }],
        });
        assert.deepEqual(found.expectedLoss, { lost: 30, readAgain: 2, unprotectedGroups: 0 });
        assert.match(renderStatus(found), /30 offsets lost, 2 records read again/);
    });

    it("is healthy with a group in an empty partition, which MirrorMaker 2 does not translate", () => {
        const partitions = [
            { topic: "orders", partition: 1, fromOffset: 0, verdict: "empty" },
        ] as const;
        const groups = [{ group: "idle", fromState: "Empty", partitions }];
        const found = status({ groups: { groups, leftOut: [] } });
        assert.equal(found.health, "healthy");
        assert.deepEqual(found.groups, [{ group: "idle", isProtected: true, readAgain: 0 }]);
    });

    it("calls a bound of the records read again a bound", () => {
        const bound = { ...position, partition: 1, readAgain: undefined, readAgainAtMost: 30 };
        const partitions = [position, bound];
        const groups = [{ group: "app", fromState: "Empty", partitions }];
        const found = status({ groups: { groups, leftOut: [] } });
        assert.deepEqual(found.expectedLoss, {
            lost: 0,
            readAgain: 32,
            readAgainIsBound: true,
            unprotectedGroups: 0,
        });
        assert.match(renderStatus(found), /at most 32 records read again/);
    });

    it("does not count groups that it could not look at as no groups", () => {
        const found = status({ groups: undefined });
        assert.deepEqual(found.expectedLoss, { lost: 0 });
        assert.match(renderStatus(found), /not known where groups would begin/);
    });

    it("lists groups that are not carried over, and counts those not left out on purpose", () => {
        const leftOut = [
            { group: "share-1", kind: "share", fromState: "Stable", cause: "share" },
            { group: "app-streams", kind: "streams", fromState: "Stable", cause: "streams" },
            { group: "connect-sink", kind: "consumer", fromState: "Stable", cause: "excluded" },
        ] as const;
        const found = status({ groups: { groups: [], leftOut } });
        assert.equal(found.expectedLoss?.unprotectedGroups, 2);
        const text = renderStatus(found);
        assert.match(text, /share-1: share group: MirrorMaker 2 does not carry it over/);
        assert.match(text, /app-streams: Streams group/);
        assert.equal(text.split("connect-sink").length, 2);
    });

    it("is idle in a phase without a running mirror, even if the source does not respond", () => {
        const found = status({
            position: { phase: "failed-over", epoch: 1 },
            unreachable: { source: "gone" },
            connectors: [{ name: SOURCE, state: "STOPPED", tasks: [] }],
            progress: undefined,
        });
        assert.equal(found.health, "idle");
        assert.equal(found.expectedLoss, undefined);
        assert.match(renderStatus(found), /IDLE +phase failed-over, epoch 1, active site: target/);
    });
});
