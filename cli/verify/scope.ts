import { createHash } from "node:crypto";
import { DEFAULT_GROUPS_EXCLUDE, DEFAULT_TOPICS_EXCLUDE } from "../../config/mirrorSchema";
import { patternMatcher } from "../../config/javaPattern";
import { aliasOf, type Settings } from "../../config/settingsSchema";

/** Which topics and groups a mirror copies, and the names of the topics at `to`. */
export interface MirrorScope {
    readonly isMirroredTopic: (name: string) => boolean;
    readonly isMirroredGroup: (name: string) => boolean;
    /** Precedes a topic's name at `to`; empty with the policy `identity`. */
    readonly topicPrefix: string;
}

/** The scope by the settings of a stack, in the direction of the mirror. */
export function scopeOf({ source, mirror }: Pick<Settings, "source" | "mirror">): MirrorScope {
    return scope(
        [mirror.topicsPattern, mirror.topicsExcludePattern],
        [mirror.groupsPattern, mirror.groupsExcludePattern],
        mirror.replicationPolicy === "identity"
            ? ""
            : `${aliasOf(source)}${mirror.replicationPolicySeparator}`,
    );
}

/** All topics and groups but those that MirrorMaker 2 excludes by default, with unchanged names. */
export function defaultScope(): MirrorScope {
    return scope([".*", DEFAULT_TOPICS_EXCLUDE], [".*", DEFAULT_GROUPS_EXCLUDE], "");
}

/** The scope with the given topics and groups only; an empty list changes nothing. */
export function narrowed(
    whole: MirrorScope,
    topics: readonly string[],
    groups: readonly string[],
): MirrorScope {
    return {
        ...whole,
        ...(topics.length > 0 && { isMirroredTopic: (name: string) => topics.includes(name) }),
        ...(groups.length > 0 && { isMirroredGroup: (name: string) => groups.includes(name) }),
    };
}

type Patterns = readonly [included: string, excluded: string];

function scope(topics: Patterns, groups: Patterns, topicPrefix: string): MirrorScope {
    const matcher = ([included, excluded]: Patterns) => {
        const [isIncluded, isExcluded] = [patternMatcher(included), patternMatcher(excluded)];
        return (name: string) => isIncluded(name) && !isExcluded(name);
    };
    return {
        isMirroredTopic: matcher(topics),
        isMirroredGroup: matcher(groups),
        topicPrefix,
    };
}

/** A choice among partitions. */
export interface Sample<T> {
    readonly chosen: readonly T[];
    readonly others: readonly T[];
}

/**
 * Chooses about the given fraction of partitions, at least one. A hash of their names decides, so that
 * every run chooses the same ones: two runs can be compared, and the choice cannot be steered.
 */
export function samplePartitions<T extends { readonly topic: string; readonly partition: number }>(
    partitions: readonly T[],
    fraction: number,
): Sample<T> {
    const ranked = partitions
        .map((partition) => ({ partition, rank: rank(partition) }))
        .sort((one, other) => one.rank - other.rank);
    const isChosen = ({ rank: own }: { rank: number }, index: number) =>
        index === 0 || own < fraction;
    const chosen = new Set(ranked.filter(isChosen).map(({ partition }) => partition));
    return {
        chosen: partitions.filter((partition) => chosen.has(partition)),
        others: partitions.filter((partition) => !chosen.has(partition)),
    };
}

/** From 0 to 1, exclusive. */
function rank({
    topic,
    partition,
}: {
    readonly topic: string;
    readonly partition: number;
}): number {
    const digest = createHash("sha256").update(`${topic}:${partition}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
}
