import { setTimeout as sleep } from "node:timers/promises";
import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { number } from "../shared/output";
import { pendingOf } from "../shared/mirror/progress";
import type { ConnectorReport, MirrorOperations, PartitionProgress } from "../shared/mirror/types";
import type { MirrorEnd } from "../shared/mirror/ends";
import type { Switchover } from "./deployment";
import { groupsAfterDrain } from "./groupCheck";
import { poll } from "./polling";
import { CheckFailed, type Step } from "./step";

const POLL_MS = 500;
/** Seconds that connectors may take to be what the deployment says: the operator looks every 2 min. */
const CONFIRM_SECONDS = 180;
/** Seconds that tasks may take to end: they close their clients. */
const STOP_SECONDS = 120;
/** Seconds beyond the last translation in which an answer may be missing. */
const SLACK_SECONDS = 30;

/** What the steps of a planned switch are about: one direction and the names of its clusters. */
export interface Switch {
    readonly context: Switchover;
    readonly mirror: MirrorOperations;
    /** What people call the cluster that is left. */
    readonly left: "source" | "target";
    /** And the one that takes over. */
    readonly next: "source" | "target";
    /** The way back before the switch. */
    readonly back: string;
}

export function fenceStep(
    { context, mirror, left, back }: Switch,
    current: PhasePosition,
    to: PhasePosition,
): Step {
    const { deployment, options } = context;
    return {
        id: "fence",
        does: deployment.managesUsers
            ? `takes the right to write from the users of kafka-dr:users (phase ${to.phase})`
            : `asks whether all producers are stopped, since the stack has no users to fence; changes the phase to ${to.phase}`,
        precondition: "the mirror runs",
        check: `no record arrives at the ${left} for ${options.quietSeconds} s`,
        back,
        run: async () => {
            if (
                !deployment.managesUsers &&
                !options.producersStopped &&
                !(await context.confirm(`Are all producers of the ${left} stopped?`))
            ) {
                throw new CheckFailed(
                    `the stack has no users to fence, and nobody said that the producers of the ${left} are stopped: stop them and say --producers-stopped`,
                );
            }
            if (current.phase !== to.phase) {
                await deployment.change(to);
            }
            const written = await recordsWritten(context, mirror, "from");
            if (written > 0) {
                throw new CheckFailed(
                    `${number(written)} records still arrived at the ${left} within ${options.quietSeconds} s: somebody writes as a user that this stack does not manage`,
                );
            }
            return `nobody writes to the ${left}`;
        },
    };
}

export function drainStep({ context, mirror, left, next, back }: Switch): Step {
    const { drainSeconds } = context.options;
    return {
        id: "drain",
        does: `waits until the ${next} has every record of the ${left}`,
        precondition: "nobody writes",
        check: `no record is pending, within ${drainSeconds} s`,
        back,
        run: () =>
            poll(context, { seconds: drainSeconds, pollMs: POLL_MS }, async () => {
                const progress = await mirror.progress(true);
                refuseOvertaken(progress);
                const pending = pendingOf(progress);
                return pending === 0
                    ? { done: `${number(progress.length)} partitions are drained` }
                    : {
                          waitingFor: `${number(pending)} offsets are pending: ${worst(progress)}`,
                      };
            }),
    };
}

export function groupsStep({ context, mirror, next, back }: Switch): Step {
    const { groupSyncSeconds, offsetLagMax } = context.deployment;
    return {
        id: "sync-groups",
        does: `waits for one more translation of the groups' offsets to the ${next}`,
        precondition: "the logs are drained",
        check: `every group is at most ${offsetLagMax} records early there, or ${groupSyncSeconds} s have passed; none is late`,
        back,
        run: async () => {
            const latest = performance.now() + groupSyncSeconds * 1000;
            return poll(
                context,
                { seconds: groupSyncSeconds + SLACK_SECONDS, pollMs: POLL_MS },
                async () => {
                    const state = await groupsAfterDrain(mirror);
                    if (state.late.length > 0) {
                        throw new CheckFailed(
                            `groups would skip records: ${state.late.join(", ")}; commit an earlier offset for them`,
                        );
                    }
                    const isSynced = state.groups.every(
                        ({ readAgain, isProtected }) =>
                            isProtected && readAgain <= offsetLagMax + 1,
                    );
                    if (isSynced || performance.now() > latest) {
                        context.keep("groups", state.groups);
                        return { done: state.summary };
                    }
                    return { waitingFor: `group offsets are translated: ${state.summary}` };
                },
            );
        },
    };
}

export function stopStep({
    context,
    mirror,
    back,
}: Pick<Switch, "context" | "mirror" | "back">): Step {
    return {
        id: "stop",
        does: "stops both connectors of the mirror",
        precondition: "Kafka Connect answers",
        check: "both are STOPPED and have no tasks",
        back,
        run: async () => {
            const connectors = await mirror.stop(STOP_SECONDS);
            context.signal.throwIfAborted();
            return connectors.map(({ name, state }) => `${name} is ${state}`).join(", ");
        },
    };
}

export function verifyStep({ context, mirror, left, next, back }: Switch): Step {
    const { sample } = context.options;
    return {
        id: "verify",
        does: `compares ${sample === undefined ? "all records" : `a part of ${sample} of the partitions`} of both clusters, and the groups`,
        precondition: "the mirror has stopped",
        check: `the ${next} has every record of the ${left} in order, no unexpected one, and no group is late`,
        back,
        run: async () => {
            const report = await mirror.verify({
                maxLag: 0,
                ...(sample !== undefined && { sample }),
            });
            context.keep("verify", report);
            if (!report.isOk) {
                const list = report.failures
                    .slice(0, 5)
                    .map(({ where, message }) => `${where}: ${message}`)
                    .join("; ");
                throw new CheckFailed(`${number(report.failures.length)} findings: ${list}`);
            }
            return `${number(report.recordsRead)} records read, nothing is missing`;
        },
    };
}

/** The change of phase itself: config and deployment. */
export function changeStep(
    context: Switchover,
    current: PhasePosition,
    to: PhasePosition,
    text: { readonly id: string; readonly precondition: string; readonly back: string },
): Step {
    return {
        ...text,
        does: `changes kafka-dr:phase to ${to.phase}${to.epoch === current.epoch ? "" : ` and kafka-dr:mirror.epoch to ${to.epoch}`}, and deploys it`,
        check: "the update succeeds and the phase is recorded next to MirrorMaker 2",
        run: async () => {
            await context.deployment.change(to);
            const found = await context.deployment.position();
            if (found.phase !== to.phase || found.epoch !== to.epoch) {
                throw new CheckFailed(
                    `the recorded phase is ${found.phase} of epoch ${found.epoch}`,
                );
            }
            return `the phase is ${found.phase}`;
        },
    };
}

/** Waits until the connectors are what the phase wants: an update may return a moment before. */
export async function connectorsAre(
    { signal }: Pick<Switchover, "signal">,
    mirror: MirrorOperations,
    wanted: "RUNNING" | "STOPPED",
): Promise<string> {
    return poll(
        { signal, progress: () => undefined },
        { seconds: CONFIRM_SECONDS, pollMs: POLL_MS },
        async () => {
            const connectors = await mirror.connectors();
            return connectors.every((connector) => isAs(connector, wanted))
                ? { done: `both connectors are ${wanted}` }
                : { waitingFor: `not ${wanted}: ${inWords(connectors)}` };
        },
    );
}

function isAs({ state, tasks }: ConnectorReport, wanted: "RUNNING" | "STOPPED"): boolean {
    return (
        state === wanted &&
        (wanted === "STOPPED"
            ? tasks.length === 0
            : tasks.every((task) => task.state === "RUNNING"))
    );
}

export function inWords(connectors: readonly ConnectorReport[]): string {
    return connectors
        .map(
            ({ name, state, tasks }) =>
                `${name} is ${state}${tasks.length === 0 ? "" : ` with tasks ${tasks.map((task) => task.state).join(", ")}`}`,
        )
        .join("; ");
}

/** The last step of a failover. */
export function staysStoppedStep(context: Switchover, mirror: MirrorOperations): Step {
    return {
        id: "confirm",
        does: "looks whether the mirror stays stopped",
        precondition: "the target is the active site",
        check: "both connectors are STOPPED",
        back: "kafka-dr failback --plan",
        run: () => connectorsAre(context, mirror, "STOPPED"),
    };
}

/** What to do where the target does not answer. */
export const NO_TARGET = "Without the target there is nothing to fail over to.";

/** @throws {CommandError} `unreachable` with the remedy, where a cluster does not answer */
export async function refuseUnreachable(
    mirror: MirrorOperations,
    end: MirrorEnd,
    name: "source" | "target",
    remedy: string,
): Promise<void> {
    const reason = await mirror.unreachable(end);
    if (reason !== undefined) {
        throw new CommandError("unreachable", `the ${name} cannot be reached: ${reason}`, remedy);
    }
}

/** Records that arrive at a cluster while it is watched. */
export async function recordsWritten(
    { options, signal }: Pick<Switchover, "options" | "signal">,
    mirror: MirrorOperations,
    end: MirrorEnd,
): Promise<number> {
    const before = total(await mirror.ends(end));
    await sleep(options.quietSeconds * 1000, undefined, { signal });
    return total(await mirror.ends(end)) - before;
}

function total(ends: Awaited<ReturnType<MirrorOperations["ends"]>>): number {
    return ends.reduce(
        (sum, { endOffsets }) => sum + endOffsets.reduce((part, offset) => part + offset, 0),
        0,
    );
}

/** Records that the mirror lost are not to be waited for. */
function refuseOvertaken(progress: readonly PartitionProgress[]): void {
    const lost = progress.filter(({ overtaken }) => overtaken > 0);
    if (lost.length > 0) {
        const list = lost
            .map(
                ({ topic, partition, overtaken }) =>
                    `${topic}:${partition} (${number(overtaken)} offsets)`,
            )
            .join(", ");
        throw new CheckFailed(
            `retention deleted records before they were mirrored: ${list}; they will never come`,
        );
    }
}

function worst(progress: readonly PartitionProgress[]): string {
    return progress
        .filter(({ pending, pendingRecords }) => (pendingRecords ?? pending) > 0)
        .sort((one, other) => other.pending - one.pending)
        .slice(0, 5)
        .map(({ topic, partition, pending }) => `${topic}:${partition} ${number(pending)}`)
        .join(", ");
}
