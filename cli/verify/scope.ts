import { createHash } from "node:crypto";
import { patternMatcher } from "../../config/javaPattern";
import {
    copiedFrom,
    isPrefixed,
    mirrorNaming,
    type Mirroring,
    type MirrorNaming,
    nameAtTarget,
    topicMirroring,
    type UnexpectedMirroring,
    unexpectedMirrorings,
} from "../../config/mirroredTopics";
import { DEFAULT_GROUPS_EXCLUDE, DEFAULT_TOPICS_EXCLUDE } from "../../config/mirrorSchema";
import type { Settings } from "../../config/settingsSchema";

/** Which topics and groups a mirror copies, and the names of the topics at `to`. */
export interface MirrorScope {
    readonly isMirroredTopic: (name: string) => boolean;
    /** By the mirror's patterns alone. */
    readonly isMirroredGroup: (name: string) => boolean;
    /** The name at `to` of a topic of `from`. */
    readonly toTopic: (name: string) => string;
    /** The topic of `from` whose copy has a name at `to`; undefined when no mirrored one has it. */
    readonly fromTopic: (toName: string) => string | undefined;
    /**
     * Those of the topics of `from`, and of the declared ones, that MM2 leaves out or renames although
     * the settings suggest otherwise.
     */
    readonly unexpected: (names: readonly string[]) => readonly UnexpectedMirroring[];
    /** Whether the scope has the group, mirrored or not: all groups, or the named ones. */
    readonly isSelectedGroup: (name: string) => boolean;
    /** Whether the scope names the group. */
    readonly isNamedGroup: (name: string) => boolean;
    /** Whether the scope has some of the mirrored topics only. */
    readonly isNarrowedToTopics: boolean;
}

/** The scope by the settings of a stack, in the direction of the mirror. */
export function scopeOf(
    settings: Pick<Settings, "source" | "target" | "mirror" | "topics">,
): MirrorScope {
    const { groupsPattern, groupsExcludePattern } = settings.mirror;
    const naming = mirrorNaming(settings);
    return scope(
        naming,
        topicMirroring(naming),
        settings.topics.map(({ name }) => name),
        [groupsPattern, groupsExcludePattern],
    );
}

/**
 * All topics and groups but those that MirrorMaker 2 excludes by default, with unchanged names. Without
 * a stack the alias is unknown with which MM2 renames topics that end in `heartbeats`, so they are out
 * of this scope.
 */
export function defaultScope(): MirrorScope {
    const naming: MirrorNaming = {
        topicsPattern: ".*",
        topicsExcludePattern: DEFAULT_TOPICS_EXCLUDE,
        replicationPolicy: "identity",
        replicationPolicySeparator: ".",
        sourceAlias: "source",
        targetAlias: "target",
    };
    const mirroringOf = topicMirroring(naming);
    const renamed: Mirroring = {
        isMirrored: false,
        because: "internal",
        reason: 'MirrorMaker 2 puts its alias before names that end in "heartbeats"; --stack tells the alias',
    };
    return {
        ...scope(
            naming,
            (topic) => (isPrefixed(naming, topic) ? renamed : mirroringOf(topic)),
            [],
            [".*", DEFAULT_GROUPS_EXCLUDE],
        ),
        toTopic: (topic) => topic,
    };
}

/** The scope with the given topics and groups only; an empty list changes nothing. */
export function narrowed(
    whole: MirrorScope,
    topics: readonly string[],
    groups: readonly string[],
): MirrorScope {
    return {
        ...whole,
        ...(topics.length > 0 && {
            isMirroredTopic: (name: string) => topics.includes(name),
            fromTopic: (toName: string) => topics.find((name) => whole.toTopic(name) === toName),
            unexpected: (names: readonly string[]) =>
                whole.unexpected(names).filter(({ topic }) => topics.includes(topic)),
            isNarrowedToTopics: true,
        }),
        ...(groups.length > 0 && {
            isSelectedGroup: (name: string) => groups.includes(name),
            isNamedGroup: (name: string) => groups.includes(name),
        }),
    };
}

function scope(
    naming: MirrorNaming,
    mirroringOf: (topic: string) => Mirroring,
    declared: readonly string[],
    [included, excluded]: readonly [included: string, excluded: string],
): MirrorScope {
    const [isIncluded, isExcluded] = [patternMatcher(included), patternMatcher(excluded)];
    return {
        isMirroredTopic: (name) => mirroringOf(name).isMirrored,
        isMirroredGroup: (name) => isIncluded(name) && !isExcluded(name),
        toTopic: nameAtTarget(naming),
        fromTopic: copiedFrom(naming, mirroringOf),
        unexpected: (names) =>
            unexpectedMirrorings(names, declared, mirroringOf, naming.replicationPolicy),
        isSelectedGroup: () => true,
        isNamedGroup: () => false,
        isNarrowedToTopics: false,
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
