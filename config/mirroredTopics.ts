import { patternMatcher } from "./javaPattern";
import { aliasOf, mirroredAlias, type MirrorSettings, type Settings } from "./settingsSchema";

/** The settings of a mirror that decide which topics it copies, and under which names. */
export interface MirrorNaming extends Pick<
    MirrorSettings,
    "topicsPattern" | "topicsExcludePattern" | "replicationPolicy" | "replicationPolicySeparator"
> {
    /** MM2's aliases of the cluster that it copies from, and of the one that it copies to. */
    readonly sourceAlias: string;
    readonly targetAlias: string;
}

/**
 * Why MM2 leaves a topic out:
 * - `not-included`: `topicsPattern` does not match the name
 * - `excluded`: `topicsExcludePattern` matches it
 * - `internal`: MM2 takes names that begin with `__` or `.` for Kafka's own
 * - `mirror-maker`: MM2 takes it for one of its own topics, of offset syncs or checkpoints
 * - `cycle`: MM2 takes it for a copy that came from the cluster at `to`
 */
export type NotMirroredBecause =
    "not-included" | "excluded" | "internal" | "mirror-maker" | "cycle";

/** What MM2 does with one topic. */
export type Mirroring =
    | {
          readonly isMirrored: true;
          /** Name of the copy at `to`. */
          readonly toName: string;
      }
    | {
          readonly isMirrored: false;
          readonly because: NotMirroredBecause;
          /** The same in words, after "is not mirrored: ". */
          readonly reason: string;
      };

/** The topic that a MirrorHeartbeatConnector writes. */
const HEARTBEATS = "heartbeats";

/** A topic that is not mirrored although it might be expected, or not under its own name. */
export interface UnexpectedMirroring {
    readonly topic: string;
    /** Name of the copy at `to`; absent when MM2 leaves the topic out. */
    readonly toTopic?: string;
    /** Why, in words. */
    readonly reason: string;
}

/**
 * The topics that MM2 leaves out or renames although the settings suggest otherwise: declared ones
 * for any reason, others when the patterns include them. MM2's own topics are no data.
 *
 * @param topics names that exist at `from`
 * @param declared names that the settings declare
 * @param mirroringOf from `topicMirroring`
 */
export function unexpectedMirrorings(
    topics: readonly string[],
    declared: readonly string[],
    mirroringOf: (topic: string) => Mirroring,
    policy: MirrorNaming["replicationPolicy"],
): UnexpectedMirroring[] {
    return [...new Set([...declared, ...topics])].sort().flatMap((topic) => {
        const mirroring = mirroringOf(topic);
        if (mirroring.isMirrored) {
            const { toName } = mirroring;
            return policy === "default" || toName === topic
                ? []
                : [{ topic, toTopic: toName, reason: RENAMED }];
        }
        const { because, reason } = mirroring;
        const isExpected =
            declared.includes(topic) || because === "internal" || because === "cycle";
        return isExpected ? [{ topic, reason }] : [];
    });
}

/** `orders: not mirrored: ...`, for a report. */
export function unexpectedText({ topic, toTopic, reason }: UnexpectedMirroring): string {
    return `${topic}: ${toTopic === undefined ? "not mirrored" : `mirrored as ${toTopic}`}: ${reason}`;
}

const RENAMED =
    'MirrorMaker 2 takes names that end in "heartbeats" for heartbeats, and puts the alias before them';

/** The naming of a stack's mirror, in the direction of the settings. */
export function mirrorNaming(settings: Pick<Settings, "source" | "target" | "mirror">) {
    return {
        ...settings.mirror,
        sourceAlias: mirroredAlias(settings),
        targetAlias: aliasOf(settings.target),
    } satisfies MirrorNaming;
}

/**
 * Decides for each topic as MirrorSourceConnector of Kafka 4.2 to 4.3.1 does, with the
 * DefaultTopicFilter and the policies of Kafka, its own separator for internal topics and
 * `heartbeats.replication.enabled`: what the stack deploys. The lab compares it with MM2's own
 * classes, for a table of names and for random ones.
 *
 * @throws {UntranslatablePatternError} for a pattern that only Java can match
 */
export function topicMirroring(naming: MirrorNaming): (topic: string) => Mirroring {
    const isIncluded = patternMatcher(naming.topicsPattern);
    const isExcluded = patternMatcher(naming.topicsExcludePattern);
    const policy = replicationPolicy(naming);
    return (topic) => {
        const because = policy.isHeartbeats(topic)
            ? policy.leavesOut(topic)
            : ((isIncluded(topic) ? undefined : "not-included") ??
              (isExcluded(topic) ? "excluded" : undefined) ??
              policy.leavesOut(topic));
        return because === undefined
            ? { isMirrored: true, toName: policy.nameAtTarget(topic) }
            : { isMirrored: false, because, reason: REASONS[because] };
    };
}

/** The name that the policy gives a topic at `to`, whether or not MM2 copies the topic. */
export function nameAtTarget(naming: MirrorNaming): (topic: string) => string {
    return replicationPolicy(naming).nameAtTarget;
}

/**
 * The topic of `from` whose copy has a name at `to`; undefined when no mirrored topic has it.
 * @param mirroringOf from `topicMirroring`
 */
export function copiedFrom(
    { sourceAlias, replicationPolicySeparator }: MirrorNaming,
    mirroringOf: (topic: string) => Mirroring,
): (toName: string) => string | undefined {
    const prefix = `${sourceAlias}${replicationPolicySeparator}`;
    return (toName) =>
        [toName, ...(toName.startsWith(prefix) ? [toName.slice(prefix.length)] : [])].find(
            (topic) => {
                const mirroring = mirroringOf(topic);
                return mirroring.isMirrored && mirroring.toName === toName;
            },
        );
}

/** Whether MM2 gives the copy the source's alias as a prefix, by the policy or by the name. */
export function isPrefixed(
    { replicationPolicy: policy }: Pick<MirrorNaming, "replicationPolicy">,
    topic: string,
): boolean {
    return policy === "default" || topic.endsWith(HEARTBEATS);
}

const REASONS: Readonly<Record<NotMirroredBecause, string>> = {
    "not-included": "topicsPattern does not match its name",
    excluded: "topicsExcludePattern matches its name",
    internal: 'MirrorMaker 2 takes names that begin with "__" or "." for Kafka\'s own topics',
    "mirror-maker": "MirrorMaker 2 takes it for one of its own topics, by its name",
    cycle: "MirrorMaker 2 takes it for a topic that came from the cluster that it copies to",
};

/** IdentityReplicationPolicy or DefaultReplicationPolicy, and MirrorSourceConnector's use of it. */
function replicationPolicy(naming: MirrorNaming) {
    const { sourceAlias, targetAlias, replicationPolicySeparator: separator } = naming;
    const keepsName = (topic: string) => !isPrefixed(naming, topic);

    const prefixOf = (topic: string): string | undefined => {
        const parts = topic.split(separator);
        // Java's split drops empty parts at the end.
        const length = parts.findLastIndex((part) => part !== "") + 1;
        return length < 2 ? undefined : parts[0];
    };
    /** The cluster that a topic was copied from, as far as its name tells. */
    const topicSource = (topic: string) => (keepsName(topic) ? sourceAlias : prefixOf(topic));
    const upstreamTopic = (topic: string): string | undefined => {
        if (keepsName(topic)) {
            return topic;
        }
        const prefix = prefixOf(topic);
        return prefix === undefined ? undefined : topic.slice(prefix.length + separator.length);
    };
    const originalTopic = (topic: string): string => {
        const upstream = upstreamTopic(topic);
        return upstream === undefined || upstream === topic ? topic : originalTopic(upstream);
    };
    const isCycle = (topic: string): boolean => {
        const source = topicSource(topic);
        if (source === undefined || source === targetAlias) {
            return source === targetAlias;
        }
        const upstream = upstreamTopic(topic);
        return upstream !== undefined && upstream !== topic && isCycle(upstream);
    };
    const isOwn = (topic: string) =>
        (topic.startsWith("mm2") && topic.endsWith(`${separator}internal`)) ||
        topic.endsWith(`${separator}checkpoints${separator}internal`);

    return {
        isHeartbeats: (topic: string) => originalTopic(topic) === HEARTBEATS,
        nameAtTarget: (topic: string) =>
            keepsName(topic) ? topic : `${sourceAlias}${separator}${topic}`,
        leavesOut: (topic: string): NotMirroredBecause | undefined => {
            if (topic.startsWith("__") || topic.startsWith(".")) {
                return "internal";
            }
            if (isOwn(topic)) {
                return "mirror-maker";
            }
            return isCycle(topic) ? "cycle" : undefined;
        },
    };
}
