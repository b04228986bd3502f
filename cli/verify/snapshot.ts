import type { UnexpectedMirroring } from "../../config/mirroredTopics";
import { isAuthorizationFailure } from "../../kafka/errors";
import type { ClusterView } from "../../kafka/clusterView";
import type { TopicConfigs } from "../../kafka/topicConfigs";
import type { Ends } from "../shared/mirror/ends";
import type { LogBounds } from "./comparisonResult";
import { type ClusterGroups, readGroups } from "./groups";
import type { MirrorScope } from "./scope";

/** A topic of `from` and its copy at `to`, with the bounds of each partition's comparison. */
export interface TopicSnapshot {
    /** Names of the topic. */
    readonly topics: Ends<string>;
    /** By partition; `to` is empty when there is no such topic. */
    readonly logs: Ends<readonly SnapshotLog[]>;
    /** Ids of the topic, where brokers give topics one. */
    readonly ids: Ends<string | undefined>;
    /** Whether the brokers of `to` replace timestamps (`LogAppendTime`). */
    readonly isRestamped: boolean;
    /** Whether records of `from` have no timestamp, so that MirrorMaker 2's producer gives them one. */
    readonly isWithoutTimestamps: boolean;
    readonly configDifferences: readonly ConfigDifference[];
}

/** What is compared of a log, and where the log itself begins. */
export interface SnapshotLog extends LogBounds {
    /** At most `firstOffset`, which a choice of times moves. */
    readonly logStartOffset: number;
    /** Offsets after `endOffset`, behind a transaction that is open: no consumer may read them yet. */
    readonly heldBack: number;
    /** Why the log could not be looked at; its bounds are not known then. */
    readonly unknown?: string;
}

/** What `verify` reads of both clusters at one moment: where logs and groups stand. */
export interface Snapshot {
    readonly at: Date;
    readonly topics: readonly TopicSnapshot[];
    readonly groups: Ends<ClusterGroups>;
    readonly unexpectedMirrorings: readonly UnexpectedMirroring[];
    /** Topics of `to` that are no copy of a topic of `from`, although their names could be. */
    readonly topicsOnlyAtTo: readonly string[];
    /** Why topic configurations are not compared; absent when they are. */
    readonly configProblem?: string;
}

/** Values of `message.format.version` before 0.10, whose records have no timestamp. */
const WITHOUT_TIMESTAMPS = /^0\.[0-9]\./;

/** Names of a topic that is mirrored, and of its copy if there is one. */
interface TopicPair {
    readonly from: string;
    readonly to?: string;
}

/**
 * Asks both clusters where their logs and groups stand. Asks `to` first, and for groups before logs:
 * whatever `to` has by then, `from` has when it is asked.
 * @param since bounds begin with the first record at or after this time, in milliseconds since 1970
 * @throws {PartitionUnknownError} when the leader of a partition does not tell
 */
export async function takeSnapshot(
    views: Ends<ClusterView>,
    scope: MirrorScope,
    since?: number,
): Promise<Snapshot> {
    const { pairs, unexpectedMirrorings, topicsOnlyAtTo } = await topicPairs(views, scope);
    const { configs, configProblem } = await readConfigs(views, pairs);
    const toGroups = await readGroups(views.to, scope);
    const toLogs = await readLogs(
        views.to,
        pairs.flatMap(({ to }) => to ?? []),
        since,
    );
    const fromGroups = await readGroups(views.from, scope);
    const fromLogs = await readLogs(
        views.from,
        pairs.map(({ from }) => from),
        since,
    );
    return {
        at: new Date(),
        ...(configProblem !== undefined && { configProblem }),
        groups: { from: fromGroups, to: toGroups },
        unexpectedMirrorings,
        topicsOnlyAtTo,
        topics: pairs.map(({ from, to }) => {
            const fromConfig = configs?.from.get(from);
            const toConfig = to === undefined ? undefined : configs?.to.get(to);
            const [fromTopic, toTopic] = [fromLogs.get(from), toLogs.get(to ?? "")];
            return {
                topics: { from, to: scope.toTopic(from) },
                ids: { from: fromTopic?.id, to: toTopic?.id },
                logs: {
                    from: withCompaction(fromTopic?.logs ?? [], fromConfig),
                    to: withCompaction(toTopic?.logs ?? [], toConfig),
                },
                isRestamped: toConfig?.get("message.timestamp.type")?.value === "LogAppendTime",
                isWithoutTimestamps: WITHOUT_TIMESTAMPS.test(
                    fromConfig?.get("message.format.version")?.value ?? "",
                ),
                configDifferences:
                    fromConfig && toConfig ? configDifferences(fromConfig, toConfig) : [],
            };
        }),
    };
}

async function topicPairs({ from, to }: Ends<ClusterView>, scope: MirrorScope) {
    const [names, toNames] = await Promise.all([from.topicNames(), to.topicNames()]);
    const existing = new Set(toNames);
    const pairs: TopicPair[] = [];
    for (const name of names.filter(scope.isMirroredTopic)) {
        const toName = scope.toTopic(name);
        pairs.push({ from: name, ...(existing.has(toName) && { to: toName }) });
    }
    const known = new Set(names);
    const topicsOnlyAtTo = toNames.filter((toName) => {
        const name = scope.fromTopic(toName);
        return name !== undefined && !known.has(name);
    });
    return { pairs, unexpectedMirrorings: scope.unexpected(names), topicsOnlyAtTo };
}

async function readConfigs(
    { from, to }: Ends<ClusterView>,
    pairs: readonly TopicPair[],
): Promise<{ configs?: Ends<Map<string, TopicConfigs>>; configProblem?: string }> {
    try {
        const [fromConfigs, toConfigs] = await Promise.all([
            from.topicConfigs(pairs.map((pair) => pair.from)),
            to.topicConfigs(pairs.flatMap((pair) => pair.to ?? [])),
        ]);
        return { configs: { from: fromConfigs, to: toConfigs } };
    } catch (error) {
        if (!isAuthorizationFailure(error)) {
            throw error;
        }
        return { configProblem: "the user lacks the right DescribeConfigs" };
    }
}

type Log = Omit<SnapshotLog, "isCompacted">;

interface TopicLogs {
    readonly id: string | undefined;
    readonly logs: readonly Log[];
}

async function readLogs(
    view: ClusterView,
    names: readonly string[],
    since: number | undefined,
): Promise<ReadonlyMap<string, TopicLogs>> {
    const { topics } = await view.look(names);
    const known = topics.map((topic) => ({
        topic,
        // Not even the number of partitions is known of a topic that could not be looked at.
        logs: topic.unknown === undefined ? topic.partitions : [{ unknown: topic.unknown }],
    }));
    const first =
        since === undefined
            ? undefined
            : await view.offsetsSince(
                  known.flatMap(({ topic: { name }, logs }) =>
                      logs.flatMap((log, partition) =>
                          "known" in log ? [{ topic: name, partition }] : [],
                      ),
                  ),
                  since,
              );
    let next = 0;
    return new Map(
        known.map(({ topic: { name, id }, logs }) => [
            name,
            {
                id,
                logs: logs.map((looked): Log => {
                    if ("unknown" in looked) {
                        return unknownLog(looked.unknown);
                    }
                    const answer = first?.[next++];
                    const {
                        firstOffset: start,
                        lastStableOffset: endOffset,
                        highWatermark,
                    } = looked.known;
                    const wanted = first === undefined ? start : (answer ?? endOffset);
                    const firstOffset = Math.min(Math.max(start, wanted), endOffset);
                    return {
                        logStartOffset: start,
                        firstOffset,
                        endOffset,
                        heldBack: highWatermark - endOffset,
                        isTrimmed: firstOffset === start && start > 0,
                    };
                }),
            },
        ]),
    );
}

function unknownLog(unknown: string): Log {
    const none = { logStartOffset: 0, firstOffset: 0, endOffset: 0, heldBack: 0 };
    return { ...none, isTrimmed: false, unknown };
}

function withCompaction(logs: readonly Log[], config: TopicConfigs | undefined): SnapshotLog[] {
    const isCompacted = config?.get("cleanup.policy")?.value?.includes("compact") ?? false;
    return logs.map((log) => ({ ...log, isCompacted }));
}

/**
 * The configurations that MirrorMaker 2 4.3.1 does not copy (`DefaultConfigPropertyFilter`): regular
 * expressions, each of which must match the whole name.
 */
export const CONFIGS_NOT_SYNCED: readonly string[] = [
    "follower.replication.throttled.replicas",
    "leader.replication.throttled.replicas",
    "message.timestamp.difference.max.ms",
    "log.message.timestamp.before.max.ms",
    "log.message.timestamp.after.max.ms",
    "message.timestamp.type",
    "unclean.leader.election.enable",
    "min.insync.replicas",
];

/** A configuration that MirrorMaker 2 should have made equal. */
export interface ConfigDifference {
    readonly name: string;
    readonly from: string | null;
    /** Absent when the cluster does not know the configuration. */
    readonly to?: string | null;
}

/**
 * The differences of one topic. Where `from` has Kafka's default, MirrorMaker 2 leaves the value to the
 * brokers of `to`: it differs only when it is set for the topic there.
 */
export function configDifferences(from: TopicConfigs, to: TopicConfigs): ConfigDifference[] {
    return [...from]
        .filter(([name, { isFixed }]) => !isFixed && !CONFIGS_NOT_SYNCED.includes(name))
        .flatMap(([name, { value, isDefault }]) => {
            const other = to.get(name);
            const isExpected = other?.value === value || (isDefault && other?.isOwn !== true);
            return isExpected ? [] : [{ name, from: value, ...(other && { to: other.value }) }];
        });
}
