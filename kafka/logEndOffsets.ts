import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaClient } from "./kafkaClient";

/** The log-end offsets of a topic were not as expected in time. */
export class LogEndOffsetsTimeoutError extends Error {
    override readonly name = "LogEndOffsetsTimeoutError";
}

/**
 * Waits until a topic has at least the given log-end offsets, and returns them.
 * @param options `intervalMs` is 100 by default; `onProgress` gets the offsets of each request.
 * @throws {LogEndOffsetsTimeoutError} when they are lower after `timeoutMs`
 */
export async function waitForLogEndOffsets(
    client: KafkaClient,
    topic: string,
    expected: readonly number[],
    options: {
        readonly timeoutMs: number;
        readonly intervalMs?: number;
        readonly signal?: AbortSignal;
        readonly onProgress?: (offsets: readonly number[]) => void;
    },
): Promise<number[]> {
    const deadline = performance.now() + options.timeoutMs;
    for (;;) {
        options.signal?.throwIfAborted();
        const exists = (await client.topics()).includes(topic);
        const offsets = exists ? await client.logEndOffsets(topic) : [];
        options.onProgress?.(offsets);
        if (
            offsets.length === expected.length &&
            offsets.every((offset, partition) => offset >= (expected[partition] ?? 0))
        ) {
            return offsets;
        }
        if (performance.now() > deadline) {
            throw new LogEndOffsetsTimeoutError(
                `${topic} has log-end offsets ${offsets.join(", ") || "(no such topic)"}, ` +
                    `not ${expected.join(", ")}, after ${options.timeoutMs / 1000} s`,
            );
        }
        await sleep(options.intervalMs ?? 100, undefined, { signal: options.signal });
    }
}
