import type { ClusterView } from "../../../kafka/clusterView";
import type { MirrorScope } from "../../verify/scope";
import type { TopicLogs } from "./mirrorOperations";

/**
 * What a cluster holds that a rebuilt one does not: records of mirrored topics, and offsets of
 * groups. A mirror would append to the records, and would not move offsets back.
 *
 * @returns one line for each topic and group
 */
export async function existingDataOf(
    view: ClusterView,
    logs: readonly TopicLogs[],
    scope: Pick<MirrorScope, "isMirroredGroup" | "fromTopic">,
): Promise<string[]> {
    const groups = (await view.groups.list()).filter(
        ({ id, kind }) => kind === "consumer" && scope.isMirroredGroup(id),
    );
    const committed = await view.groups.committedOffsets(groups.map(({ id }) => id));
    const positions = [...committed].map(
        ([group, topics]) =>
            [
                group,
                [...topics.keys()].filter((name) => scope.fromTopic(name) !== undefined),
            ] as const,
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
