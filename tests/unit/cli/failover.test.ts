import assert from "node:assert/strict";
import type { PhasePosition } from "../../../config/phase";
import { CommandError } from "../../../cli/shared/commandError";
import type { Switchover } from "../../../cli/failover/deployment";
import { failback, startPositions } from "../../../cli/failover/failback";
import { plannedFailover } from "../../../cli/failover/plannedFailover";
import {
    planOf,
    renderPlan,
    runSteps,
    type Step,
    type StepResult,
} from "../../../cli/failover/step";
import { unplannedFailover } from "../../../cli/failover/unplannedFailover";
import { failing, FakePair } from "./support/fakePair";

type Plan = (context: Switchover, current: PhasePosition) => Step[];

const back: Plan = (context, current) => failback(context, current, false);

async function run(pair: FakePair, plan: Plan): Promise<StepResult[]> {
    const { context } = pair;
    const observer = { started: () => undefined, ended: () => undefined };
    return runSteps(plan(context, pair.position), observer, context.signal);
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
    it("fences, drains, syncs groups, stops, compares and only then switches", async () => {
        const pair = new FakePair(at("mirroring"));
        assert.deepEqual(ids(await run(pair, plannedFailover)), [
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

    it("goes on where an earlier run was broken off", async () => {
        const draining = new FakePair(at("draining"));
        assert.equal(ids(await run(draining, plannedFailover))[0], "fence");
        assert.deepEqual(changes(draining), ["change failed-over 1"]);
        const done = new FakePair(at("failed-over"));
        assert.deepEqual(ids(await run(done, plannedFailover)), ["confirm"]);
        assert.deepEqual(changes(done), []);
    });

    for (const [name, answers, says] of [
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
            /the mirror does not run: c is RUNNING with tasks FAILED/,
        ],
        [
            "the target lags",
            {
                progress: () =>
                    Promise.resolve([
                        {
                            topic: "orders",
                            partition: 0,
                            firstOffset: 0,
                            endOffset: 500,
                            pending: 500,
                            overtaken: 0,
                        },
                    ]),
            },
            /500 offsets are pending, more than --max-lag 100/,
        ],
    ] as const) {
        it(`refuses before anything is touched when ${name}`, async () => {
            const pair = new FakePair(at("mirroring"));
            pair.answers = answers as unknown as FakePair["answers"];
            const error = await refused(pair, plannedFailover);
            assert.match(`${error.message} ${error.remedy}`, says);
            assert.deepEqual(changes(pair), []);
        });
    }

    it("does not go on while somebody still writes", async () => {
        const pair = new FakePair(at("mirroring"));
        let end = 10;
        pair.answers = { ends: () => Promise.resolve([{ topic: "orders", endOffsets: [end++] }]) };
        const error = await refused(pair, plannedFailover);
        assert.match(error.message, /still arrived at the source/);
        assert.match(error.remedy, /go back: to mirroring/);
        assert.equal(pair.position.phase, "draining");
    });

    it("asks for stopped producers where the stack has no users, and nobody where nobody sits", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.managesUsers = false;
        assert.match((await refused(pair, plannedFailover)).message, /--producers-stopped/);
        assert.deepEqual(changes(pair), []);
        const said = new FakePair(at("mirroring"), { producersStopped: true });
        said.managesUsers = false;
        await run(said, plannedFailover);
        const asked = new FakePair(at("mirroring"));
        asked.managesUsers = false;
        asked.confirmed = true;
        await run(asked, plannedFailover);
        assert.equal(asked.position.phase, "failed-over");
    });

    it("does not switch when the drain takes too long, retention was faster, or a record is missing", async () => {
        const partition = {
            topic: "orders",
            partition: 0,
            firstOffset: 0,
            endOffset: 10,
            pending: 3,
            overtaken: 0,
        };
        const slow = new FakePair(at("draining"), { drainSeconds: 0 });
        slow.answers = { progress: () => Promise.resolve([partition]) };
        assert.match(
            (await refused(slow, plannedFailover)).message,
            /3 offsets are pending: orders:0 3/,
        );
        const overtaken = new FakePair(at("draining"));
        overtaken.answers = {
            progress: () => Promise.resolve([{ ...partition, pending: 0, overtaken: 7 }]),
        };
        assert.match(
            (await refused(overtaken, plannedFailover)).message,
            /orders:0 \(7 offsets\); they will never come/,
        );
        const missing = new FakePair(at("draining"));
        missing.answers = { verify: () => Promise.resolve(failing("orders:0")) };
        assert.match(
            (await refused(missing, plannedFailover)).message,
            /orders:0: 2 records of the source/,
        );
        for (const pair of [slow, overtaken, missing]) {
            assert.deepEqual(changes(pair), []);
        }
    });

    it("waits for what does not answer at the moment", async () => {
        const pair = new FakePair(at("draining"), { drainSeconds: 5 });
        let asked = 0;
        pair.answers = {
            progress: () =>
                asked++ === 0 ? Promise.reject(new Error("fetch failed")) : Promise.resolve([]),
        };
        await run(pair, plannedFailover);
        assert.equal(pair.position.phase, "failed-over");
    });

    it("does not switch when a group would skip records", async () => {
        const pair = new FakePair(at("draining"));
        pair.answers = {
            groups: () =>
                Promise.resolve([
                    {
                        group: "app",
                        fromState: "EMPTY",
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
                ]),
        };
        assert.match(
            (await refused(pair, plannedFailover)).message,
            /groups would skip records: app in orders:0/,
        );
    });

    it("is refused from a phase in which the target is active", () => {
        for (const phase of ["failing-back", "draining-back", "resuming"] as const) {
            assert.throws(
                () => plannedFailover(new FakePair(at(phase)).context, at(phase)),
                /there is no failover/,
            );
        }
    });
});

describe("an unplanned failover", () => {
    it("stops the mirror and records how far it came before it switches", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.answers = {
            unreachable: (side) => Promise.resolve(side === "from" ? "refused" : undefined),
        };
        assert.deepEqual(ids(await run(pair, unplannedFailover)), [
            "assess",
            "stop",
            "record",
            "switch",
            "confirm",
        ]);
        const recoveryPoint = pair.kept.get("recoveryPoint") as {
            targetEnds: unknown;
            mirrored: unknown;
            sourceEnds?: unknown;
        };
        assert.deepEqual(recoveryPoint.targetEnds, [{ topic: "orders", endOffsets: [10] }]);
        assert.deepEqual(recoveryPoint.mirrored, [{ topic: "orders", partition: 0, offset: 9 }]);
        assert.equal(recoveryPoint.sourceEnds, undefined);
        assert(pair.calls.indexOf("forward 1: stop") < pair.calls.indexOf("change failed-over 1"));
    });

    it("is refused away from a source that is alive and written to, unless forced", async () => {
        let end = 10;
        const writing = { ends: () => Promise.resolve([{ topic: "orders", endOffsets: [end++] }]) };
        const pair = new FakePair(at("mirroring"));
        pair.answers = writing;
        const error = await refused(pair, unplannedFailover);
        assert.equal(error.outcome, "badInput");
        assert.match(
            `${error.message} ${error.remedy}`,
            /the source is alive.*--planned.*--force/s,
        );
        assert.deepEqual(changes(pair), []);
        const forced = new FakePair(at("mirroring"), { force: true });
        forced.answers = writing;
        await run(forced, unplannedFailover);
        assert.equal(forced.position.phase, "failed-over");
    });

    it("goes on without Kafka Connect: the switch stops the mirror then", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.answers = {
            unreachable: (side) => Promise.resolve(side === "from" ? "refused" : undefined),
            stop: () => Promise.reject(new Error("fetch failed")),
            mirroredOffsets: () => Promise.reject(new Error("fetch failed")),
        };
        const results = await run(pair, unplannedFailover);
        assert.match(results[1]!.detail, /Kafka Connect has not done it yet \(fetch failed\)/);
        assert.equal(pair.position.phase, "failed-over");
    });

    it("needs the target", async () => {
        const pair = new FakePair(at("mirroring"));
        pair.answers = { unreachable: () => Promise.resolve("refused") };
        assert.equal((await refused(pair, unplannedFailover)).outcome, "unreachable");
        assert.deepEqual(changes(pair), []);
    });

    it("leaves a failback whose source is lost again, and asks nothing of the source", async () => {
        for (const phase of ["failing-back", "draining-back", "resuming"] as const) {
            const pair = new FakePair(at(phase, 2));
            await run(pair, unplannedFailover);
            assert.deepEqual(pair.position, at("failed-over", 2));
            assert.deepEqual(
                pair.calls.filter((call) => /ends|unreachable|progress/.test(call)),
                [],
            );
        }
    });
});

describe("a failback", () => {
    it("goes all the way to mirroring in a new epoch, from the ends of the drained logs", async () => {
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

    it("refuses a source that was not rebuilt clean, and says what is there", async () => {
        const pair = new FakePair(at("failed-over"));
        pair.answers = {
            leftovers: () =>
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

    it("asks nothing of a source that is said to be new, whose CA is not known yet", async () => {
        const pair = new FakePair(at("failed-over"), { sourceIsNew: true });
        const steps = failback(pair.context, pair.position, true);
        await steps[0]!.run();
        assert.deepEqual(pair.calls, []);
    });

    it("refuses two names of one cluster", async () => {
        const pair = new FakePair(at("failed-over"));
        pair.answers = { clusterIds: () => Promise.resolve({ from: "x", to: "x" }) };
        assert.match((await refused(pair, back)).message, /one cluster, with the id x/);
    });

    it("lets nobody write before Kafka Connect has every position", async () => {
        const pair = new FakePair(at("resuming", 2));
        pair.taken = [{ topic: "orders", partition: 0, offset: 8 }];
        await assert.rejects(run(pair, back), /not taken/);
        assert.deepEqual(changes(pair), []);
    });

    it("goes on from each phase", () => {
        const first = (phase: PhasePosition["phase"], untilCaughtUp = false) =>
            failback(new FakePair(at(phase)).context, at(phase), untilCaughtUp)[0]!.id;
        assert.equal(first("failed-over"), "assess");
        assert.equal(first("failing-back"), "catch-up");
        assert.equal(first("draining-back"), "fence");
        assert.equal(first("resuming"), "start-positions");
        assert.throws(() => first("mirroring"), /nothing to fail back from/);
        const done = failback(new FakePair(at("mirroring", 2)).context, at("mirroring", 2), false);
        assert.deepEqual(ids(done), ["confirm"]);
    });

    it("can end when the source has caught up", async () => {
        const pair = new FakePair(at("failed-over"));
        await run(pair, (context, current) => failback(context, current, true));
        assert.deepEqual(pair.position, at("failing-back"));
    });

    it("gives an empty log no position: all that comes is new", () => {
        assert.deepEqual(startPositions([{ topic: "a", endOffsets: [0, 1, 7] }]), [
            { topic: "a", partition: 1, offset: 0 },
            { topic: "a", partition: 2, offset: 6 },
        ]);
    });
});

describe("a plan", () => {
    it("says of each step what it does, what must be so before, how it is checked, and the way back", () => {
        for (const plan of [plannedFailover, unplannedFailover]) {
            const steps = plan(new FakePair(at("mirroring")).context, at("mirroring"));
            const text = renderPlan("title", steps);
            for (const step of planOf(steps)) {
                for (const part of Object.values(step)) {
                    assert(part.length > 3, JSON.stringify(step));
                    assert(text.includes(part));
                }
            }
        }
    });

    it("touches nothing", () => {
        const pair = new FakePair(at("failed-over"));
        failback(pair.context, pair.position, false);
        assert.deepEqual(pair.calls, []);
    });
});
