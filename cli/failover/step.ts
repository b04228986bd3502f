import { setTimeout as sleep } from "node:timers/promises";
import type { PhasePosition } from "../../config/phase";
import type { MirrorSettings, SiteName } from "../../config/settingsSchema";
import type { MirroredOffset } from "../../strimzi/builders/startPositions";
import { CommandError } from "../shared/commandError";
import type { MirrorEnd } from "../shared/mirror/ends";
import type {
    ConnectorReport,
    MirrorOperations,
    TaskReport,
} from "../shared/mirror/mirrorOperations";

const POLL_MS = 500;
/** Seconds for connectors to follow the deployment: the operator reconciles every 2 minutes. */
const CONFIRM_SECONDS = 180;

/** What a failover changes in the stack, and what it needs to know about it. */
export interface Deployment {
    /** The phase that was deployed last, as the stack recorded it next to MM2. */
    position(): Promise<PhasePosition>;
    /** Sets the phase in the stack's config and deploys it. Ends when the update has ended. */
    change(next: PhasePosition): Promise<void>;
    /**
     * Hands the start positions of an epoch to the operator, waits until `isComplete` agrees that
     * Kafka Connect has them, and marks them as complete.
     */
    writeStartPositions(
        epoch: number,
        offsets: readonly MirroredOffset[],
        isComplete: () => Promise<boolean>,
    ): Promise<void>;
    /** How to change to a phase by hand. */
    commandTo(position: PhasePosition): string;
    /** Whether the stack has the users of applications, and so can revoke their write access. */
    readonly managesUsers: boolean;
    /** Seconds within which MM2 translates group offsets and writes them. */
    readonly groupSyncSeconds: number;
    /** `offset.lag.max` of the mirror. */
    readonly offsetLagMax: number;
}

/**
 * Seconds within which MM2 translates group offsets and writes them: twice its intervals, since it
 * may have emitted a checkpoint just before the last record arrived.
 */
export function translationSeconds({
    emitCheckpointsIntervalSeconds,
    syncGroupOffsetsIntervalSeconds,
}: MirrorSettings): number {
    return 2 * (emitCheckpointsIntervalSeconds + syncGroupOffsetsIntervalSeconds);
}

/** What a step may use of the run that it belongs to. */
export interface RunContext {
    /** Aborted by Ctrl-C. */
    readonly signal: AbortSignal;
    /** Shows what the step is waiting for. */
    readonly progress: (text: string) => void;
    /** Asks the operator a yes-or-no question; false where there is no terminal. */
    readonly confirm: (question: string) => Promise<boolean>;
    /** Adds a finding to the report of the run, under a name. */
    readonly record: (name: string, value: unknown) => void;
}

/** One step of a failover or failback, as a plan prints it and a run carries it out. */
export interface Step {
    readonly id: string;
    /** What the step does, as an instruction. */
    readonly action: string;
    /** What must be true before it. */
    readonly precondition: string;
    /** What proves that it succeeded. */
    readonly check: string;
    /** How to undo everything up to here when the step or its check fails. */
    readonly rollback: string;
    /**
     * Carries out the step and checks the result; running it again does no harm. Returns what it
     * found, as a sentence.
     * @throws {CheckFailed} when the precondition or the check does not hold
     */
    run(context: RunContext): Promise<string>;
}

/** A step that ran. */
export interface StepResult {
    readonly id: string;
    readonly seconds: number;
    readonly outcome: "done" | "failed";
    readonly detail: string;
}

/** A check that does not hold: the run ends here. */
export class CheckFailed extends Error {
    override readonly name = "CheckFailed";
}

/** Follows a run from step to step. */
export interface StepObserver {
    started(step: Step, index: number, of: number): void;
    ended(result: StepResult): void;
}

/**
 * Runs the steps in order and ends at the first that fails. Its changes stay, and the same command
 * continues from there.
 * @throws {CommandError} `checkFailed`, with the way to roll back
 */
export async function runSteps(
    steps: readonly Step[],
    context: RunContext,
    observer: StepObserver,
): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const [index, step] of steps.entries()) {
        context.signal.throwIfAborted();
        observer.started(step, index, steps.length);
        const started = performance.now();
        const ended = (outcome: StepResult["outcome"], detail: string) => {
            const seconds = (performance.now() - started) / 1000;
            const result = { id: step.id, seconds, outcome, detail };
            results.push(result);
            observer.ended(result);
        };
        try {
            ended("done", await step.run(context));
        } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            ended("failed", reason);
            if (error instanceof CheckFailed) {
                throw new CommandError(
                    "StepFailed",
                    `step ${step.id} failed: ${reason}`,
                    `No further step was run. Run the same command again to continue, or roll back: ${step.rollback}`,
                    { cause: error, fields: { step: step.id } },
                );
            }
            throw error;
        }
    }
    return results;
}

export interface Polling {
    /** Seconds until it gives up. */
    readonly seconds: number;
    /** Milliseconds between two inspections. */
    readonly pollMs: number;
}

/** What one inspection found: the end, as a sentence, or the reason to wait. */
export type Inspection = { readonly done: string } | { readonly waitingFor: string };

/**
 * Inspects until the result is `done`. An inspection that throws counts as one more reason to wait:
 * workers roll and brokers restart, and failovers happen when things go wrong.
 * @throws {CheckFailed} with the last reason when the time is over, or the one that `inspect` throws
 */
export async function poll(
    { signal, progress }: Pick<RunContext, "signal" | "progress">,
    { seconds, pollMs }: Polling,
    inspect: () => Promise<Inspection>,
): Promise<string> {
    const deadline = performance.now() + seconds * 1000;
    let reason = "";
    for (;;) {
        signal.throwIfAborted();
        try {
            const found = await inspect();
            if ("done" in found) {
                return found.done;
            }
            reason = found.waitingFor;
        } catch (error) {
            if (error instanceof CheckFailed || error instanceof CommandError) {
                throw error;
            }
            signal.throwIfAborted();
            reason = `no response: ${error instanceof Error ? error.message : String(error)}`;
        }
        progress(reason);
        if (performance.now() > deadline) {
            throw new CheckFailed(`after ${seconds} s: ${reason}`);
        }
        await sleep(pollMs, undefined, { signal });
    }
}

/** Sets the phase and deploys it. */
export function changeStep(
    deployment: Deployment,
    current: PhasePosition,
    next: PhasePosition,
    text: Pick<Step, "id" | "precondition" | "rollback">,
): Step {
    return {
        ...text,
        action: `set kafka-dr:phase to ${next.phase}${next.epoch === current.epoch ? "" : ` and kafka-dr:mirror.epoch to ${next.epoch}`}, and deploy`,
        check: "the update succeeds, and the phase is recorded next to MirrorMaker 2",
        run: async () => {
            await deployment.change(next);
            const { phase, epoch } = await deployment.position();
            if (phase !== next.phase || epoch !== next.epoch) {
                throw new CheckFailed(`the recorded phase is ${phase} in epoch ${epoch}`);
            }
            return `the phase is ${phase}`;
        },
    };
}

/**
 * The way back from a change to failed-over: the phase before it as long as the new one is not recorded.
 * Afterwards that change is refused, and a failback leads back.
 */
export function rollbackOfSwitch(before: string): string {
    return `${before}; once failed-over is recorded: kafka-dr failback --plan`;
}

/** The last step of a failover: the operator must not have resumed the mirror. */
export function staysStoppedStep(mirror: MirrorOperations): Step {
    return {
        id: "confirm",
        action: "check that the mirror stays stopped",
        precondition: "the target is the active site",
        check: "both connectors are STOPPED",
        rollback: "kafka-dr failback --plan",
        run: (context) => connectorsAre("STOPPED", mirror, context),
    };
}

/** Waits until the connectors follow the phase: an update may return a moment earlier. */
export async function connectorsAre(
    wanted: "RUNNING" | "STOPPED",
    mirror: MirrorOperations,
    { signal }: Pick<RunContext, "signal">,
): Promise<string> {
    return poll(
        { signal, progress: () => undefined },
        { seconds: CONFIRM_SECONDS, pollMs: POLL_MS },
        async () => {
            const connectors = await mirror.connectors();
            const isWanted = connectors.every(({ state, tasks }) =>
                wanted === "STOPPED"
                    ? state === "STOPPED" && tasks.length === 0
                    : state === "RUNNING" && tasks.every((task) => task.state === "RUNNING"),
            );
            return isWanted
                ? { done: `both connectors are ${wanted}` }
                : { waitingFor: `not ${wanted}: ${connectorsText(connectors)}` };
        },
    );
}

export function connectorsText(connectors: readonly ConnectorReport[]): string {
    return connectors
        .map(
            ({ name, state, tasks }) =>
                `${name} is ${state}${tasks.length === 0 ? "" : ` with tasks ${tasks.map(taskText).join(", ")}`}`,
        )
        .join("; ");
}

function taskText({ state, failure }: TaskReport): string {
    return failure === undefined ? state : `${state} (${failure.reason})`;
}

/** What to do when the target does not respond. */
export const NO_TARGET = "Without the target there is nothing to fail over to.";

/** @throws {CommandError} `unreachable` with the remedy, when the cluster at an end does not respond */
export async function refuseUnreachable(
    mirror: MirrorOperations,
    end: MirrorEnd,
    site: SiteName,
    remedy: string,
): Promise<void> {
    const reason = await mirror.unreachable(end);
    if (reason !== undefined) {
        throw new CommandError(
            "ClusterUnreachable",
            `the ${site} cannot be reached: ${reason}`,
            remedy,
        );
    }
}
