import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../cli/commandError";
import { CheckFailed } from "./step";

export interface Polling {
    readonly signal: AbortSignal;
    /** How long to go on. */
    readonly seconds: number;
    readonly pollMs: number;
    /** Told what is still waited for. */
    readonly progress: (text: string) => void;
}

/** Done with a sentence, or not yet for a reason. */
export type Look = { readonly done: string } | { readonly waitingFor: string };

/**
 * Looks until it is done. What does not answer is asked again: workers roll, brokers restart, and a
 * failover is made when things go wrong.
 * @throws {CheckFailed} with the last reason, when time is over; at once when `look` throws one
 */
export async function poll(
    { signal, seconds, pollMs, progress }: Polling,
    look: () => Promise<Look>,
): Promise<string> {
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
        progress(reason);
        if (performance.now() > deadline) {
            throw new CheckFailed(`after ${seconds} s: ${reason}`);
        }
        await sleep(pollMs, undefined, { signal });
    }
}
