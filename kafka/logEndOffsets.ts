import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaClient } from "./kafkaClient";

/**
 * Waits until a topic of a cluster has the given log-end offsets, and returns them.
 * @param onProgress is called with the offsets seen at each look
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
        const known = (await client.topics()).includes(topic);
        const offsets = known ? await client.logEndOffsets(topic) : [];
        options.onProgress?.(offsets);
        if (
            offsets.length === expected.length &&
            offsets.every((offset, partition) => offset >= (expected[partition] ?? 0))
        ) {
            return offsets;
        }
        if (performance.now() > deadline) {
            throw new Error(
                `${topic} has log-end offsets ${offsets.join(", ") || "(no such topic)"}, ` +
                    `not ${expected.join(", ")}, after ${options.timeoutMs / 1000} s`,
            );
        }
        await sleep(options.intervalMs ?? 100, undefined, { signal: options.signal });
    }
}
