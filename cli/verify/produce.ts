import type { KafkaConnection } from "../../kafka/connection";
import { KafkaClient } from "../../kafka/kafkaClient";
import { LogEndOffsetsTimeoutError, waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { CommandError } from "../shared/commandError";
import type { Ends } from "../shared/mirror/ends";

/** Records that were produced to `from`, and where both logs ended when they had arrived at `to`. */
export interface ProduceReport {
    readonly topic: string;
    readonly records: number;
    /** Bytes of each value. */
    readonly size: number;
    readonly producedSeconds: number;
    readonly mirroredSeconds: number;
    /** By partition. */
    readonly logEndOffsets: Ends<readonly number[]>;
    /** Whether the logs of `to` reached the log-end offsets of `from` in time. */
    readonly arrived: boolean;
}

/**
 * Produces records to a topic of `from` and waits until the logs of `to` end where those of `from` do.
 * @throws {CommandError} `badInput` when there is no such topic
 */
export async function produceAndWait(
    connections: Ends<KafkaConnection>,
    options: {
        readonly topics: Ends<string>;
        readonly records: number;
        /** Bytes of each value. */
        readonly size: number;
        readonly waitSeconds: number;
        readonly signal: AbortSignal;
        readonly onProgress: (text: string) => void;
    },
): Promise<ProduceReport> {
    const { topics, records, size, signal, onProgress } = options;
    const from = new KafkaClient(connections.from);
    const to = new KafkaClient(connections.to);
    try {
        if (!(await from.topics()).includes(topics.from)) {
            throw new CommandError(
                "UnknownName",
                `the source has no topic ${topics.from}`,
                "--produce needs an existing topic.",
            );
        }
        const started = performance.now();
        const seconds = () => (performance.now() - started) / 1000;
        await from.produceRecords({
            topic: topics.from,
            count: records,
            size,
            signal,
            onProgress: (acknowledged) => {
                onProgress(`${Math.floor((100 * acknowledged) / records)} % written to the source`);
            },
        });
        const producedSeconds = seconds();
        const expected = await from.logEndOffsets(topics.from);
        const latest: { offsets: readonly number[] } = { offsets: [] };
        const arrived = await waitForLogEndOffsets(to, topics.to, expected, {
            timeoutMs: options.waitSeconds * 1000,
            signal,
            onProgress: (offsets) => {
                latest.offsets = offsets;
                onProgress(`waiting for the target: log-end offsets ${offsets.join(", ")}`);
            },
        }).then(
            () => true,
            (error: unknown) => {
                if (error instanceof LogEndOffsetsTimeoutError) {
                    return false;
                }
                throw error;
            },
        );
        return {
            topic: topics.from,
            records,
            size,
            producedSeconds,
            mirroredSeconds: seconds(),
            logEndOffsets: { from: expected, to: latest.offsets },
            arrived,
        };
    } finally {
        await Promise.all([from.close(), to.close()]);
    }
}
