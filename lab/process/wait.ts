import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait for something, and what ends the wait early. */
export interface WaitOptions {
    /** Milliseconds until the wait fails. */
    readonly timeoutMs: number;
    /** Milliseconds between two looks; 50 by default. */
    readonly intervalMs?: number;
    /** Aborting it ends the wait at once with the signal's reason. */
    readonly signal?: AbortSignal;
}

/**
 * Calls `probe` until it returns something other than `undefined` and returns that. An error of
 * the probe counts as "not yet"; the last one is quoted when time runs out.
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
            throw new Error(`${what}: not so after ${timeoutMs / 1000} s${because}`, {
                cause: lastError,
            });
        }
        await sleep(intervalMs, undefined, { signal }).catch(() => {
            signal?.throwIfAborted();
        });
    }
}
