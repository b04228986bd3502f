import { isAuthorizationFailure } from "../../kafka/authorizationFailure";
import type { ClusterView, TopicView } from "../../kafka/clusterView";
import type { TopicConfigs } from "../../kafka/topicConfigs";
import type { LogFacts } from "./comparisonResult";
import { configDifferences, type ConfigDifference } from "./configDifferences";
import { type SeenGroups, seeSourceGroups, seeTargetGroups } from "./groups";
import type { MirrorScope } from "./pair";

/** A topic of the source and its copy, with what of each partition is compared. */
export interface TopicCut {
    readonly topic: string;
    readonly targetTopic: string;
    readonly source: readonly LogFacts[];
    /** Empty when the target has no such topic. */
    readonly target: readonly LogFacts[];
    readonly targetStamps: boolean;
    readonly configDifferences: readonly ConfigDifference[];
    readonly notes: readonly string[];
}

/** Both clusters at one moment. */
export interface Cut {
    readonly at: Date;
    readonly topics: readonly TopicCut[];
    readonly groups: SeenGroups;
    readonly notes: readonly string[];
}

interface Views {
    readonly source: ClusterView;
    readonly target: ClusterView;
}

interface Pair {
    readonly source: TopicView;
    readonly target?: TopicView;
}

/**
 * Asks both clusters where their logs and groups stand. The target is asked first, its groups before
 * its logs: whatever it has then, the source has when it is asked.
 * @param since reads from the first record at or after this time, in milliseconds since 1970
 */
export async function takeCut(views: Views, scope: MirrorScope, since?: number): Promise<Cut> {
    const pairs = await topicPairs(views, scope);
    const { configs, notes } = await configsOf(views, pairs);
    const targetGroups = await seeTargetGroups(views.target, scope);
    const targetLogs = await logs(
        views.target,
        pairs.map(({ target }) => target),
        since,
    );
    const sourceGroups = await seeSourceGroups(views.source, scope);
    const sourceLogs = await logs(
        views.source,
        pairs.map(({ source }) => source),
        since,
    );
    const at = new Date();
    return {
        at,
        notes,
        groups: { ...targetGroups, ...sourceGroups },
        topics: pairs.map(({ source, target }, index) => {
            const own = configs?.source.get(source.name);
            const copy = target && configs?.target.get(target.name);
            const isCompacted = (config: TopicConfigs | undefined) =>
                config?.get("cleanup.policy")?.value?.includes("compact") ?? false;
            const targetStamps = copy?.get("message.timestamp.type")?.value === "LogAppendTime";
            const facts = (log: readonly Log[], config: TopicConfigs | undefined) =>
                log.map((partition) => ({ ...partition, isCompacted: isCompacted(config) }));
            return {
                topic: source.name,
                targetTopic: scope.topicPrefix + source.name,
                source: facts(sourceLogs[index] ?? [], own),
                target: facts(targetLogs[index] ?? [], copy),
                targetStamps,
                configDifferences: own && copy ? configDifferences(own, copy) : [],
                notes: targetStamps
                    ? ["the target's brokers stamp records themselves: timestamps not compared"]
                    : [],
            };
        }),
    };
}

async function topicPairs({ source, target }: Views, scope: MirrorScope): Promise<Pair[]> {
    const [names, targetNames] = await Promise.all([source.topicNames(), target.topicNames()]);
    const atTarget = new Set(targetNames);
    const pairs: Pair[] = [];
    for (const name of names.filter(scope.isMirroredTopic)) {
        const copy = scope.topicPrefix + name;
        pairs.push({
            source: await source.topic(name),
            ...(atTarget.has(copy) && { target: await target.topic(copy) }),
        });
    }
    return pairs;
}

async function configsOf(
    { source, target }: Views,
    pairs: readonly Pair[],
): Promise<{
    configs?: Record<"source" | "target", Map<string, TopicConfigs>>;
    notes: string[];
}> {
    try {
        const [own, copies] = await Promise.all([
            source.topicConfigs(pairs.map((pair) => pair.source.name)),
            target.topicConfigs(pairs.flatMap((pair) => pair.target?.name ?? [])),
        ]);
        return { configs: { source: own, target: copies }, notes: [] };
    } catch (error) {
        if (!isAuthorizationFailure(error)) {
            throw error;
        }
        const note =
            "topic configurations were not compared, compacted topics not recognized: the user lacks the right DescribeConfigs";
        return { notes: [note] };
    }
}

type Log = Omit<LogFacts, "isCompacted">;

async function logs(
    view: ClusterView,
    topics: readonly (TopicView | undefined)[],
    since: number | undefined,
): Promise<Log[][]> {
    const all: Log[][] = [];
    for (const topic of topics) {
        if (topic === undefined) {
            all.push([]);
            continue;
        }
        const [earliest, ends, later] = await Promise.all([
            view.earliestOffsets(topic),
            view.committedEndOffsets(topic),
            since === undefined ? undefined : view.offsetsSince(topic, since),
        ]);
        all.push(
            ends.map((endOffset, partition) => {
                const first = earliest[partition] ?? 0;
                const wanted = later === undefined ? first : (later[partition] ?? endOffset);
                const firstOffset = Math.min(Math.max(first, wanted), endOffset);
                return {
                    firstOffset,
                    endOffset,
                    isTrimmed: firstOffset === first && first > 0,
                };
            }),
        );
    }
    return all;
}
