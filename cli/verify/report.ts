import type { Finding } from "./comparisonResult";
import type { ConfigDifference } from "./configDifferences";
import type { GroupPartitionReport } from "./groupVerdict";

/** What of a log was compared. */
export interface ComparedLog {
    readonly firstOffset: number;
    /** The offset after the last record. */
    readonly endOffset: number;
    /** Records read; transactions leave offsets without one. */
    readonly records: number;
    /** Whether records were deleted before `firstOffset`. */
    readonly isTrimmed: boolean;
}

/** How the logs of one partition differ; see `ComparisonResult` for each kind. */
export interface PartitionReport {
    readonly partition: number;
    readonly source: ComparedLog;
    readonly target: ComparedLog;
    readonly matched: number;
    readonly missing: Finding;
    readonly pending: Finding & {
        /** Age of the first record that is not mirrored, in seconds. */
        readonly seconds?: number;
    };
    readonly duplicate: Finding;
    readonly alien: Finding;
    readonly reordered: Finding;
    readonly unverifiable: { readonly source: Finding; readonly target: Finding };
    readonly firstMatch?: { readonly sourceOffset: number; readonly targetOffset: number };
}

/** One topic at both sites. */
export interface TopicReport {
    readonly topic: string;
    readonly targetTopic: string;
    readonly sourcePartitions: number;
    /** 0: the target has no such topic. */
    readonly targetPartitions: number;
    readonly partitions: readonly PartitionReport[];
    /** Partitions that `sample` left out. */
    readonly notSampled: readonly number[];
    readonly configDifferences: readonly ConfigDifference[];
    readonly notes: readonly string[];
}

/** One group that has a position in a topic that was looked at. */
export interface GroupReport {
    readonly group: string;
    /** States of the group at both sites; absent at the target when there is no such group. */
    readonly sourceState: string;
    readonly targetState?: string;
    readonly partitions: readonly GroupPartitionReport[];
}

/** A result that means that the target is not what it must be. */
export interface Failure {
    readonly kind:
        | "absent-topic"
        | "fewer-partitions"
        | "missing"
        | "alien"
        | "reordered"
        | "duplicate"
        | "pending"
        | "group-out-of-range"
        | "group-late";
    /** `topic`, `topic:partition`, or `group topic:partition`. */
    readonly where: string;
    readonly records: number;
    readonly message: string;
}

/** Everything that one comparison of two clusters found. */
export interface VerifyReport {
    readonly isOk: boolean;
    readonly failures: readonly Failure[];
    readonly source: ClusterReport;
    readonly target: ClusterReport;
    /** When the ends of the logs were asked for, ISO 8601: what came later is not compared. */
    readonly cutAt: string;
    readonly seconds: number;
    /** Read from both sides together. */
    readonly recordsRead: number;
    /** The part of all partitions that was read, when not all. */
    readonly sample?: { readonly fraction: number; readonly read: number; readonly of: number };
    /** Records older than this were not read, ISO 8601. */
    readonly since?: string;
    readonly topics: readonly TopicReport[];
    readonly groups: readonly GroupReport[];
    readonly notes: readonly string[];
}

export interface ClusterReport {
    readonly clusterId: string;
    readonly bootstrapServers: string;
}

/** Sums of one topic. */
export type TopicTotals = Readonly<
    Record<
        | "source"
        | "target"
        | "matched"
        | "missing"
        | "pending"
        | "pendingSeconds"
        | "duplicate"
        | "alien"
        | "reordered"
        | "unverifiable",
        number
    >
>;

/** The counts of all partitions of a topic together. */
export function topicTotals({ partitions }: TopicReport): TopicTotals {
    const sum = (count: (partition: PartitionReport) => number) =>
        partitions.reduce((total, partition) => total + count(partition), 0);
    return {
        source: sum(({ source }) => source.records),
        target: sum(({ target }) => target.records),
        matched: sum(({ matched }) => matched),
        missing: sum(({ missing }) => missing.records),
        pending: sum(({ pending }) => pending.records),
        duplicate: sum(({ duplicate }) => duplicate.records),
        alien: sum(({ alien }) => alien.records),
        reordered: sum(({ reordered }) => reordered.records),
        unverifiable: sum(
            ({ unverifiable }) => unverifiable.source.records + unverifiable.target.records,
        ),
        pendingSeconds: Math.max(0, ...partitions.map(({ pending }) => pending.seconds ?? 0)),
    };
}
