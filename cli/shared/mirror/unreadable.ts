import type { ClusterView } from "../../../kafka/clusterView";
import type { LogPart } from "../../../kafka/firstRecords";
import type { ClusterLook } from "../../../kafka/logLook";
import type { MirroredOffset } from "../../../strimzi/builders/startPositions";
import { type UnknownPartition, unknownPartitions } from "./progress";

/**
 * The partitions that cannot be read: the last batch of each log, and the next one that the mirror has to
 * copy, are fetched and decoded. A log may hold other batches that cannot; to know that takes all of it.
 */
export async function unreadablePartitions(
    view: ClusterView,
    look: ClusterLook,
    mirrored: readonly MirroredOffset[],
): Promise<UnknownPartition[]> {
    const noted = new Map(
        mirrored.map(({ topic, partition, offset }) => [`${topic}:${partition}`, offset + 1]),
    );
    const ends: LogPart[] = [];
    const pending: LogPart[] = [];
    for (const { name: topic, partitions } of look.topics) {
        for (const [partition, log] of partitions.entries()) {
            if ("known" in log) {
                const { firstOffset: first, highWatermark: endOffset } = log.known;
                const next = Math.max(first, noted.get(`${topic}:${partition}`) ?? first);
                const last = Math.max(first, endOffset - 1);
                ends.push({ topic, partition, firstOffset: last, endOffset });
                pending.push({ topic, partition, firstOffset: next, endOffset });
            }
        }
    }
    const found = new Map<string, UnknownPartition>();
    for (const parts of [ends, pending]) {
        const looked = await view.firstRecords(parts);
        for (const [index, { topic, partition }] of parts.entries()) {
            const at = looked[index];
            if (at !== undefined && "unknown" in at) {
                found.set(`${topic}:${partition}`, { topic, partition, unknown: at.unknown });
            }
        }
    }
    return [...unknownPartitions(look), ...found.values()];
}
