import type { ClusterView } from "../../../kafka/clusterView";
import type { MirrorScope } from "../../verify/scope";
import type { TopicLogs } from "./progress";
import type { Leftovers } from "./types";

/**
 * What a cluster has that a rebuilt one has not: records of mirrored topics, and positions of
 * groups. A mirror would append to the records, and would leave a position that is further alone.
 */
export async function leftoversOf(
    view: ClusterView,
    logs: readonly TopicLogs[],
    scope: Pick<MirrorScope, "isMirroredGroup" | "isMirroredTopic">,
): Promise<Leftovers> {
    const groups = (await view.consumerGroups()).filter(({ id }) => scope.isMirroredGroup(id));
    const committed = await view.groups.committedOffsets(groups.map(({ id }) => id));
    const positions = [...committed].map(
        ([group, topics]) => [group, [...topics.keys()].filter(scope.isMirroredTopic)] as const,
    );
    return [
        ...logs
            .filter(({ endOffsets }) => endOffsets.some((offset) => offset > 0))
            .map(
                ({ topic, endOffsets }) =>
                    `topic ${topic} has log-end offsets ${endOffsets.join(", ")}`,
            ),
        ...positions
            .filter(([, topics]) => topics.length > 0)
            .map(([group, topics]) => `group ${group} has offsets in ${topics.join(", ")}`),
    ];
}
