import type { Looked } from "../../../../kafka/askLeaders";
import type { ClusterLook, PartitionLog } from "../../../../kafka/logLook";
import type { MirrorProgress, PartitionProgress } from "../../../../cli/shared/mirror/progress";

/** A log without open transactions, or with one that begins at the stable offset. */
export function log(
    highWatermark: number,
    { firstOffset = 0, lastStableOffset = highWatermark, leaderEpoch = 0 } = {},
): Looked<PartitionLog> {
    return { known: { firstOffset, lastStableOffset, highWatermark, leaderEpoch } };
}

/** A look at topics, each given by its logs or by where they end. */
export function lookOf(
    topics: Readonly<Record<string, readonly (number | Looked<PartitionLog>)[]>>,
    clusterId = "a",
): ClusterLook {
    return {
        clusterId,
        topics: Object.entries(topics).map(([name, partitions]) => ({
            name,
            id: `id of ${name}`,
            partitions: partitions.map((at) => (typeof at === "number" ? log(at) : at)),
        })),
    };
}

/** The progress of a mirror with one partition, `orders:0`, which is mirrored up to its end. */
export function partitionProgress(changes: Partial<PartitionProgress> = {}): PartitionProgress {
    const endOffset = changes.endOffset ?? 100;
    return {
        topic: "orders",
        partition: 0,
        firstOffset: 0,
        endOffset,
        stableOffset: endOffset,
        mirroredOffset: endOffset - 1,
        lag: 0,
        deletedUnmirrored: 0,
        ...changes,
    };
}

export function progress(
    partitions: readonly PartitionProgress[] = [partitionProgress()],
    changes: Partial<MirrorProgress> = {},
): MirrorProgress {
    return { clusterId: "a", partitions, unknown: [], contradictions: [], held: [], ...changes };
}
