import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { PhasePosition } from "../../../config/phase";
import { CommandError } from "../../../cli/shared/commandError";
import { finishedText, planText } from "../../../cli/failover/runFailover";
import { startPositions } from "../../../cli/failover/startPositions";
import { runSteps, type Step, type StepResult } from "../../../cli/failover/step";
import { repositoryRoot } from "../../support/rawSettings";
import { failing, FakePair } from "./support/fakePair";
import { lookOf, partitionProgress, progress } from "./support/looks";

type Plan = (pair: FakePair) => Step[];

const planned: Plan = (pair) => pair.plannedFailover();
const unplanned: Plan = (pair) => pair.unplannedFailover();
const back: Plan = (pair) => pair.failback();

async function run(pair: FakePair, plan: Plan): Promise<StepResult[]> {
    const observer = { started: () => undefined, ended: () => undefined };
    return runSteps(plan(pair), pair.context, observer);
}

async function refused(pair: FakePair, plan: Plan): Promise<CommandError> {
    try {
        await run(pair, plan);
    } catch (error) {
        assert(error instanceof CommandError, String(error));
        return error;
    }
    assert.fail("it was not refused");
}

const ids = (steps: readonly { readonly id: string }[]) => steps.map(({ id }) => id);
const at = (phase: PhasePosition["phase"], epoch = 1) => ({ phase, epoch });
const changes = ({ calls }: FakePair) => calls.filter((call) => call.startsWith("change "));

describe("a planned failover", () => {
    it("fences, drains, synchronizes groups, stops, compares, and only then switches", async () => {
        const pair = new FakePair(at("mirroring"));
        assert.deepEqual(ids(await run(pair, planned)), [
            "assess",
            "fence",
            "drain",
            "sync-groups",
            "stop",
            "verify",
            "switch",
            "confirm",
        ]);
        const order = [
            "change draining 1",
            "forward 1: progress",
            "forward 1: stop",
            "forward 1: verify",
            "change failed-over 1",
        ];
        const found = order.map((call) => pair.calls.lastIndexOf(call));
        assert(found.every((index) => index >= 0));
        assert.deepEqual(
            found,
            [...found].sort((one, other) => one - other),
        );
    });

    it("continues where an earlier run was interrupted", async () => {
        const draining = new FakePair(at("draining"));
        assert.equal(ids(await run(draining, planned))[0], "fence");
        assert.deepEqual(changes(draining), ["change failed-over 1"]);
        const done = new FakePair(at("failed-over"));
        assert.deepEqual(ids(await run(done, planned)), ["confirm"]);
        assert.deepEqual(changes(done), []);
    });

    for (const [name, answers, message] of [
        [
            "the source does not answer",
            {
                unreachable: (side: string) =>
                    Promise.resolve(side === "from" ? "refused" : undefined),
            },
            /--unplanned/,
        ],
        [
            "a task has failed",
            {
                connectors: () =>
                    Promise.resolve([
                        { name: "c", state: "RUNNING", tasks: [{ id: 0, state: "FAILED" }] },
                    ]),
            },
            /the mirror is not running: c is RUNNING with tasks FAILED/,
        ],
        [
            "records cannot be read",
            {
                unreadable: () =>
                    Promise.resolve([
                        { topic: "orders", partition: 3, unknown: "offset 7 cannot be read" },
                    ]),
            },
            /records of the source cannot be read, .*orders:3.*offset 7 cannot be read/,
        ],
        [
            "the lag is too large",
            {
                progress: () =>
                    Promise.resolve(progress([partitionProgress({ endOffset: 500, lag: 500 })])),
            },
            /the lag is 500 offsets, more than --max-lag 100/,
        ],
    ] as const) {
        it(`changes nothing when ${name}`, async () => {
            const pair = new FakePair(at("mirroring"));
            pair.answers = answers as unknown as FakePair["answers"];
            const error = await refused(pair, planned);
            assert.match(`${error.message} ${error.remedy}`, message);
            assert.deepEqual(changes(pair), []);
        });
    }

    it("stops while a producer still writes", async () => {
        const pair = new FakePair(at("mirroring"));
        let end = 10;
        pair.answers = {
            ends: (side) =>
                Promise.resolve(
                    side === "to" ? lookOf({ orders: [10] }, "b") : lookOf({ orders: [end++] }),
                ),
        };
        const error = await refused(pair, planned);
        assert.match(error.message, /still arrived at the source/);
        assert.match(error.remedy, /roll back: to mirroring/);
        assert.equal(pair.position.phase, "draining");
    });

    it("asks for stopped producers where the stack has no users; without a terminal the answer is no", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.managesUsers = false;
        assert.match((await refused(pair, planned)).message, /--producers-stopped/);
        assert.deepEqual(changes(pair), []);
        const stopped = new FakePair(at("mirroring"), { producersStopped: true });
        stopped.managesUsers = false;
        await run(stopped, planned);
        const asked = new FakePair(at("mirroring"));
        asked.managesUsers = false;
        asked.confirmed = true;
        await run(asked, planned);
        assert.equal(asked.position.phase, "failed-over");
    });

    it("does not switch when draining takes too long, records were deleted, or a record is missing", async () => {
        const partition = partitionProgress({ endOffset: 10, lag: 3 });
        const slow = new FakePair(at("draining"), { drainSeconds: 0 });
        slow.answers = { progress: () => Promise.resolve(progress([partition])) };
        assert.match((await refused(slow, planned)).message, /the lag is 3 offsets: orders:0 3/);
        const deleted = new FakePair(at("draining"));
        deleted.answers = {
            progress: () =>
                Promise.resolve(progress([{ ...partition, lag: 0, deletedUnmirrored: 7 }])),
        };
        assert.match(
            (await refused(deleted, planned)).message,
            /orders:0 \(7 offsets\); the mirror cannot copy them any more/,
        );
        const missing = new FakePair(at("draining"));
        missing.answers = { verify: () => Promise.resolve(failing("orders:0")) };
        assert.match(
            (await refused(missing, planned)).message,
            /orders:0: 2 records of the source/,
        );
        for (const pair of [slow, deleted, missing]) {
            assert.deepEqual(changes(pair), []);
        }
    });

    it("repeats a request without a response", async () => {
        const pair = new FakePair(at("draining"), { drainSeconds: 5 });
        let asked = 0;
        pair.answers = {
            progress: () =>
                asked++ === 0
                    ? Promise.reject(new Error("fetch failed"))
                    : Promise.resolve(progress([])),
        };
        await run(pair, planned);
        assert.equal(pair.position.phase, "failed-over");
    });

    it("does not switch when a group would skip records", async () => {
        const pair = new FakePair(at("draining"));
        pair.answers = {
            groups: () =>
                Promise.resolve({
                    groups: [
                        {
                            group: "app",
                            fromState: "Empty",
                            partitions: [
                                {
                                    topic: "orders",
                                    partition: 0,
                                    fromOffset: 5,
                                    toOffset: 99,
                                    verdict: "out-of-range",
                                },
                            ],
                        },
                    ],
                    leftOut: [],
                }),
        };
        assert.match(
            (await refused(pair, planned)).message,
            /groups would skip records: app in orders:0/,
        );
    });

    it("is refused from a phase in which the target is active", () => {
        for (const phase of ["failing-back", "draining-back", "resuming"] as const) {
            assert.throws(() => new FakePair(at(phase)).plannedFailover(), /there is no failover/);
        }
    });
});

describe("an unplanned failover", () => {
    it("stops the mirror and records the recovery point before it switches", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.answers = {
            unreachable: (side) => Promise.resolve(side === "from" ? "refused" : undefined),
        };
        assert.deepEqual(ids(await run(pair, unplanned)), [
            "assess",
            "stop",
            "record",
            "switch",
            "confirm",
        ]);
        const recoveryPoint = pair.recorded.get("recoveryPoint") as {
            target: unknown;
            mirrored: unknown;
            source?: unknown;
        };
        assert.deepEqual(recoveryPoint.target, lookOf({ orders: [10] }, "b"));
        assert.deepEqual(recoveryPoint.mirrored, [{ topic: "orders", partition: 0, offset: 9 }]);
        assert.equal(recoveryPoint.source, undefined);
        assert(pair.calls.indexOf("forward 1: stop") < pair.calls.indexOf("change failed-over 1"));
    });

    it("is refused while the source is reachable and receives records, unless forced", async () => {
        let end = 10;
        const writing = { ends: () => Promise.resolve(lookOf({ orders: [end++] })) };
        const pair = new FakePair(at("mirroring"));
        pair.answers = writing;
        const error = await refused(pair, unplanned);
        assert.equal(error.outcome, "badInput");
        assert.match(
            `${error.message} ${error.remedy}`,
            /the source is alive.*--planned.*--force/s,
        );
        assert.deepEqual(changes(pair), []);
        const forced = new FakePair(at("mirroring"), { force: true });
        forced.answers = writing;
        await run(forced, unplanned);
        assert.equal(forced.position.phase, "failed-over");
    });

    it("continues without Kafka Connect: the switch stops the mirror", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.answers = {
            unreachable: (side) => Promise.resolve(side === "from" ? "refused" : undefined),
            stop: () => Promise.reject(new Error("fetch failed")),
            mirroredOffsets: () => Promise.reject(new Error("fetch failed")),
        };
        const results = await run(pair, unplanned);
        assert.match(results[1]!.detail, /Kafka Connect has not stopped them yet \(fetch failed\)/);
        assert.equal(pair.position.phase, "failed-over");
    });

    it("requires the target", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.answers = { unreachable: () => Promise.resolve("refused") };
        assert.equal((await refused(pair, unplanned)).outcome, "unreachable");
        assert.deepEqual(changes(pair), []);
    });

    it("ends a failback whose source is lost again, without using the source", async () => {
        for (const phase of ["failing-back", "draining-back", "resuming"] as const) {
            const pair = new FakePair(at(phase, 2));
            await run(pair, unplanned);
            assert.deepEqual(pair.position, at("failed-over", 2));
            assert.deepEqual(
                pair.calls.filter((call) => /ends|unreachable|progress/.test(call)),
                [],
            );
        }
    });
});

describe("a failback", () => {
    it("ends with the phase mirroring in a new epoch that begins at the ends of the drained logs", async () => {
        const pair = new FakePair(at("failed-over", 2));
        assert.deepEqual(ids(await run(pair, back)), [
            "assess",
            "mirror-back",
            "catch-up",
            "fence",
            "drain",
            "sync-groups",
            "stop",
            "verify",
            "new-epoch",
            "start-positions",
            "switch",
            "confirm",
        ]);
        assert.deepEqual(changes(pair), [
            "change failing-back 2",
            "change draining-back 2",
            "change resuming 3",
            "change mirroring 3",
        ]);
        assert.deepEqual(pair.taken, [{ topic: "orders", partition: 0, offset: 9 }]);
        assert(pair.calls.indexOf("write positions 3") < pair.calls.indexOf("change mirroring 3"));
    });

    it("refuses a source that was not rebuilt clean, and lists its data", async () => {
        const pair = new FakePair(at("failed-over"));
        pair.answers = {
            existingData: () =>
                Promise.resolve([
                    "topic orders has log-end offsets 5",
                    "group app has offsets in orders",
                ]),
        };
        const error = await refused(pair, back);
        assert.match(
            error.message,
            /not rebuilt clean: topic orders has log-end offsets 5; group app/,
        );
        assert.deepEqual(changes(pair), []);
    });

    it("does not connect to a new source, whose CA is not known yet", async () => {
        const pair = new FakePair(at("failed-over"), { sourceIsNew: true, untilCaughtUp: true });
        await pair.failback()[0]!.run(pair.context);
        assert.deepEqual(pair.calls, []);
    });

    it("refuses two names of one cluster", async () => {
        const pair = new FakePair(at("failed-over"));
        pair.answers = { clusterIds: () => Promise.resolve({ from: "x", to: "x" }) };
        assert.match((await refused(pair, back)).message, /the same cluster, with the id x/);
    });

    it("keeps producers fenced until Kafka Connect has every position", async () => {
        const pair = new FakePair(at("resuming", 2));
        pair.taken = [{ topic: "orders", partition: 0, offset: 8 }];
        await assert.rejects(run(pair, back), /not taken/);
        assert.deepEqual(changes(pair), []);
    });

    it("continues from each phase", () => {
        const first = (phase: PhasePosition["phase"]) => new FakePair(at(phase)).failback()[0]!.id;
        assert.equal(first("failed-over"), "assess");
        assert.equal(first("failing-back"), "catch-up");
        assert.equal(first("draining-back"), "fence");
        assert.equal(first("resuming"), "start-positions");
        assert.throws(() => first("mirroring"), /nothing to fail back from/);
        assert.deepEqual(ids(new FakePair(at("mirroring", 2)).failback()), ["confirm"]);
    });

    it("can end when the source has caught up", async () => {
        const pair = new FakePair(at("failed-over"), { untilCaughtUp: true });
        await run(pair, back);
        assert.deepEqual(pair.position, at("failing-back"));
    });

    it("gives an empty log no position: all its records will be new", () => {
        assert.deepEqual(startPositions(lookOf({ a: [0, 1, 7] })), [
            { topic: "a", partition: 1, offset: 0 },
            { topic: "a", partition: 2, offset: 6 },
        ]);
    });
});

describe("a plan", () => {
    it("has the action, precondition, check and rollback of each step", () => {
        for (const plan of [planned, unplanned]) {
            const steps = plan(new FakePair(at("mirroring")));
            const text = planText(
                { command: "failover", mode: "planned", stack: "prod", from: at("mirroring") },
                steps,
            );
            for (const { id, action, precondition, check, rollback } of steps) {
                for (const part of [id, action, precondition, check, rollback]) {
                    assert(part.length > 3, id);
                    assert(text.includes(part));
                }
            }
        }
    });

    it("has where each application would begin, or why that is not known", () => {
        const run = {
            command: "failover",
            mode: "planned",
            stack: "prod",
            from: at("mirroring"),
        } as const;
        const position = { topic: "orders", partition: 0, fromOffset: 5 };
        const group = (name: string, change: object) => ({
            group: name,
            fromState: "Stable",
            partitions: [{ ...position, verdict: "protected" as const, ...change }],
        });
        const known = {
            groups: [
                group("shipping", { toOffset: 4, readAgain: 1 }),
                group("lagging", { toOffset: 2, readAgainAtMost: 7 }),
                group("new", { verdict: "unprotected", reason: "it is new" }),
                group("ahead", { toOffset: 9, verdict: "late", reason: "it is ahead" }),
            ],
            leftOut: [
                { group: "queue", kind: "share", fromState: "Stable", cause: "share" } as const,
            ],
        };
        const text = planText(run, [], { known });
        assert.deepEqual(text.split("\n").slice(3, 8), [
            "Where applications would begin at the target now:",
            "  shipping: at its position, 1 record again",
            "  lagging: at its position, at most 7 records again",
            "  new: where its auto.offset.reset places it in orders:0: it is new",
            "  ahead: not where it was in orders:0 (late): it is ahead",
        ]);
        assert.match(text, /^ {2}queue: share group: MirrorMaker 2 does not carry it over/m);
        assert.match(
            planText(run, [], { known: { groups: [], leftOut: [] } }),
            /No group has a position to carry over to the target\./,
        );
        assert.match(
            planText(run, [], { unknown: "the source is unreachable" }),
            /Where applications would begin is not known: the source is unreachable/,
        );
    });

    it("rolls the switch back by a failback once it is recorded", () => {
        for (const plan of [planned, unplanned]) {
            const steps = plan(new FakePair(at("mirroring")));
            const rollback = steps.find(({ id }) => id === "switch")?.rollback ?? "";
            assert.match(rollback, /; once failed-over is recorded: kafka-dr failback --plan$/);
        }
    });

    it("changes nothing", () => {
        const pair = new FakePair(at("failed-over"));
        pair.failback();
        assert.deepEqual(pair.calls, []);
    });
});

describe("the last words of a failover or failback", () => {
    const results = [{ id: "assess", outcome: "done" as const, detail: "", seconds: 1 }];

    it("have the time of each step, and of all as the recovery time", () => {
        const text = finishedText({ command: "failover", mode: "planned", stack: "prod" }, results);
        assert.match(text, /^failover of prod finished:/);
        assert.match(text, /all steps \(RTO\) +1\.0 s/);
    });

    it("do not call a failback finished that has only begun", () => {
        const text = finishedText({ command: "failback", mode: "start", stack: "prod" }, results);
        assert.match(text, /applications use the target until.* failback --stack prod --planned/);
        assert.doesNotMatch(text, /finished|RTO/);
    });
});

describe("the route of failover --planned", () => {
    /** Files of these folders that the route does not enter: other commands, options and names. */
    const BESIDE = [
        "cli/failover/failback.ts",
        "cli/failover/logChecks.ts",
        "cli/failover/startPositions.ts",
        "cli/failover/unplannedFailover.ts",
        "cli/shared/mirror/ends.ts",
        "cli/shared/mirror/existingData.ts",
        "cli/shared/mirror/identity.ts",
        "cli/shared/mirror/looks.ts",
        "cli/shared/mirror/observe.ts",
        "cli/shared/mirror/progress.ts",
        "cli/shared/mirror/reachOptions.ts",
        "cli/shared/mirror/readWarnings.ts",
        "cli/shared/mirror/recordWarnings.ts",
        "cli/shared/mirror/taskFailure.ts",
        "cli/shared/mirror/transactions.ts",
        "cli/shared/mirror/unreadable.ts",
        "cli/shared/mirror/watchedProgress.ts",
    ];
    const ENTRY = "cli/failover/command.ts";
    const textOf = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");
    const docstring = textOf(ENTRY).split("*/")[0] ?? "";
    const route = [...docstring.matchAll(/^ \* \d+\. .*?`(\S+\.ts)`/gm)].map(([, name = ""]) =>
        name.startsWith("kafka/") ? name : path.join(path.dirname(ENTRY), name),
    );

    it("has at most ten files, which its entry lists in order", () => {
        assert.equal(route.length, 9);
        for (const file of [ENTRY, ...route]) {
            assert(textOf(file).split("\n").length <= 300, file);
        }
    });

    it("leaves out no file of failover or of the mirror that these files use", () => {
        const known = new Set([ENTRY, ...route, ...BESIDE]);
        for (const file of [ENTRY, ...route]) {
            for (const [, name = ""] of textOf(file).matchAll(/(?:from |require\()"(\.[^"]+)"/g)) {
                const used = `${path.join(path.dirname(file), name)}.ts`;
                const isOfRoute = /^cli\/(failover|shared\/mirror)\//.test(used);
                assert(!isOfRoute || known.has(used), `${file} uses ${used}`);
            }
        }
    });
});
