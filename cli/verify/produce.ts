import type { KafkaConnection } from "../../kafka/connection";
import { KafkaClient } from "../../kafka/kafkaClient";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { CommandError } from "../shared/commandError";

/** Records sent to the source, and where both logs ended when they had arrived. */
export interface ProduceReport {
    readonly topic: string;
    readonly records: number;
    readonly size: number;
    readonly producedSeconds: number;
    readonly mirroredSeconds: number;
    readonly logEndOffsets: {
        readonly source: readonly number[];
        readonly target: readonly number[];
    };
    /** Whether the target's logs reached the ends of the source's in time. */
    readonly arrived: boolean;
}

/**
 * Sends records to a topic of the source and waits until the target's logs end where the source's do.
 * @throws {CommandError} `badInput` when the source has no such topic
 */
export async function produceAndWait(
    connections: { readonly source: KafkaConnection; readonly target: KafkaConnection },
    options: {
        readonly topic: string;
        readonly targetTopic: string;
        readonly records: number;
        /** Bytes of each value. */
        readonly size: number;
        readonly waitSeconds: number;
        readonly signal: AbortSignal;
        readonly onProgress: (text: string) => void;
    },
): Promise<ProduceReport> {
    const { topic, targetTopic, records, size, signal, onProgress } = options;
    const source = new KafkaClient(connections.source);
    const target = new KafkaClient(connections.target);
    try {
        if (!(await source.topics()).includes(topic)) {
            throw new CommandError(
                "badInput",
                `the source has no topic ${topic}`,
                "Records are only produced to a topic that exists.",
            );
        }
        const started = performance.now();
        const seconds = () => (performance.now() - started) / 1000;
        await source.produceRecords({
            topic,
            count: records,
            size,
            signal,
            onProgress: (done) => {
                onProgress(`${Math.floor((100 * done) / records)} % written to the source`);
            },
        });
        const producedSeconds = seconds();
        const expected = await source.logEndOffsets(topic);
        const ends: { last: readonly number[] } = { last: [] };
        const arrived = await waitForLogEndOffsets(target, targetTopic, expected, {
            timeoutMs: options.waitSeconds * 1000,
            signal,
            onProgress: (offsets) => {
                ends.last = offsets;
                onProgress(`waiting for the target: log-end offsets ${offsets.join(", ")}`);
            },
        }).then(
            () => true,
            (error: unknown) => {
                signal.throwIfAborted();
                // Too late is a result; what else went wrong is not.
                if (error instanceof Error && /log-end offsets .* after/.test(error.message)) {
                    return false;
                }
                throw error;
            },
        );
        return {
            topic,
            records,
            size,
            producedSeconds,
            mirroredSeconds: seconds(),
            logEndOffsets: { source: expected, target: ends.last },
            arrived,
        };
    } finally {
        await Promise.all([source.close(), target.close()]);
    }
}
