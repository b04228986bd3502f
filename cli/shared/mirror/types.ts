import type { ConnectState } from "../../../kafka/connectRest";
import type { MirroredOffset } from "../../../strimzi/builders/startPositions";
import type { OffsetRange } from "../../verify/comparisonResult";
import type { GroupReport, VerifyReport } from "../../verify/report";
import type { Ends, MirrorEnd } from "./ends";

export type { MirroredOffset };

/** A connector as Kafka Connect reports it, without workers and stack traces. */
export interface ConnectorReport {
    readonly name: string;
    /** `ABSENT` when Connect knows no such connector. */
    readonly state: ConnectState | "ABSENT";
    readonly tasks: readonly { readonly id: number; readonly state: ConnectState }[];
}

/** How far the mirror is with one partition. */
export interface PartitionProgress {
    readonly topic: string;
    readonly partition: number;
    /** First offset that is still there at the mirrored cluster. */
    readonly firstOffset: number;
    /** The offset after the last committed record there. */
    readonly endOffset: number;
    /**
     * Offset of the last record that Kafka Connect has noted as mirrored; undefined before the
     * first. It is at most `offset.flush.interval.ms` old while the mirror runs, and exact once it
     * has stopped in order.
     */
    readonly mirroredOffset?: number;
    /** Offsets from there to the end. Transactions leave offsets without a record. */
    readonly pending: number;
    /** Records in them, where they were looked at. */
    readonly pendingRecords?: number;
    /** Age of the first of those records, in seconds. */
    readonly pendingSeconds?: number;
    /** Offsets that were deleted before they were mirrored: they will never come. */
    readonly overtaken: number;
}

/** Ends of the logs of one topic, by partition. */
export interface TopicEnds {
    readonly topic: string;
    readonly endOffsets: readonly number[];
}

/** What a cluster that shall be filled by a mirror holds already, in words; nothing when it is clean. */
export type Leftovers = readonly string[];

export interface VerifyRequest {
    /** The part of all partitions to read, from 0 to 1; all by default. */
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
 * What can be asked of one mirror and done to it: by a process that reaches brokers and Kafka
 * Connect, or by one that has a Job do it. Every answer is plain JSON.
 */
export interface MirrorOperations {
    /** Why a cluster does not answer; undefined when it does. */
    unreachable(end: MirrorEnd): Promise<string | undefined>;
    connectors(): Promise<readonly ConnectorReport[]>;
    /**
     * Stops both connectors and waits until they have. Asks neither of the clusters.
     * @throws when they have not after so many seconds; they are told to, all the same
     */
    stop(seconds: number): Promise<readonly ConnectorReport[]>;
    /** @param lookInto Counts records and their age where offsets are pending, which reads them. */
    progress(lookInto: boolean): Promise<readonly PartitionProgress[]>;
    /** What Kafka Connect has noted as mirrored; works without the mirrored cluster. */
    mirroredOffsets(): Promise<readonly MirroredOffset[]>;
    ends(end: MirrorEnd): Promise<readonly TopicEnds[]>;
    groups(): Promise<readonly GroupReport[]>;
    verify(request: VerifyRequest): Promise<VerifyReport>;
    /** What the cluster that is written to holds of the mirrored topics and groups. */
    leftovers(): Promise<Leftovers>;
    /** What the mirrored cluster has, now that it is back, and the other lacked at the recovery point. */
    loss(recoveryPoint: RecoveryPoint): Promise<readonly PartitionLoss[]>;
    /** Age of the newest translated group offset, in seconds; undefined without one. */
    checkpointSeconds(): Promise<number | undefined>;
    /** Ids of both clusters. */
    clusterIds(): Promise<Ends<string>>;
}
