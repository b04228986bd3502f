import { mirrorNaming } from "../../config/mirroredTopics";
import type { Settings, SiteName } from "../../config/settingsSchema";
import { aclResources, type ResourcePattern, resourcesAtTarget } from "./aclResources";
import { on, type Right, withoutImplied } from "./mirrorRights";
import { checkpointsTopic, offsetSyncsTopic } from "./names";

/**
 * The rights of the operators' commands at each site: to read what is mirrored, how far groups are and
 * which transactions are open, and to change nothing. At the source they see what MM2 sees; at the target the same topics
 * under their names there, and MM2's own topics of translated offsets.
 */
export function commandRights(
    settings: Pick<Settings, "source" | "target" | "mirror">,
): Readonly<Record<SiteName, Right[]>> {
    const { mirror } = settings;
    const topics = aclResources(mirror.topicsPattern);
    const copies = resourcesAtTarget(topics, mirrorNaming(settings));
    const groups = on("group", aclResources(mirror.groupsPattern), {
        Describe: "find the groups and read their offsets",
    });
    // Which transaction holds back a topic is known by its producer's id, not by its transactional id.
    const transactions = on("transactionalId", [literal("*")], {
        Describe: "find the transactions that are open",
    });
    const syncs = literal(offsetSyncsTopic(settings));
    const own: Readonly<Record<SiteName, readonly ResourcePattern[]>> = {
        source: mirror.offsetSyncsTopicLocation === "source" ? [syncs] : [],
        target: [
            literal(checkpointsTopic(settings)),
            ...(mirror.offsetSyncsTopicLocation === "target" ? [syncs] : []),
        ],
    };
    const at = (side: SiteName, mirrored: readonly ResourcePattern[]) =>
        withoutImplied([
            ...on("topic", mirrored, {
                Read: "compare the records of the topics",
                DescribeConfigs: "compare the topics' configurations",
            }),
            ...groups,
            ...transactions,
            ...on("topic", own[side], { Read: "see how far offsets are translated" }),
        ]);
    return { source: at("source", topics), target: at("target", copies) };
}

function literal(name: string): ResourcePattern {
    return { name, patternType: "literal" };
}
