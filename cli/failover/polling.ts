import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../shared/commandError";
import type { Switchover } from "./deployment";
import { CheckFailed } from "./step";

export interface Polling {
    /** How long to go on. */
    readonly seconds: number;
    readonly pollMs: number;
}

/** Done with a sentence, or not yet for a reason. */
export type Look = { readonly done: string } | { readonly waitingFor: string };

/**
 * Looks until it is done. What does not answer is asked again: workers roll, brokers restart, and a
 * failover is made when things go wrong.
 * @throws {CheckFailed} with the last reason, when time is over; at once when `look` throws one
 */
export async function poll(
    context: Pick<Switchover, "signal" | "progress">,
    { seconds, pollMs }: Polling,
    look: () => Promise<Look>,
): Promise<string> {
    const { signal } = context;
    const deadline = performance.now() + seconds * 1000;
    let reason = "";
    for (;;) {
        signal.throwIfAborted();
        try {
            const seen = await look();
            if ("done" in seen) {
                return seen.done;
            }
            reason = seen.waitingFor;
        } catch (error) {
            if (error instanceof CheckFailed || error instanceof CommandError) {
                throw error;
            }
            signal.throwIfAborted();
            reason = `no answer: ${error instanceof Error ? error.message : String(error)}`;
        }
        context.progress(reason);
        if (performance.now() > deadline) {
            throw new CheckFailed(`after ${seconds} s: ${reason}`);
        }
        await sleep(pollMs, undefined, { signal });
    }
}
