import { failback } from "../../cli/failover/failback";
import { plannedFailover } from "../../cli/failover/plannedFailover";
import { type RunContext, runSteps, type Step, type StepResult } from "../../cli/failover/step";
import { unplannedFailover } from "../../cli/failover/unplannedFailover";
import type { OpenMirror } from "../../cli/shared/mirror/openMirror";
import type { LabPair } from "./labPair";

/** A command with the options that the rehearsal gives it. */
export type RehearsedCommand =
    "planned failover" | "unplanned failover" | "failback" | "failback --start";

const LIMITS = {
    maxLag: 1_000_000,
    drainSeconds: 300,
    quietSeconds: 2,
    producersStopped: false,
} as const;

/** Milliseconds after the start of a step at which it is interrupted. */
const INTERRUPT_MS = 150;

/** Runs a command to its end. Returns its steps and what they recorded. */
export async function runThrough(
    pair: LabPair,
    command: RehearsedCommand,
): Promise<{ results: StepResult[]; recorded: ReadonlyMap<string, unknown> }> {
    const recorded = new Map<string, unknown>();
    const results = await runSteps(
        await stepsOf(pair, command, pair.signal),
        contextOf(pair.signal, recorded),
        { started: () => undefined, ended: () => undefined },
    );
    return { results, recorded };
}

/**
 * Runs a command to its end, but interrupts it in each step and starts it again, like an operator
 * whose connection keeps breaking. The command runs in this process: the part of a stack's update
 * that was done before the interruption stays done.
 */
export async function runInterrupted(
    pair: LabPair,
    command: RehearsedCommand,
): Promise<{ results: StepResult[]; interrupted: string[] }> {
    const interrupted: string[] = [];
    const results: StepResult[] = [];
    for (;;) {
        const attempt = new AbortController();
        const signal = AbortSignal.any([pair.signal, attempt.signal]);
        const steps = await stepsOf(pair, command, signal);
        let timer: NodeJS.Timeout | undefined;
        try {
            await runSteps(steps, contextOf(signal, new Map()), {
                started: ({ id }) => {
                    if (!interrupted.includes(id)) {
                        interrupted.push(id);
                        timer = setTimeout(() => {
                            attempt.abort(new Error(`interrupted in ${id}`));
                        }, INTERRUPT_MS);
                    }
                },
                ended: (result) => {
                    clearTimeout(timer);
                    if (result.outcome === "done") {
                        results.push(result);
                    }
                },
            });
            return { results, interrupted };
        } catch (error) {
            if (!attempt.signal.aborted) {
                throw error;
            }
        } finally {
            clearTimeout(timer);
        }
    }
}

async function stepsOf(
    pair: LabPair,
    command: RehearsedCommand,
    signal: AbortSignal,
): Promise<Step[]> {
    const { deployment } = pair;
    const current = await pair.position();
    const openMirror: OpenMirror = (direction, epoch) => pair.mirror(direction, epoch, signal);
    const forward = openMirror("forward", current.epoch);
    switch (command) {
        case "planned failover":
            return plannedFailover(deployment, forward, LIMITS, current);
        case "unplanned failover":
            return unplannedFailover(deployment, forward, { ...LIMITS, force: false }, current);
        case "failback":
        case "failback --start": {
            const untilCaughtUp = command === "failback --start";
            const options = { ...LIMITS, sourceIsNew: false, untilCaughtUp };
            return failback(deployment, openMirror, options, current);
        }
    }
}

function contextOf(signal: AbortSignal, recorded: Map<string, unknown>): RunContext {
    return {
        signal,
        progress: () => undefined,
        confirm: () => Promise.resolve(false),
        record: (name, value) => void recorded.set(name, value),
    };
}
