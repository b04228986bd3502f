import type { SiteName } from "../../config/settingsSchema";
import type { Ends } from "../shared/mirror/ends";
import type { ComparisonResult, LogBounds } from "./comparisonResult";
import type { PartitionReport, TopicReport, UncomparedPartition } from "./report";
import type { TopicSnapshot } from "./snapshot";

/** What a comparison of all partitions found. */
export interface Compared {
    /** By `topic:partition`. */
    readonly results: ReadonlyMap<string, ComparisonResult>;
    readonly notSampled: ReadonlySet<string>;
    readonly unknown: readonly UncomparedPartition[];
    readonly recordsRead: number;
}

/** The key of a partition. */
export const keyOf = (topic: string, partition: number): string => `${topic}:${partition}`;

/** The log of a partition that an end does not have. */
export const EMPTY_LOG: LogBounds = {
    firstOffset: 0,
    endOffset: 0,
    isTrimmed: false,
    isCompacted: false,
};

/** The partitions that the topic has at either end. */
export function partitionsOf({ from, to }: TopicSnapshot["logs"]): number[] {
    return Array.from({ length: Math.max(from.length, to.length) }, (_unused, i) => i);
}

/** The report on one topic. */
export function topicReport(
    { topics, logs, isRestamped, isWithoutTimestamps, configDifferences }: TopicSnapshot,
    { results, notSampled }: Compared,
    at: Date,
    sites: Ends<SiteName>,
): TopicReport {
    const topic = topics.from;
    const partitions = partitionsOf(logs);
    const reports = partitions.flatMap((partition) => {
        const result = results.get(keyOf(topic, partition));
        return result === undefined ? [] : [partitionReport(partition, result, logs, at)];
    });
    return {
        topic,
        toTopic: topics.to,
        fromPartitions: logs.from.length,
        toPartitions: logs.to.length,
        partitions: reports,
        notSampled: partitions.filter((partition) => notSampled.has(keyOf(topic, partition))),
        configDifferences,
        notes: [
            ...(isRestamped
                ? [
                      `timestamps were not compared: the brokers of the ${sites.to} replace them (message.timestamp.type=LogAppendTime)`,
                  ]
                : []),
            ...(isWithoutTimestamps
                ? [
                      `timestamps were not compared: the ${sites.from} stores records of this topic without them (message.format.version before 0.10)`,
                  ]
                : []),
            ...reports.flatMap((report) => neverArrivedNote(report, sites)),
        ],
    };
}

function partitionReport(
    partition: number,
    result: ComparisonResult,
    logs: TopicSnapshot["logs"],
    at: Date,
): PartitionReport {
    const { matched, missing, duplicate, unexpected, outOfOrder, unverifiable } = result;
    const { firstTimestamp, ...lag } = result.lag;
    const log = (bounds: LogBounds | undefined, records: number) => {
        const { firstOffset, endOffset, isTrimmed } = bounds ?? EMPTY_LOG;
        return { firstOffset, endOffset, records, isTrimmed };
    };
    return {
        partition,
        from: log(logs.from[partition], result.fromRecords),
        to: log(logs.to[partition], result.toRecords),
        matched,
        missing,
        lag: {
            ...lag,
            ...(firstTimestamp !== undefined && {
                seconds: Math.max(0, (at.getTime() - firstTimestamp) / 1000),
            }),
        },
        duplicate,
        unexpected,
        outOfOrder,
        unverifiable,
        heldBack: logs.from[partition]?.heldBack ?? 0,
        ...(result.firstMatch && { firstMatch: result.firstMatch }),
    };
}

/** Records that retention deleted before they were mirrored leave no other trace. */
function neverArrivedNote(
    { partition, from, firstMatch }: PartitionReport,
    sites: Ends<SiteName>,
): string[] {
    const shift = firstMatch ? firstMatch.fromOffset - firstMatch.toOffset : 0;
    return from.isTrimmed && shift > 0
        ? [
              `partition ${partition}: ${shift} offsets of the ${sites.from} before ${from.firstOffset} never arrived at the ${sites.to}: transaction markers, records older than the mirror, or records that retention deleted first`,
          ]
        : [];
}
