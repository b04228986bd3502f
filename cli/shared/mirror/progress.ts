import type { ConnectorOffsets } from "../../../kafka/connectRest";
import type { MirroredOffset, PartitionProgress } from "./types";

/** Logs of a topic at the mirrored cluster, by partition. */
export interface TopicLogs {
    readonly topic: string;
    readonly firstOffsets: readonly number[];
    readonly endOffsets: readonly number[];
}

/**
 * The offsets that Kafka Connect keeps of a MirrorSourceConnector (KIP-875).
 *
 * @param alias Of the mirrored cluster; entries of another one are left out.
 */
export function mirroredOffsetsOf({ offsets }: ConnectorOffsets, alias: string): MirroredOffset[] {
    return offsets
        .flatMap(({ partition, offset }) => {
            const { cluster, topic, partition: index } = partition;
            const value = offset?.offset;
            return cluster === alias &&
                typeof topic === "string" &&
                typeof index === "number" &&
                typeof value === "number"
                ? [{ topic, partition: index, offset: value }]
                : [];
        })
        .sort(
            (one, other) => one.topic.localeCompare(other.topic) || one.partition - other.partition,
        );
}

/** How far a mirror is, from the ends of the logs and from what it has noted. */
export function progressOf(
    logs: readonly TopicLogs[],
    mirrored: readonly MirroredOffset[],
): PartitionProgress[] {
    const noted = new Map(
        mirrored.map((entry) => [`${entry.topic}:${entry.partition}`, entry.offset]),
    );
    return logs.flatMap(({ topic, firstOffsets, endOffsets }) =>
        endOffsets.map((endOffset, partition): PartitionProgress => {
            const firstOffset = firstOffsets[partition] ?? 0;
            const mirroredOffset = noted.get(`${topic}:${partition}`);
            // A log that is shorter than what was mirrored is another log.
            const next = mirroredOffset === undefined ? 0 : mirroredOffset + 1;
            const isRecreated = next > endOffset;
            const start = isRecreated ? firstOffset : Math.max(next, firstOffset);
            return {
                topic,
                partition,
                firstOffset,
                endOffset,
                ...(mirroredOffset !== undefined && { mirroredOffset }),
                pending: endOffset - start,
                // Before its first offset a mirror begins with what is there: nothing was overtaken.
                overtaken:
                    mirroredOffset === undefined || isRecreated
                        ? 0
                        : Math.max(0, firstOffset - next),
            };
        }),
    );
}

/** Sums over all partitions; records where they were counted, otherwise offsets. */
export function pendingOf(progress: readonly PartitionProgress[]): number {
    return progress.reduce(
        (sum, { pending, pendingRecords }) => sum + (pendingRecords ?? pending),
        0,
    );
}
