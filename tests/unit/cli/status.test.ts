import assert from "node:assert/strict";
import type { PairObservation } from "../../../cli/status/evidence";
import { pairStatus } from "../../../cli/status/pairStatus";
import { renderStatus } from "../../../cli/status/statusText";
import type { GroupsReport } from "../../../cli/verify/groups";
import { log, lookOf, partitionProgress, progress } from "./support/looks";

const SOURCE = "a->b.MirrorSourceConnector";
const BUDGET = { lagSeconds: 60, checkpointSeconds: 120 };

const position = {
    topic: "orders",
    partition: 0,
    fromOffset: 90,
    toOffset: 88,
    verdict: "protected",
    readAgain: 2,
} as const;

const connector = (state: "RUNNING" | "STOPPED", ...tasks: ("RUNNING" | "FAILED")[]) => ({
    known: [{ name: SOURCE, state, tasks: tasks.map((task, id) => ({ id, state: task })) }],
});

function grouped(
    groups: GroupsReport["groups"],
    leftOut: GroupsReport["leftOut"] = [],
): { known: GroupsReport } {
    return { known: { groups, leftOut } };
}

const WARNINGS = { unexpectedMirrorings: [], limits: [], refused: [], unknown: [] };

const HEALTHY: PairObservation = {
    position: { phase: "mirroring", epoch: 1 },
    sites: { from: "source", to: "target" },
    at: "2026-05-01T12:00:00.000Z",
    unreachable: {},
    connectors: connector("RUNNING", "RUNNING"),
    progress: { known: progress() },
    contradictions: { known: [] },
    groups: grouped([{ group: "app", fromState: "Stable", partitions: [position] }]),
    warnings: { known: WARNINGS },
    ends: { known: lookOf({ orders: [100] }, "b") },
    checkpointSeconds: { known: 3 },
};

const status = (changes: Partial<PairObservation> = {}) =>
    pairStatus({ ...HEALTHY, ...changes }, BUDGET);

const lagging = (changes: Parameters<typeof partitionProgress>[0]) => ({
    progress: { known: progress([partitionProgress({ lag: 5, ...changes })]) },
});

const held = (seconds: number) => ({
    progress: {
        known: progress(
            [partitionProgress({ endOffset: 501, stableOffset: 0, lag: 501, lagSeconds: {} })],
            {
                held: [
                    {
                        topic: "orders",
                        partition: 0,
                        offsets: 501,
                        transactions: {
                            known: [
                                {
                                    producerId: 7,
                                    coordinator: {
                                        known: {
                                            transactionalId: "payments",
                                            state: "Ongoing",
                                            seconds,
                                            timeoutSeconds: 900,
                                        },
                                    },
                                },
                            ],
                        },
                    },
                ],
            },
        ),
    },
});

describe("the status of a pair", () => {
    it("is healthy when tasks run, records are fresh and groups are protected", () => {
        const found = status();
        assert.equal(found.health, "healthy");
        assert.deepEqual(found.problems, []);
        assert.deepEqual(found.unknown, []);
        assert.deepEqual(found.expectedLoss, { lost: 0, readAgain: 2, unprotectedGroups: 0 });
    });

    it("lists topics that are not mirrored, or under another name", () => {
        const text = renderStatus(
            status({
                warnings: {
                    known: {
                        ...WARNINGS,
                        unexpectedMirrorings: [
                            { topic: ".y", reason: "internal" },
                            { topic: "a-heartbeats", toTopic: "x.a-heartbeats", reason: "renamed" },
                        ],
                    },
                },
            }),
        );
        assert.match(text, /^ {2}\.y: not mirrored: internal$/m);
        assert.match(text, /^ {2}a-heartbeats: mirrored as x\.a-heartbeats: renamed$/m);
    });

    it("tells why a task failed, at which record, and how often it was restarted", () => {
        const reason = "RecordTooLargeException: too large";
        const found = status({
            connectors: {
                known: [
                    {
                        name: SOURCE,
                        state: "RUNNING",
                        tasks: [{ id: 1, state: "FAILED", failure: { trace: "X: y", reason } }],
                    },
                ],
            },
            warnings: {
                known: {
                    ...WARNINGS,
                    refused: [{ connector: SOURCE, task: 1, topic: "a", partition: 2, offset: 3 }],
                },
            },
            restarts: { known: [{ connector: SOURCE, count: 7, last: "2026-01-01T00:00:00Z" }] },
        });
        assert.equal(found.health, "broken");
        assert.deepEqual(found.problems, [
            `task 1 of ${SOURCE} is FAILED: ${reason}; the record is a:2 at offset 3 of the source`,
            `the operator has restarted ${SOURCE} 7 times, at last at 2026-01-01T00:00:00Z: what fails again after a restart needs a change`,
        ]);
    });

    it("takes a restart of a mirror that runs, and one that is not known, for a note", () => {
        const restarts = { known: [{ connector: SOURCE, count: 1, last: "now" }] };
        const found = status({ restarts });
        assert.equal(found.health, "healthy");
        assert.deepEqual(found.notes, [
            `the operator has restarted ${SOURCE} 1 times, at last at now`,
        ]);
        const unknown = status({ restarts: { unknown: "forbidden" } });
        assert.match(unknown.notes.join(), /not known how often .*: forbidden/);
    });

    it("does not know whether records can be mirrored when it cannot see the limits", () => {
        const warnings = {
            known: { ...WARNINGS, unknown: [{ what: "limits", reason: "denied" }] },
        };
        const found = status({ warnings });
        assert.equal(found.health, "unknown");
        assert.deepEqual(
            found.unknown.map(({ what, reason }) => [what, reason]),
            [["limits", "denied"]],
        );
    });

    const cases: [string, Partial<PairObservation>, string, RegExp][] = [
        [
            "a limit at the target that is lower than the source's",
            {
                warnings: {
                    known: {
                        ...WARNINGS,
                        limits: [
                            {
                                topic: "orders",
                                name: "max.message.bytes",
                                of: "to",
                                accepted: 5_242_880,
                                limit: 1_048_588,
                            },
                        ],
                    },
                },
            },
            "degraded",
            /max\.message\.bytes is 1048588 of the target, while these topics accept 5242880: orders/,
        ],
        [
            "a task that failed under a connector that runs",
            { connectors: connector("RUNNING", "FAILED") },
            "broken",
            /task 0 of .* is FAILED/,
        ],
        [
            "a connector that runs without a task",
            { connectors: connector("RUNNING") },
            "broken",
            /has no task, and so copies nothing/,
        ],
        [
            "Kafka Connect that does not respond",
            { connectors: { unknown: "refused" } },
            "broken",
            /Kafka Connect does not respond: refused/,
        ],
        [
            "a source that does not respond",
            { unreachable: { from: "refused" }, progress: { unknown: "refused" } },
            "broken",
            /the source does not respond: refused/,
        ],
        [
            "a source whose logs are empty although they were mirrored",
            {
                progress: {
                    known: progress([partitionProgress({ endOffset: 0 })], {
                        contradictions: [
                            { topic: "orders", partition: 0, message: "its log ends at 0" },
                        ],
                    }),
                },
            },
            "broken",
            /orders:0 of the source: its log ends at 0/,
        ],
        [
            "ends that contradict each other",
            { contradictions: { known: [{ topic: "orders", message: "it is gone" }] } },
            "broken",
            /orders of the source: it is gone/,
        ],
        [
            "a lag although every task is RUNNING",
            lagging({ lagSeconds: { atLeast: 61 } }),
            "degraded",
            /orders has a lag of at least 61 s, more than 60 s/,
        ],
        [
            "records behind a transaction that stays open",
            held(61),
            "unknown",
            /orders:0: 501 offsets wait behind an open transaction \(producer id 7, transactional id payments, Ongoing, open for 61 s, its transaction\.timeout\.ms is 15 min\): wait/,
        ],
        [
            "records that were deleted before they were mirrored",
            {
                progress: { known: progress([partitionProgress({ deletedUnmirrored: 4 })]) },
            },
            "degraded",
            /deleted 4 offsets before they were mirrored/,
        ],
        [
            "a group without a position",
            {
                groups: grouped([
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
                ]),
            },
            "degraded",
            /not protected: new/,
        ],
        [
            "old checkpoints while a group would read records again",
            { checkpointSeconds: { known: 500 } },
            "degraded",
            /newest checkpoint is 500 s old/,
        ],
        [
            "no checkpoint while a group would read records again",
            { checkpointSeconds: { known: null } },
            "degraded",
            /there is no checkpoint/,
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
        const groups = grouped([
            {
                group: "app",
                fromState: "Empty",
                partitions: [{ ...position, fromOffset: 100, toOffset: 100, readAgain: 0 }],
            },
        ]);
        const checkpointSeconds = { known: 5000 };
        assert.equal(status({ groups, checkpointSeconds }).health, "healthy");
    });

    it("has what would be lost and read again if the source failed now", () => {
        const found = status(
            lagging({ endOffset: 130, mirroredOffset: 99, lag: 30, lagSeconds: { atMost: 2 } }),
        );
        assert.equal(found.health, "healthy");
        assert.deepEqual(found.expectedLoss, { lost: 30, readAgain: 2, unprotectedGroups: 0 });
        assert.match(renderStatus(found), /30 offsets lost, 2 records read again/);
    });

    it("is healthy with a group in an empty partition, which MirrorMaker 2 does not translate", () => {
        const partitions = [
            { topic: "orders", partition: 1, fromOffset: 0, verdict: "empty" },
        ] as const;
        const groups = grouped([{ group: "idle", fromState: "Empty", partitions }]);
        const found = status({ groups });
        assert.equal(found.health, "healthy");
        assert.deepEqual(found.groups, [{ group: "idle", isProtected: true, readAgain: 0 }]);
    });

    it("calls a bound of the records read again a bound", () => {
        const bound = { ...position, partition: 1, readAgain: undefined, readAgainAtMost: 30 };
        const partitions = [position, bound];
        const groups = grouped([{ group: "app", fromState: "Empty", partitions }]);
        const found = status({ groups });
        assert.deepEqual(found.expectedLoss, {
            lost: 0,
            readAgain: 32,
            readAgainIsBound: true,
            unprotectedGroups: 0,
        });
        assert.match(renderStatus(found), /at most 32 records read again/);
    });

    it("does not count groups that it could not look at as no groups", () => {
        const found = status({ groups: { unknown: "denied" } });
        assert.deepEqual(found.expectedLoss, { lost: 0 });
        assert.match(renderStatus(found), /not known where groups would begin/);
    });

    it("lists groups that are not carried over, and counts those not left out on purpose", () => {
        const leftOut = [
            { group: "share-1", kind: "share", fromState: "Stable", cause: "share" },
            { group: "app-streams", kind: "streams", fromState: "Stable", cause: "streams" },
            { group: "connect-sink", kind: "consumer", fromState: "Stable", cause: "excluded" },
        ] as const;
        const found = status({ groups: grouped([], leftOut) });
        assert.equal(found.expectedLoss?.unprotectedGroups, 2);
        const text = renderStatus(found);
        assert.match(text, /share-1: share group: MirrorMaker 2 does not carry it over/);
        assert.match(text, /app-streams: Streams group/);
        assert.equal(text.split("connect-sink").length, 2);
    });

    it("is idle in a phase without a running mirror, even if the source does not respond", () => {
        const { sites, at, unreachable, ends, checkpointSeconds } = HEALTHY;
        const found = pairStatus(
            {
                ...{ sites, at, unreachable, ends, checkpointSeconds },
                position: { phase: "failed-over", epoch: 1 },
                connectors: connector("STOPPED"),
            },
            BUDGET,
        );
        assert.equal(found.health, "idle");
        assert.equal(found.expectedLoss, undefined);
        assert.match(renderStatus(found), /IDLE +phase failed-over, epoch 1, active site: target/);
    });

    it("is not idle when a connector runs although the phase has no running mirror", () => {
        const found = status({ position: { phase: "failed-over", epoch: 1 } });
        assert.equal(found.health, "broken");
        assert.match(found.problems[0]!, /is RUNNING with 1 tasks in the phase failed-over/);
    });
});

describe("a status of what cannot be seen", () => {
    const unseen: [string, Partial<PairObservation>, RegExp][] = [
        ["the lag", { progress: { unknown: "codec" } }, /the lag of the target: codec/],
        [
            "one partition of the source",
            {
                progress: {
                    known: progress([partitionProgress()], {
                        unknown: [{ topic: "orders", partition: 1, unknown: "no leader" }],
                    }),
                },
            },
            /orders:1 of the source: no leader/,
        ],
        [
            "one partition of the target",
            { ends: { known: lookOf({ orders: [log(100), { unknown: "no leader" }] }, "b") } },
            /orders:1 of the target: no leader/,
        ],
        ["the target's logs", { ends: { unknown: "denied" } }, /the logs of the target: denied/],
        ["the groups", { groups: { unknown: "denied" } }, /the positions of the groups: denied/],
        [
            "the position of one group in one partition",
            {
                groups: grouped([
                    {
                        group: "app",
                        fromState: "Empty",
                        partitions: [
                            {
                                topic: "orders",
                                partition: 1,
                                fromOffset: 5,
                                verdict: "unknown",
                                reason: "no leader",
                            },
                        ],
                    },
                ]),
            },
            /the position of app in orders:1: no leader/,
        ],
        ["the warnings", { warnings: { unknown: "denied" } }, /cannot be mirrored: denied/],
        [
            "the checkpoints",
            { checkpointSeconds: { unknown: "denied" } },
            /the age of the newest checkpoint: denied/,
        ],
        [
            "whether both ends have the same logs",
            { contradictions: { unknown: "no answer" } },
            /whether both ends have the same logs: no answer/,
        ],
        [
            "how long records wait, for all that their producer's clock says",
            lagging({ lagSeconds: {}, stampedSeconds: 0 }),
            /how long records of orders wait/,
        ],
        [
            "the connectors of a phase without a running mirror",
            {
                position: { phase: "failed-over", epoch: 1 },
                connectors: { unknown: "refused" },
            },
            /the state of the connectors: refused/,
        ],
    ];
    for (const [name, changes, expected] of unseen) {
        it(`is UNKNOWN without ${name}, with the reason and since when`, () => {
            const found = status(changes);
            assert.equal(found.health, "unknown");
            const text = renderStatus(found);
            assert.match(text, /^UNKNOWN /);
            assert.doesNotMatch(text, /HEALTHY/);
            assert.match(text, expected);
            assert.match(text, /since 2026-05-01T12:00:00\.000Z/);
            assert.equal(found.unknown[0]!.since, HEALTHY.at);
        });
    }

    it("is broken all the same when something is broken, and not merely degraded", () => {
        const unknown = { checkpointSeconds: { unknown: "denied" } };
        assert.equal(
            status({ ...unknown, connectors: connector("RUNNING", "FAILED") }).health,
            "broken",
        );
        assert.equal(
            status({ ...unknown, ...lagging({ lagSeconds: { atLeast: 61 } }) }).health,
            "unknown",
        );
    });

    it("has no sum of what would be lost while a part of it is not known", () => {
        const { expectedLoss } = status({
            progress: {
                known: progress([partitionProgress()], {
                    unknown: [{ topic: "orders", partition: 1, unknown: "no leader" }],
                }),
            },
        });
        assert.equal(expectedLoss, undefined);
    });

    it("says that a record is from the future", () => {
        const found = status(lagging({ lagSeconds: { atMost: 1 }, stampedSeconds: -3480 }));
        assert.equal(found.health, "healthy");
        assert.match(
            renderStatus(found),
            /orders: the next record .* is stamped 58 min in the future/,
        );
    });
});
