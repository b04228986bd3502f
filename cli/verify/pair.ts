import { DEFAULT_GROUPS_EXCLUDE, DEFAULT_TOPICS_EXCLUDE } from "../../config/mirrorSchema";
import { patternMatcher } from "../../config/javaPatternMatcher";
import { aliasOf, type Settings } from "../../config/settingsSchema";

/** What of the source is mirrored, and how it is called at the target. */
export interface MirrorScope {
    readonly isMirroredTopic: (name: string) => boolean;
    readonly isMirroredGroup: (name: string) => boolean;
    /** Before a topic's name at the target; empty with the policy `identity`. */
    readonly topicPrefix: string;
}

/** By settings of a stack. */
export function scopeOf({ source, mirror }: Pick<Settings, "source" | "mirror">): MirrorScope {
    return scope(
        [mirror.topicsPattern, mirror.topicsExcludePattern],
        [mirror.groupsPattern, mirror.groupsExcludePattern],
        mirror.replicationPolicy === "identity"
            ? ""
            : `${aliasOf(source)}${mirror.replicationPolicySeparator}`,
    );
}

/** Everything but what MirrorMaker 2 leaves out by default, under the same names. */
export function defaultScope(): MirrorScope {
    return scope([".*", DEFAULT_TOPICS_EXCLUDE], [".*", DEFAULT_GROUPS_EXCLUDE], "");
}

/** The scope with the given names alone, where there are any. */
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

type Patterns = readonly [wanted: string, excluded: string];

function scope(topics: Patterns, groups: Patterns, topicPrefix: string): MirrorScope {
    const matcher = ([wanted, excluded]: Patterns) => {
        const [isWanted, isExcluded] = [patternMatcher(wanted), patternMatcher(excluded)];
        return (name: string) => isWanted(name) && !isExcluded(name);
    };
    return {
        isMirroredTopic: matcher(topics),
        isMirroredGroup: matcher(groups),
        topicPrefix,
    };
}
