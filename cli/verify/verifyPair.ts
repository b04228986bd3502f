import type { SiteName } from "../../config/settingsSchema";
import type { ClusterView } from "../../kafka/clusterView";
import { innermostReason, isAuthorizationFailure, LogReadError } from "../../kafka/errors";
import type { Ends } from "../shared/mirror/ends";
import { comparePartition, type PartitionPair } from "./comparePartition";
import type { ComparisonResult, LogBounds } from "./comparisonResult";
import { failuresOf, type Limits } from "./failures";
import { committedIn, groupsReport } from "./groups";
import type { GroupPosition } from "./groupVerdict";
import type { VerifyReport } from "./report";
import { type MirrorScope, samplePartitions } from "./scope";
import { type Compared, EMPTY_LOG, keyOf, partitionsOf, topicReport } from "./topicReport";
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
        isOk: failures.length === 0 && compared.unknown.length === 0,
        failures,
        unknown: compared.unknown,
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

async function compareAll(options: VerifyOptions, snapshot: Snapshot): Promise<Compared> {
    const { from, to, sample, signal, timeoutMs, onProgress } = options;
    const all = snapshot.topics.flatMap((topic) => partitionPairs(topic, snapshot));
    const { chosen, others } =
        sample === undefined ? { chosen: all, others: [] } : samplePartitions(all, sample);
    const expected = chosen.reduce((sum, pair) => sum + length(pair.from) + length(pair.to), 0);
    const results = new Map<string, ComparisonResult>();
    const unknown = chosen.flatMap(({ topic, partition, reason }) =>
        reason === undefined ? [] : [{ topic, partition, reason }],
    );
    let recordsRead = 0;
    const queue = chosen.filter(({ reason }) => reason === undefined);
    const failed = new AbortController();
    const work = async () => {
        for (let pair = queue.shift(); pair !== undefined; pair = queue.shift()) {
            const { topic, partition } = pair;
            try {
                const result = await comparePartition({ from, to }, pair, {
                    signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
                    ...(timeoutMs !== undefined && { timeoutMs }),
                    onRecords: (records) => {
                        recordsRead += records;
                        onProgress?.(recordsRead, expected);
                    },
                });
                results.set(keyOf(topic, partition), result);
            } catch (error) {
                // A cluster that is gone ends the comparison; a log that cannot be read does not.
                if (!(error instanceof LogReadError || isAuthorizationFailure(error))) {
                    throw error;
                }
                unknown.push({ topic, partition, reason: reasonOf(error) });
            }
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
        unknown,
        recordsRead,
    };
}

/** The message of a reader says more than its cause. */
function reasonOf(error: unknown): string {
    return error instanceof LogReadError ? error.message : innermostReason(error);
}

function length({ firstOffset, endOffset }: LogBounds): number {
    return endOffset - firstOffset;
}

function partitionPairs(
    { topics, ids, logs, isRestamped, isWithoutTimestamps }: TopicSnapshot,
    { groups }: Snapshot,
): (PartitionPair & { readonly topic: string; readonly reason: string | undefined })[] {
    return partitionsOf(logs).map((partition) => {
        const reason = logs.from[partition]?.unknown ?? logs.to[partition]?.unknown;
        const committed = committedIn(groups, topics, partition);
        return {
            topic: topics.from,
            topics,
            ids,
            partition,
            reason,
            isRestamped: isRestamped || isWithoutTimestamps,
            from: logs.from[partition] ?? EMPTY_LOG,
            to: logs.to[partition] ?? EMPTY_LOG,
            trackedFromOffsets: committed.map(({ fromOffset }) => fromOffset),
            trackedToOffsets: committed.flatMap(({ toOffset }) => toOffset ?? []),
        };
    });
}

function groupPositions(
    { topics: snapshots, groups }: Snapshot,
    { results }: Compared,
): Map<string, GroupPosition[]> {
    const positions = new Map<string, GroupPosition[]>();
    for (const { topics, logs } of snapshots) {
        for (const [partition, log] of logs.from.entries()) {
            const { logStartOffset: fromFirstOffset } = log;
            const result = results.get(keyOf(topics.from, partition));
            const tracker = result?.positions;
            const toLog = logs.to[partition];
            // The report lists the partition as not compared, with the reason.
            if ((log.unknown ?? toLog?.unknown) !== undefined) {
                continue;
            }
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
