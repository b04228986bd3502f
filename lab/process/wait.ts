import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait, and what ends the wait early. */
export interface WaitOptions {
    /** Milliseconds until the wait fails. */
    readonly timeoutMs: number;
    /** Milliseconds between two attempts; 50 by default. */
    readonly intervalMs?: number;
    /** Aborting it ends the wait immediately with the signal's reason. */
    readonly signal?: AbortSignal;
}

/**
 * Calls `probe` until it returns something other than `undefined`, and returns that. An error of the
 * probe counts as "not yet"; when time runs out, the last one is part of the message.
 * @param what the state that is waited for, as a clause: `my-cluster-broker-0 answers`
 * @throws when the time is over or the signal aborts
 */
export async function waitFor<T>(
    what: string,
    probe: () => Promise<T | undefined>,
    options: WaitOptions,
): Promise<T> {
    const { timeoutMs, intervalMs = 50, signal } = options;
    const deadline = performance.now() + timeoutMs;
    let lastError: unknown;
    for (;;) {
        signal?.throwIfAborted();
        try {
            const value = await probe();
            if (value !== undefined) {
                return value;
            }
            lastError = undefined;
        } catch (error) {
            lastError = error;
        }
        signal?.throwIfAborted();
        if (performance.now() >= deadline) {
            const because = lastError instanceof Error ? `: ${lastError.message}` : "";
            throw new Error(
                `timed out after ${timeoutMs / 1000} s waiting until ${what}${because}`,
                {
                    cause: lastError,
                },
            );
        }
        await sleep(intervalMs, undefined, { signal }).catch(() => {
            signal?.throwIfAborted();
        });
    }
}

/** Calls `condition` until it returns true; otherwise like {@link waitFor}. */
export async function waitUntil(
    what: string,
    condition: () => boolean | Promise<boolean>,
    options: WaitOptions,
): Promise<void> {
    await waitFor(what, async () => ((await condition()) ? true : undefined), options);
}
