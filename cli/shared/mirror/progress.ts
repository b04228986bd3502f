import type { ConnectorOffsets } from "../../../kafka/connectRest";
import type { Looked } from "../../../kafka/askLeaders";
import type { ClusterLook, PartitionLog } from "../../../kafka/logLook";
import type { MirroredOffset } from "../../../strimzi/builders/startPositions";
import { duration, number } from "../output";
import { type Contradiction, notedContradictions } from "./identity";

/** How far a mirror is, partition by partition. */
export interface MirrorProgress {
    /** Id of the cluster at `from`. */
    readonly clusterId: string;
    readonly partitions: readonly PartitionProgress[];
    /** Partitions that could not be looked at: nothing else is known of them. */
    readonly unknown: readonly UnknownPartition[];
    /**
     * Why what Kafka Connect noted cannot be of these logs. The numbers of such a partition compare
     * logs that have nothing to do with each other.
     */
    readonly contradictions: readonly Contradiction[];
    /** Partitions whose records wait behind an open transaction. */
    readonly held: readonly HeldPartition[];
}

/** How far the mirror is with one partition; all offsets are those of the log at `from`. */
export interface PartitionProgress {
    readonly topic: string;
    readonly partition: number;
    /** First offset that the log still has. */
    readonly firstOffset: number;
    /** The offset after the last replicated record, records of open transactions included. */
    readonly endOffset: number;
    /** Where the first open transaction begins; `endOffset` without one. The mirror stops there. */
    readonly stableOffset: number;
    /**
     * Offset of the last record that Kafka Connect has noted as mirrored; undefined before the
     * first. It is at most `offset.flush.interval.ms` old while the mirror runs, and exact after an
     * orderly stop.
     */
    readonly mirroredOffset?: number;
    /** Offsets from there to `endOffset`. Transactions leave offsets without a record. */
    readonly lag: number;
    /** 0 when these offsets hold no record; absent otherwise, or when they were not read. */
    readonly lagRecords?: 0;
    /** The age of the record that waits longest, as far as it can be proven. */
    readonly lagSeconds?: AgeBounds;
    /**
     * The age of that record by the clock that stamped it, which is the producer's unless the topic
     * has `LogAppendTime`: a claim, and below 0 for a record from the future.
     */
    readonly stampedSeconds?: number;
    /** Offsets that were deleted before they were mirrored: the mirror cannot copy them any more. */
    readonly deletedUnmirrored: number;
}

/** Limits of an age in seconds; one that cannot be proven is absent. */
export interface AgeBounds {
    readonly atLeast?: number;
    readonly atMost?: number;
}

/** A partition that could not be looked at. */
export interface UnknownPartition {
    readonly topic: string;
    /** Absent when it is not even known which partitions the topic has. */
    readonly partition?: number;
    /** The reason. */
    readonly unknown: string;
}

/** A partition whose records wait until a transaction ends. */
export interface HeldPartition {
    readonly topic: string;
    readonly partition: number;
    /** Offsets from the beginning of the transaction to the end of the log. */
    readonly offsets: number;
    readonly transactions: Looked<readonly OpenTransaction[]>;
}

/** A transaction without an end. */
export interface OpenTransaction {
    readonly producerId: number;
    /** What its coordinator knows of it; null when none has it open: it hangs, and never ends by itself. */
    readonly coordinator: Looked<{
        readonly transactionalId: string;
        /** Such as `Ongoing`. */
        readonly state: string;
        /** Seconds since it began, by the clock of its coordinator. */
        readonly seconds: number;
        /** After so many seconds its coordinator aborts it (`transaction.timeout.ms`). */
        readonly timeoutSeconds: number;
    } | null>;
}

/** Whether it has been open for longer than so many seconds, or never ends by itself. */
export function isOpenLonger({ coordinator }: OpenTransaction, seconds: number): boolean {
    return (
        "known" in coordinator &&
        (coordinator.known === null || coordinator.known.seconds > seconds)
    );
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
export function progressOf(look: ClusterLook, mirrored: readonly MirroredOffset[]): MirrorProgress {
    const noted = new Map(
        mirrored.map((entry) => [`${entry.topic}:${entry.partition}`, entry.offset]),
    );
    const partitions: PartitionProgress[] = [];
    for (const { name, partitions: logs } of look.topics) {
        for (const [partition, log] of logs.entries()) {
            if ("known" in log) {
                partitions.push(
                    partitionProgress(
                        name,
                        partition,
                        log.known,
                        noted.get(`${name}:${partition}`),
                    ),
                );
            }
        }
    }
    return {
        clusterId: look.clusterId,
        partitions,
        unknown: unknownPartitions(look),
        contradictions: notedContradictions(look, mirrored),
        held: [],
    };
}

function partitionProgress(
    topic: string,
    partition: number,
    { firstOffset, lastStableOffset, highWatermark }: PartitionLog,
    mirroredOffset: number | undefined,
): PartitionProgress {
    const next = mirroredOffset === undefined ? 0 : mirroredOffset + 1;
    // A log that ends before the mirrored offset is not the one that was mirrored.
    const isOther = next > highWatermark;
    const start = isOther ? firstOffset : Math.max(next, firstOffset);
    return {
        topic,
        partition,
        firstOffset,
        endOffset: highWatermark,
        stableOffset: lastStableOffset,
        ...(mirroredOffset !== undefined && { mirroredOffset }),
        lag: highWatermark - start,
        // A mirror without a first offset begins with what the log has: nothing was missed.
        deletedUnmirrored:
            mirroredOffset === undefined || isOther ? 0 : Math.max(0, firstOffset - next),
    };
}

/** The partitions of a look that could not be looked at. */
export function unknownPartitions({ topics }: Pick<ClusterLook, "topics">): UnknownPartition[] {
    return topics.flatMap(({ name, unknown, partitions }): UnknownPartition[] => [
        ...(unknown === undefined ? [] : [{ topic: name, unknown }]),
        ...partitions.flatMap((log, partition) =>
            "unknown" in log ? [{ topic: name, partition, unknown: log.unknown }] : [],
        ),
    ]);
}

/** `orders:0`, or `orders` for a topic whose partitions are not known. */
export function partitionName(at: { readonly topic: string; readonly partition?: number }): string {
    return at.partition === undefined ? at.topic : `${at.topic}:${at.partition}`;
}

/** Unknown partitions with their reasons; the first five. */
export function unknownText(unknown: readonly UnknownPartition[]): string {
    const rest = unknown.length - 5;
    return `${unknown
        .slice(0, 5)
        .map((entry) => `${partitionName(entry)} (${entry.unknown})`)
        .join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** What holds a partition, since when, and what to do about it. */
export function heldText(held: HeldPartition): string {
    const what = `${partitionName(held)}: ${number(held.offsets)} offsets wait behind an open transaction`;
    if ("unknown" in held.transactions) {
        return `${what}, which cannot be described: ${held.transactions.unknown}`;
    }
    const by = held.transactions.known.map(transactionText);
    const remedy = held.transactions.known.some(({ coordinator }) => isHanging(coordinator))
        ? "abort it with kafka-dr transactions --abort"
        : "wait for its transaction.timeout.ms; kafka-dr transactions lists it";
    return `${what}${by.length === 0 ? "" : ` (${by.join("; ")})`}: ${remedy}`;
}

function isHanging(coordinator: OpenTransaction["coordinator"]): boolean {
    return "known" in coordinator && coordinator.known === null;
}

function transactionText({ producerId, coordinator }: OpenTransaction): string {
    const producer = `producer id ${producerId}`;
    if ("unknown" in coordinator) {
        return `${producer}; its coordinator does not tell since when: ${coordinator.unknown}`;
    }
    if (coordinator.known === null) {
        return `${producer}, which hangs: no coordinator has it open`;
    }
    const { transactionalId, state, seconds, timeoutSeconds } = coordinator.known;
    return `${producer}, transactional id ${transactionalId}, ${state}, open for ${duration(seconds)}, its transaction.timeout.ms is ${duration(timeoutSeconds)}`;
}

/** The offset of the next record that the mirror has to copy. */
export function nextOffset({
    endOffset,
    lag,
}: Pick<PartitionProgress, "endOffset" | "lag">): number {
    return endOffset - lag;
}

/** The lag of all partitions together, in offsets; offsets that hold no record do not count. */
export function lagOf(progress: readonly PartitionProgress[]): number {
    return progress.reduce((sum, { lag, lagRecords }) => sum + (lagRecords ?? lag), 0);
}
