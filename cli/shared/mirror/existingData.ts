import type { ClusterView } from "../../../kafka/clusterView";
import type { ClusterLook } from "../../../kafka/logLook";
import type { MirrorScope } from "../../verify/scope";
import { partitionName, unknownPartitions } from "./progress";

/**
 * What a cluster holds that a rebuilt one does not: records of mirrored topics, and offsets of
 * groups. A mirror would append to the records, and would not move offsets back.
 *
 * @param scope `isMirroredTopic` takes the names of the cluster.
 * @returns one line for each topic and group
 */
export async function existingDataOf(
    view: ClusterView,
    look: ClusterLook,
    scope: Pick<MirrorScope, "isMirroredGroup" | "isMirroredTopic">,
): Promise<string[]> {
    const groups = (await view.groups.list()).filter(
        ({ id, kind }) => kind === "consumer" && scope.isMirroredGroup(id),
    );
    const committed = await view.groups.committedOffsets(groups.map(({ id }) => id));
    const positions = [...committed].map(
        ([group, topics]) =>
            [group, [...topics.keys()].filter((name) => scope.isMirroredTopic(name))] as const,
    );
    return [
        ...look.topics
            .map(({ name, partitions }) => ({
                name,
                ends: partitions.map((log) => ("known" in log ? log.known.highWatermark : 0)),
            }))
            .filter(({ ends }) => ends.some((offset) => offset > 0))
            .map(({ name, ends }) => `topic ${name} has log-end offsets ${ends.join(", ")}`),
        // What cannot be looked at may hold anything.
        ...unknownPartitions(look).map(
            (at) => `${partitionName(at)} cannot be looked at: ${at.unknown}`,
        ),
        ...positions
            .filter(([, topics]) => topics.length > 0)
            .map(([group, topics]) => `group ${group} has offsets in ${topics.join(", ")}`),
    ];
}
