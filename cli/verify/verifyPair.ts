import type { SiteName } from "../../config/settingsSchema";
import type { ClusterView } from "../../kafka/clusterView";
import type { Ends } from "../shared/mirror/ends";
import { comparePartition, type PartitionPair } from "./comparePartition";
import type { ComparisonResult, LogBounds } from "./comparisonResult";
import { failuresOf, type Limits } from "./failures";
import { committedIn, groupsReport } from "./groups";
import type { GroupPosition } from "./groupVerdict";
import type { PartitionReport, TopicReport, VerifyReport } from "./report";
import { type MirrorScope, samplePartitions } from "./scope";
import { type Snapshot, takeSnapshot, type TopicSnapshot } from "./snapshot";

/** Both ends are one cluster, or the scope has no topic. */
export class NothingToCompareError extends Error {
    override readonly name = "NothingToCompareError";
}

export interface VerifyOptions extends Ends<ClusterView> {
    /** Which site each end is; names for the messages and the report. */
    readonly sites: Ends<SiteName>;
    readonly scope: MirrorScope;
    readonly limits?: Limits;
    /** The fraction of all partitions to read, above 0 and at most 1; all by default. */
    readonly sample?: number;
    /** Reads only records from this time on, in milliseconds since 1970. */
    readonly since?: number;
    readonly signal?: AbortSignal;
    /** How long a request to a broker may take, in milliseconds; 30,000 by default. */
    readonly timeoutMs?: number;
    /** Records read from both clusters, and about how many there are. */
    readonly onProgress?: (read: number, of: number) => void;
}

/**
 * Partitions that are read at the same time: one is compared while the brokers answer for the other.
 * Each further one would cost as much memory, and there is one thread to compare.
 */
const PARTITIONS_AT_ONCE = 2;

/**
 * Compares what two clusters hold: every record, every group's position, the topics' configuration.
 * Reads each log once, up to where it ended at the snapshot, and changes nothing.
 * @throws {NothingToCompareError} when both ends are one cluster, or the scope has no topic
 */
export async function verifyPair(options: VerifyOptions): Promise<VerifyReport> {
    const { from, to, sites, scope, since } = options;
    const started = performance.now();
    const [fromId, toId] = await Promise.all([from.clusterId(), to.clusterId()]);
    if (fromId === toId) {
        throw new NothingToCompareError(
            `source and target are the same Kafka cluster, with the id ${fromId}`,
        );
    }
    const snapshot = await takeSnapshot({ from, to }, scope, since);
    if (snapshot.topics.length === 0) {
        throw new NothingToCompareError(`no topic of the ${sites.from} is in the scope`);
    }
    const compared = await compareAll(options, snapshot);
    const topics = snapshot.topics.map((topic) => topicReport(topic, compared, snapshot.at, sites));
    const { groups, leftOut } = groupsReport(
        snapshot.groups,
        groupPositions(snapshot, compared),
        scope,
        sites,
    );
    const failures = failuresOf(
        { topics, groups, groupsLeftOut: leftOut },
        sites,
        options.limits,
        scope.isNamedGroup,
    );
    const cluster = (end: "from" | "to", clusterId: string) => ({
        site: sites[end],
        clusterId,
        bootstrapServers: options[end].connection.bootstrapServers,
    });
    return {
        isOk: failures.length === 0,
        failures,
        from: cluster("from", fromId),
        to: cluster("to", toId),
        snapshotAt: snapshot.at.toISOString(),
        seconds: (performance.now() - started) / 1000,
        recordsRead: compared.recordsRead,
        ...(options.sample !== undefined && {
            sample: {
                fraction: options.sample,
                read: compared.results.size,
                of: compared.results.size + compared.notSampled.size,
            },
        }),
        ...(since !== undefined && { since: new Date(since).toISOString() }),
        topics,
        groups,
        unexpectedMirrorings: snapshot.unexpectedMirrorings,
        groupsLeftOut: leftOut,
        notes: notesOf(snapshot, sites),
    };
}

function notesOf(
    { configProblem, topicsOnlyAtTo }: Snapshot,
    { from, to }: Ends<SiteName>,
): string[] {
    return [
        ...(configProblem === undefined
            ? []
            : [
                  `topic configurations were not compared, nor compacted topics recognized: ${configProblem}`,
              ]),
        ...(topicsOnlyAtTo.length === 0
            ? []
            : [
                  `topics that only the ${to} has, deleted at the ${from} or created at the ${to}: ${topicsOnlyAtTo.join(", ")}`,
              ]),
    ];
}

interface Compared {
    /** By `topic:partition`. */
    readonly results: ReadonlyMap<string, ComparisonResult>;
    readonly notSampled: ReadonlySet<string>;
    readonly recordsRead: number;
}

const keyOf = (topic: string, partition: number): string => `${topic}:${partition}`;

async function compareAll(options: VerifyOptions, snapshot: Snapshot): Promise<Compared> {
    const { from, to, sample, signal, timeoutMs, onProgress } = options;
    const all = snapshot.topics.flatMap((topic) => partitionPairs(topic, snapshot));
    const { chosen, others } =
        sample === undefined ? { chosen: all, others: [] } : samplePartitions(all, sample);
    const expected = chosen.reduce((sum, pair) => sum + length(pair.from) + length(pair.to), 0);
    const results = new Map<string, ComparisonResult>();
    let recordsRead = 0;
    const queue = [...chosen];
    const failed = new AbortController();
    const work = async () => {
        for (let pair = queue.shift(); pair !== undefined; pair = queue.shift()) {
            const result = await comparePartition({ from, to }, pair, {
                signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
                ...(timeoutMs !== undefined && { timeoutMs }),
                onRecords: (records) => {
                    recordsRead += records;
                    onProgress?.(recordsRead, expected);
                },
            });
            results.set(keyOf(pair.topic, pair.partition), result);
        }
    };
    try {
        await Promise.all(Array.from({ length: PARTITIONS_AT_ONCE }, work));
    } catch (error) {
        failed.abort(error);
        throw error;
    }
    return {
        results,
        notSampled: new Set(others.map(({ topic, partition }) => keyOf(topic, partition))),
        recordsRead,
    };
}

function length({ firstOffset, endOffset }: LogBounds): number {
    return endOffset - firstOffset;
}

const EMPTY_LOG: LogBounds = {
    firstOffset: 0,
    endOffset: 0,
    isTrimmed: false,
    isCompacted: false,
};

function partitionPairs(
    { topics, ids, logs, isRestamped, isWithoutTimestamps }: TopicSnapshot,
    { groups }: Snapshot,
): (PartitionPair & { readonly topic: string })[] {
    return partitionsOf(logs).map((partition) => {
        const committed = committedIn(groups, topics, partition);
        return {
            topic: topics.from,
            topics,
            ids,
            partition,
            isRestamped: isRestamped || isWithoutTimestamps,
            from: logs.from[partition] ?? EMPTY_LOG,
            to: logs.to[partition] ?? EMPTY_LOG,
            trackedFromOffsets: committed.map(({ fromOffset }) => fromOffset),
            trackedToOffsets: committed.flatMap(({ toOffset }) => toOffset ?? []),
        };
    });
}

/** The partitions that the topic has at either end. */
function partitionsOf({ from, to }: TopicSnapshot["logs"]): number[] {
    return Array.from({ length: Math.max(from.length, to.length) }, (_unused, i) => i);
}

function topicReport(
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

function groupPositions(
    { topics: snapshots, groups }: Snapshot,
    { results }: Compared,
): Map<string, GroupPosition[]> {
    const positions = new Map<string, GroupPosition[]>();
    for (const { topics, logs } of snapshots) {
        for (const [partition, { logStartOffset: fromFirstOffset }] of logs.from.entries()) {
            const result = results.get(keyOf(topics.from, partition));
            const tracker = result?.positions;
            const toLog = logs.to[partition];
            for (const { group, ...offsets } of committedIn(groups, topics, partition)) {
                const from = tracker?.alignedPosition(offsets.fromOffset);
                const to =
                    offsets.toOffset === undefined
                        ? undefined
                        : tracker?.countedPosition(offsets.toOffset);
                const own = positions.get(group) ?? [];
                positions.set(group, own);
                own.push({
                    topic: topics.from,
                    partition,
                    ...offsets,
                    fromFirstOffset,
                    ...(toLog && {
                        toLog: { firstOffset: toLog.logStartOffset, endOffset: toLog.endOffset },
                    }),
                    ...(result &&
                        from && {
                            compared: { from, ...(to && { to }), toRecords: result.toRecords },
                        }),
                });
            }
        }
    }
    return positions;
}
