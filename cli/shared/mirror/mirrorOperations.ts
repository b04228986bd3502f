import type { UnexpectedMirroring } from "../../../config/mirroredTopics";
import type { ConnectorOffsets, ConnectState } from "../../../kafka/connectRest";
import type { MirroredOffset } from "../../../strimzi/builders/startPositions";
import type { OffsetRange } from "../../verify/comparisonResult";
import type { GroupsReport } from "../../verify/groups";
import type { VerifyReport } from "../../verify/report";
import type { Ends, MirrorEnd } from "./ends";

/**
 * What can be asked of a mirror and done to it: by a process that reaches brokers and Kafka Connect,
 * or through a Job that does. Every answer is plain JSON.
 */
export interface MirrorOperations {
    /** Why the cluster at an end does not respond; undefined when it does. */
    unreachable(end: MirrorEnd): Promise<string | undefined>;
    connectors(): Promise<readonly ConnectorReport[]>;
    /**
     * Stops both connectors and waits until they have stopped. Uses neither cluster.
     * @throws when they have not stopped after `seconds`; the request to stop remains
     */
    stop(seconds: number): Promise<readonly ConnectorReport[]>;
    /** @param readLag Reads the first record of each lag, for its age. */
    progress(readLag: boolean): Promise<readonly PartitionProgress[]>;
    /** What Kafka Connect has noted as mirrored; works without the cluster at `from`. */
    mirroredOffsets(): Promise<readonly MirroredOffset[]>;
    ends(end: MirrorEnd): Promise<readonly TopicEnds[]>;
    /** Where the groups of `from` would resume at `to`. */
    groups(): Promise<GroupsReport>;
    verify(request: VerifyRequest): Promise<VerifyReport>;
    /**
     * What the cluster at `to` already holds of the mirrored topics and groups, one line for each;
     * empty when it is clean.
     */
    existingData(): Promise<readonly string[]>;
    /** Records at `from`, which is back, that the cluster at `to` lacked at the recovery point. */
    loss(recoveryPoint: RecoveryPoint): Promise<readonly PartitionLoss[]>;
    /** Age of the newest translated group offset, in seconds; undefined without one. */
    checkpointSeconds(): Promise<number | undefined>;
    /** What the settings and both clusters hold against the mirror of some topics or records. */
    warnings(): Promise<MirrorWarnings>;
    /** Ids of both clusters. */
    clusterIds(): Promise<Ends<string>>;
}

/** The names of all operations, for a command that receives one as an argument. */
export const OPERATIONS = [
    "unreachable",
    "connectors",
    "stop",
    "progress",
    "mirroredOffsets",
    "ends",
    "groups",
    "verify",
    "existingData",
    "loss",
    "checkpointSeconds",
    "warnings",
    "clusterIds",
] as const satisfies readonly (keyof MirrorOperations)[];

export type OperationName = (typeof OPERATIONS)[number];

/** A connector as Kafka Connect reports it, without workers and stack traces. */
export interface ConnectorReport {
    readonly name: string;
    /** `ABSENT` when Connect knows no such connector. */
    readonly state: ConnectState | "ABSENT";
    readonly tasks: readonly { readonly id: number; readonly state: ConnectState }[];
}

/** What can be known of topics and records that are not mirrored, before any is lost. */
export interface MirrorWarnings {
    /** Topics that MM2 leaves out or renames although the settings suggest otherwise. */
    readonly unexpectedMirrorings: readonly UnexpectedMirroring[];
}

/** Where the logs of one topic end, by partition. */
export interface TopicEnds {
    readonly topic: string;
    readonly endOffsets: readonly number[];
}

/** The logs of one topic, by partition. */
export interface TopicLogs extends TopicEnds {
    readonly firstOffsets: readonly number[];
}

/** How far the mirror is with one partition; all offsets are those of the log at `from`. */
export interface PartitionProgress {
    readonly topic: string;
    readonly partition: number;
    /** First offset that the log still has. */
    readonly firstOffset: number;
    /** The offset after the last committed record. */
    readonly endOffset: number;
    /**
     * Offset of the last record that Kafka Connect has noted as mirrored; undefined before the
     * first. It is at most `offset.flush.interval.ms` old while the mirror runs, and exact after an
     * orderly stop.
     */
    readonly mirroredOffset?: number;
    /** Offsets from there to the end. Transactions leave offsets without a record. */
    readonly lag: number;
    /** 0 when these offsets hold no record; absent otherwise, or when they were not read. */
    readonly lagRecords?: 0;
    /** Age of the first record among them, in seconds, if it was read. */
    readonly lagSeconds?: number;
    /** Offsets that were deleted before they were mirrored: the mirror cannot copy them any more. */
    readonly deletedUnmirrored: number;
}

export interface VerifyRequest {
    /** The fraction of partitions to read, from 0 to 1; all by default. */
    readonly sample?: number;
    /** Reads only records from this time on, in milliseconds since 1970. */
    readonly since?: number;
    /** Most records of a topic that are not mirrored yet; no limit by default. */
    readonly maxLag?: number;
}

/** Where both logs stood when the target took over, as an unplanned failover records it. */
export interface RecoveryPoint {
    /** ISO 8601. */
    readonly at: string;
    /** Where the target's logs ended before applications wrote to them. */
    readonly targetEnds: readonly TopicEnds[];
    /** What Kafka Connect had noted as mirrored; absent when it did not answer. */
    readonly mirrored?: readonly MirroredOffset[];
    /** Where the source's logs ended; absent when it did not answer. */
    readonly sourceEnds?: readonly TopicEnds[];
}

/** Records of one partition of the source that the target did not have at the recovery point. */
export interface PartitionLoss {
    readonly topic: string;
    readonly partition: number;
    readonly records: number;
    /** Offsets of the source; the first ranges, there may be more. */
    readonly ranges: readonly OffsetRange[];
}

/**
 * The offsets that Kafka Connect keeps of a MirrorSourceConnector (KIP-875).
 *
 * @param alias Of the cluster at `from`; entries of other clusters are left out.
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

/** How far a mirror is, from the logs at `from` and from what Kafka Connect has noted. */
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
            const next = mirroredOffset === undefined ? 0 : mirroredOffset + 1;
            // A log that ends before the mirrored offset was recreated.
            const isRecreated = next > endOffset;
            const start = isRecreated ? firstOffset : Math.max(next, firstOffset);
            return {
                topic,
                partition,
                firstOffset,
                endOffset,
                ...(mirroredOffset !== undefined && { mirroredOffset }),
                lag: endOffset - start,
                // A mirror without a first offset begins with what the log has: nothing was missed.
                deletedUnmirrored:
                    mirroredOffset === undefined || isRecreated
                        ? 0
                        : Math.max(0, firstOffset - next),
            };
        }),
    );
}

/** The lag of all partitions together, in offsets; offsets that hold no record do not count. */
export function lagOf(progress: readonly PartitionProgress[]): number {
    return progress.reduce((sum, { lag, lagRecords }) => sum + (lagRecords ?? lag), 0);
}
