import { CommandError } from "../shared/commandError";

/** One step of a failover or failback, as a plan prints it and a run carries it out. */
export interface Step {
    readonly id: string;
    readonly does: string;
    /** What must be so before it. */
    readonly precondition: string;
    /** What proves that it was done. */
    readonly check: string;
    /** How to get back from there, when the step or its check fails. */
    readonly back: string;
    /**
     * Carries it out and checks it; once more does no harm. Returns what was seen, in a sentence.
     * @throws {CheckFailed} when the precondition or the check does not hold
     */
    run(): Promise<string>;
}

/** A step that was carried out, or that failed. */
export interface StepResult {
    readonly id: string;
    readonly seconds: number;
    readonly outcome: "done" | "failed";
    readonly detail: string;
}

/** A check that did not hold: nothing further is done. */
export class CheckFailed extends Error {
    override readonly name = "CheckFailed";
}

/** What becomes known of a run while it goes on. */
export interface StepObserver {
    started(step: Step, index: number, of: number): void;
    ended(result: StepResult): void;
}

/**
 * Carries out the steps one after the other. Ends with the first that fails: what it changed stays,
 * and the same command goes on from there.
 * @throws {CommandError} `checkFailed`, with the way back
 */
export async function runSteps(
    steps: readonly Step[],
    observer: StepObserver,
    signal: AbortSignal,
): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const [index, step] of steps.entries()) {
        signal.throwIfAborted();
        observer.started(step, index, steps.length);
        const started = performance.now();
        const ended = (outcome: StepResult["outcome"], detail: string) => {
            const seconds = (performance.now() - started) / 1000;
            const result = { id: step.id, seconds, outcome, detail };
            results.push(result);
            observer.ended(result);
        };
        try {
            ended("done", await step.run());
        } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            ended("failed", reason);
            if (error instanceof CheckFailed) {
                throw new CommandError(
                    "checkFailed",
                    `step ${step.id} failed: ${reason}`,
                    `Nothing further was done. Run the same command again to go on, or go back: ${step.back}`,
                );
            }
            throw error;
        }
    }
    return results;
}

/** A plan for people. */
export function renderPlan(title: string, steps: readonly Step[]): string {
    const lines = steps.flatMap(({ id, does, precondition, check, back }, index) => [
        `${String(index + 1).padStart(2)}. ${id}: ${does}`,
        `      before:  ${precondition}`,
        `      check:   ${check}`,
        `      back:    ${back}`,
    ]);
    return `${[title, "", ...lines].join("\n")}\n`;
}

/** The same for programs. */
export function planOf(steps: readonly Step[]) {
    return steps.map(({ id, does, precondition, check, back }) => ({
        id,
        does,
        precondition,
        check,
        back,
    }));
}
