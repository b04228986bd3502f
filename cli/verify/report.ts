import type { UnexpectedMirroring } from "../../config/mirroredTopics";
import type { SiteName } from "../../config/settingsSchema";
import type { Ends } from "../shared/mirror/ends";
import type { ComparisonResult, FoundRecords } from "./comparisonResult";
import type { GroupReport } from "./groups";
import type { GroupLeftOut } from "./groupsLeftOut";
import type { ConfigDifference } from "./snapshot";

/**
 * Everything that one comparison of two clusters found; `--json` prints it. `from` is the cluster that
 * the mirror copies, `to` the one that it writes to.
 */
export interface VerifyReport extends Ends<ClusterReport> {
    /** Whether nothing fails and everything was compared. */
    readonly isOk: boolean;
    readonly failures: readonly Failure[];
    /** Partitions that could not be compared. */
    readonly unknown: readonly UncomparedPartition[];
    /** When both clusters were asked where their logs end, ISO 8601: later records are not compared. */
    readonly snapshotAt: string;
    readonly seconds: number;
    /** Of both clusters together. */
    readonly recordsRead: number;
    /** How many partitions were read, unless all were. */
    readonly sample?: { readonly fraction: number; readonly read: number; readonly of: number };
    /** Records older than this were not read, ISO 8601. */
    readonly since?: string;
    readonly topics: readonly TopicReport[];
    readonly groups: readonly GroupReport[];
    /** Topics that MirrorMaker 2 leaves out or renames although the settings suggest otherwise. */
    readonly unexpectedMirrorings: readonly UnexpectedMirroring[];
    /** Groups of `from` of which nothing is carried over. */
    readonly groupsLeftOut: readonly GroupLeftOut[];
    readonly notes: readonly string[];
}

export interface ClusterReport {
    readonly site: SiteName;
    readonly clusterId: string;
    readonly bootstrapServers: string;
}

/** What makes the comparison fail. */
export interface Failure {
    readonly kind:
        | "absent-topic"
        | "fewer-partitions"
        | "missing"
        | "unexpected"
        | "out-of-order"
        | "duplicate"
        | "lag"
        | "group-out-of-range"
        | "group-late"
        | "group-unprotected"
        | "group-left-out";
    /** `topic`, `topic:partition`, or `group topic:partition`. */
    readonly where: string;
    readonly records: number;
    readonly message: string;
}

/** A partition of which nothing is known: it could not be looked at, or not be read. */
export interface UncomparedPartition {
    readonly topic: string;
    readonly partition: number;
    readonly reason: string;
}

/** One topic at both ends. */
export interface TopicReport {
    /** Its name at `from`. */
    readonly topic: string;
    readonly toTopic: string;
    readonly fromPartitions: number;
    /** 0: there is no such topic at `to`. */
    readonly toPartitions: number;
    readonly partitions: readonly PartitionReport[];
    /** Partitions that `sample` left out. */
    readonly notSampled: readonly number[];
    readonly configDifferences: readonly ConfigDifference[];
    readonly notes: readonly string[];
}

/** How the logs of one partition differ; `ComparisonResult` explains each kind. */
export interface PartitionReport
    extends
        Ends<ComparedLog>,
        Pick<
            ComparisonResult,
            | "matched"
            | "missing"
            | "duplicate"
            | "unexpected"
            | "outOfOrder"
            | "unverifiable"
            | "firstMatch"
        > {
    readonly partition: number;
    /**
     * Offsets at `from` behind a transaction that is open: records that were acknowledged, but may not be
     * read, mirrored or compared before it ends.
     */
    readonly heldBack: number;
    readonly lag: FoundRecords & {
        /** Age of the first record that is not mirrored yet. */
        readonly seconds?: number;
    };
}

/** The part of a log that was compared. */
export interface ComparedLog {
    readonly firstOffset: number;
    /** The offset after the last record. */
    readonly endOffset: number;
    /** Records read; transactions leave offsets without a record. */
    readonly records: number;
    /** Whether records before `firstOffset` were deleted. */
    readonly isTrimmed: boolean;
}

/** Counts of one topic, in records, `heldBack` in offsets; `lagSeconds` is the largest of its partitions. */
export type TopicTotals = Readonly<
    Record<
        | "from"
        | "to"
        | "matched"
        | "missing"
        | "lag"
        | "heldBack"
        | "lagSeconds"
        | "duplicate"
        | "unexpected"
        | "outOfOrder"
        | "unverifiable",
        number
    >
>;

/** Sums up the partitions of a topic. */
export function topicTotals({ partitions }: TopicReport): TopicTotals {
    const sum = (count: (partition: PartitionReport) => number) =>
        partitions.reduce((total, partition) => total + count(partition), 0);
    return {
        from: sum(({ from }) => from.records),
        to: sum(({ to }) => to.records),
        matched: sum(({ matched }) => matched),
        missing: sum(({ missing }) => missing.records),
        lag: sum(({ lag }) => lag.records),
        heldBack: sum(({ heldBack }) => heldBack),
        lagSeconds: Math.max(0, ...partitions.map(({ lag }) => lag.seconds ?? 0)),
        duplicate: sum(({ duplicate }) => duplicate.records),
        unexpected: sum(({ unexpected }) => unexpected.records),
        outOfOrder: sum(({ outOfOrder }) => outOfOrder.records),
        unverifiable: sum(({ unverifiable: { from, to } }) => from.records + to.records),
    };
}
