import type { ClusterView } from "../../kafka/clusterView";
import type { ComparisonResult } from "./comparisonResult";
import { takeCut, type Cut, type TopicCut } from "./cut";
import { failuresOf, type Limits } from "./failures";
import { groupReports, positionsIn } from "./groups";
import type { GroupPosition } from "./groupVerdict";
import type { MirrorScope } from "./pair";
import { comparePartition } from "./partition";
import type { PartitionReport, TopicReport, VerifyReport } from "./report";
import { samplePartitions } from "./sample";

/** Source and target are one cluster, or nothing is to be compared. */
export class NothingToCompareError extends Error {
    override readonly name = "NothingToCompareError";
}

export interface VerifyOptions {
    readonly source: ClusterView;
    readonly target: ClusterView;
    readonly scope: MirrorScope;
    readonly limits?: Limits;
    /** The part of all partitions to read, from 0 to 1; all by default. */
    readonly sample?: number;
    /** Reads only records from this time on, in milliseconds since 1970. */
    readonly since?: number;
    readonly signal?: AbortSignal;
    /** How long a request to a broker may take, in milliseconds; 30,000 by default. */
    readonly timeoutMs?: number;
    /** Records read of both sides, and about how many there are. */
    readonly onProgress?: (read: number, of: number) => void;
}

/**
 * Partitions that are read at the same time: one is compared while the brokers' answer for the other
 * is on its way. Each one more would cost as much memory, and there is one thread to compare.
 */
const PARTITIONS_AT_ONCE = 2;

/**
 * Compares what both clusters hold: every record, every group's position, the topics' configuration.
 * Reads each log once, up to where it ended at the beginning, and changes nothing.
 * @throws {NothingToCompareError} for one cluster on both sides, or no topic in the scope
 */
export async function verifyPair(options: VerifyOptions): Promise<VerifyReport> {
    const { source, target, scope, since } = options;
    const started = performance.now();
    const [sourceId, targetId] = await Promise.all([source.clusterId(), target.clusterId()]);
    if (sourceId === targetId) {
        throw new NothingToCompareError(
            `source and target are the same Kafka cluster, with the id ${sourceId}`,
        );
    }
    const cut = await takeCut({ source, target }, scope, since);
    if (cut.topics.length === 0) {
        throw new NothingToCompareError("no topic of the source matches what is to be compared");
    }
    const compared = await compareAll(options, cut);
    const topics = cut.topics.map((topic) => topicReport(topic, compared, cut.at));
    const groups = groupReports(cut.groups, groupPositions(cut, compared));
    const failures = failuresOf(topics, groups, options.limits);
    return {
        isOk: failures.length === 0,
        failures,
        source: cluster(sourceId, source),
        target: cluster(targetId, target),
        cutAt: cut.at.toISOString(),
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
        notes: cut.notes,
    };
}

function cluster(clusterId: string, view: ClusterView) {
    return { clusterId, bootstrapServers: view.connection.bootstrapServers };
}

interface Compared {
    /** By `topic:partition`. */
    readonly results: ReadonlyMap<string, ComparisonResult>;
    readonly notSampled: ReadonlySet<string>;
    readonly recordsRead: number;
}

async function compareAll(options: VerifyOptions, cut: Cut): Promise<Compared> {
    const { source, target, sample, signal, timeoutMs, onProgress } = options;
    const all = cut.topics.flatMap((topic) => partitionPairs(topic, cut));
    const { chosen, others } =
        sample === undefined ? { chosen: all, others: [] } : samplePartitions(all, sample);
    const expected = chosen.reduce(
        (sum, pair) => sum + length(pair.source) + length(pair.target),
        0,
    );
    const results = new Map<string, ComparisonResult>();
    let recordsRead = 0;
    const queue = [...chosen];
    const failed = new AbortController();
    const work = async () => {
        for (let pair = queue.shift(); pair !== undefined; pair = queue.shift()) {
            const { topic, partition } = pair;
            const result = await comparePartition({ source, target }, pair, {
                signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
                ...(timeoutMs !== undefined && { timeoutMs }),
                onRecords: (records) => {
                    recordsRead += records;
                    onProgress?.(recordsRead, expected);
                },
            });
            results.set(`${topic}:${partition}`, result);
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
        notSampled: new Set(others.map(({ topic, partition }) => `${topic}:${partition}`)),
        recordsRead,
    };
}

function length({ firstOffset, endOffset }: { firstOffset: number; endOffset: number }): number {
    return endOffset - firstOffset;
}

const EMPTY_LOG = { firstOffset: 0, endOffset: 0, isTrimmed: false, isCompacted: false };

function partitionPairs({ topic, targetTopic, targetStamps, ...logs }: TopicCut, cut: Cut) {
    const count = Math.max(logs.source.length, logs.target.length);
    return Array.from({ length: count }, (_unused, partition) => {
        const positions = positionsIn(cut.groups, { topic, targetTopic, partition });
        return {
            topic,
            partition,
            sourceTopic: topic,
            targetTopic,
            targetStamps,
            source: logs.source[partition] ?? EMPTY_LOG,
            target: logs.target[partition] ?? EMPTY_LOG,
            sourceMarks: positions.map(({ sourceOffset }) => sourceOffset),
            targetMarks: positions.flatMap(({ targetOffset }) => targetOffset ?? []),
        };
    });
}

function topicReport(cut: TopicCut, { results, notSampled }: Compared, at: Date): TopicReport {
    const { topic, targetTopic, source, target } = cut;
    const partitions = Array.from({ length: Math.max(source.length, target.length) }, (_, i) => i);
    const reports = partitions.flatMap((partition) => {
        const result = results.get(`${topic}:${partition}`);
        return result === undefined ? [] : [partitionReport(partition, result, cut, at)];
    });
    return {
        topic,
        targetTopic,
        sourcePartitions: source.length,
        targetPartitions: target.length,
        partitions: reports,
        notSampled: partitions.filter((partition) => notSampled.has(`${topic}:${partition}`)),
        configDifferences: cut.configDifferences,
        notes: [...cut.notes, ...reports.flatMap(shiftNote)],
    };
}

function partitionReport(
    partition: number,
    result: ComparisonResult,
    cut: TopicCut,
    at: Date,
): PartitionReport {
    const { firstTimestamp, ...pending } = result.pending;
    const log = (facts: (typeof cut.source)[number] | undefined, records: number) => {
        const { firstOffset, endOffset, isTrimmed } = facts ?? EMPTY_LOG;
        return { firstOffset, endOffset, records, isTrimmed };
    };
    return {
        partition,
        source: log(cut.source[partition], result.sourceRecords),
        target: log(cut.target[partition], result.targetRecords),
        matched: result.matched,
        missing: result.missing,
        duplicate: result.duplicate,
        alien: result.alien,
        reordered: result.reordered,
        unverifiable: result.unverifiable,
        ...(result.firstMatch && { firstMatch: result.firstMatch }),
        pending: {
            ...pending,
            ...(firstTimestamp !== undefined && {
                seconds: Math.max(0, (at.getTime() - firstTimestamp) / 1000),
            }),
        },
    };
}

/** What retention deleted at the source before it was mirrored leaves no other trace than this. */
function shiftNote({ partition, source, firstMatch }: PartitionReport): string[] {
    const shift = firstMatch ? firstMatch.sourceOffset - firstMatch.targetOffset : 0;
    return source.isTrimmed && shift > 0
        ? [
              `partition ${partition}: ${shift} offsets of the source before ${source.firstOffset} never came to the target: marks of transactions, records before the mirror began, or records that retention deleted first`,
          ]
        : [];
}

function groupPositions(cut: Cut, { results }: Compared): Map<string, GroupPosition[]> {
    const positions = new Map<string, GroupPosition[]>();
    for (const { topic, targetTopic, source, target } of cut.topics) {
        for (const [partition, { firstOffset: sourceFirstOffset }] of source.entries()) {
            const result = results.get(`${topic}:${partition}`);
            const { firstOffset, endOffset } = target[partition] ?? EMPTY_LOG;
            const at = { topic, targetTopic, partition };
            for (const { group, ...offsets } of positionsIn(cut.groups, at)) {
                const aligned = result?.positions.alignedPosition(offsets.sourceOffset);
                const passed =
                    offsets.targetOffset === undefined
                        ? undefined
                        : result?.positions.targetPosition(offsets.targetOffset);
                const own = positions.get(group) ?? [];
                positions.set(group, own);
                own.push({
                    topic,
                    partition,
                    ...offsets,
                    sourceFirstOffset,
                    targetLog: { firstOffset, endOffset },
                    ...(aligned && {
                        aligned: { source: aligned, ...(passed && { target: passed }) },
                    }),
                });
            }
        }
    }
    return positions;
}
