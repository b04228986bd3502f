import type { PhasePosition } from "../../config/phase";
import type { Switchover } from "../../cli/failover/deployment";
import { runSteps, type Step, type StepResult } from "../../cli/failover/step";
import type { LabPair } from "./labPair";

/** Milliseconds after the start of a step at which it is broken off. */
const BREAK_OFF_MS = 150;

/**
 * Runs a command to its end, but breaks it off in the middle of each step and starts it anew, as
 * somebody would who lost his connection again and again. The command's process is this one here:
 * what a broken-off update of the stack did stays done.
 */
export async function runBrokenOff(
    pair: LabPair,
    plan: (context: Switchover, current: PhasePosition) => Step[],
): Promise<{ results: StepResult[]; brokenOff: string[] }> {
    const brokenOff: string[] = [];
    const results: StepResult[] = [];
    for (;;) {
        const attempt = new AbortController();
        const context = pair.switchover({}, AbortSignal.any([pair.signal, attempt.signal]));
        const steps = plan(context, await pair.position());
        let timer: NodeJS.Timeout | undefined;
        try {
            await runSteps(
                steps,
                {
                    started: ({ id }) => {
                        if (!brokenOff.includes(id)) {
                            brokenOff.push(id);
                            timer = setTimeout(() => {
                                attempt.abort(new Error(`broken off in ${id}`));
                            }, BREAK_OFF_MS);
                        }
                    },
                    ended: (result) => {
                        clearTimeout(timer);
                        if (result.outcome === "done") {
                            results.push(result);
                        }
                    },
                },
                attempt.signal,
            );
            return { results, brokenOff };
        } catch (error) {
            if (!attempt.signal.aborted) {
                throw error;
            }
        } finally {
            clearTimeout(timer);
        }
    }
}

/** Runs a command to its end. */
export async function runThrough(
    context: Switchover,
    steps: readonly Step[],
): Promise<StepResult[]> {
    return runSteps(steps, { started: () => undefined, ended: () => undefined }, context.signal);
}
