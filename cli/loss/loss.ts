import type { ClusterView } from "../../kafka/clusterView";
import type { Ends } from "../shared/mirror/ends";
import type { PartitionLoss, RecoveryPoint, TopicEnds } from "../shared/mirror/mirrorOperations";
import { comparePartition } from "../verify/comparePartition";
import type { MirrorScope } from "../verify/scope";

/** What is compared of one partition to find what was lost. */
export interface LossRange {
    readonly topic: string;
    readonly partition: number;
    readonly from: LogRange;
    readonly to: LogRange;
}

/** A part of a log; `endOffset` is exclusive. */
interface LogRange {
    readonly firstOffset: number;
    readonly endOffset: number;
}

/**
 * The parts of both logs that can hold a loss. Records that Kafka Connect noted as mirrored are at
 * the target; the logs are compared after them, since a killed worker mirrors more than it notes.
 *
 * @param logs What the source has now that it is back.
 */
export function lossRanges(
    recoveryPoint: RecoveryPoint,
    logs: readonly (TopicEnds & { readonly firstOffsets: readonly number[] })[],
): LossRange[] {
    const mirrored = new Map(
        recoveryPoint.mirrored?.map(({ topic, partition, offset }) => [
            `${topic}:${partition}`,
            offset + 1,
        ]),
    );
    const targetEnds = new Map(
        recoveryPoint.targetEnds.map(({ topic, endOffsets }) => [topic, endOffsets]),
    );
    return logs.flatMap(({ topic, firstOffsets, endOffsets }) =>
        endOffsets.map((endOffset, partition): LossRange => {
            const next = mirrored.get(`${topic}:${partition}`) ?? 0;
            const first = firstOffsets[partition] ?? 0;
            // A log that ends before the mirrored offset was recreated: all of it is compared.
            const firstOffset = next > endOffset ? first : Math.max(next, first);
            const targetEnd = targetEnds.get(topic)?.[partition] ?? 0;
            return {
                topic,
                partition,
                from: { firstOffset, endOffset },
                // At most as many records have arrived since the noted offset, and as many duplicates.
                to: {
                    firstOffset: Math.max(0, targetEnd - 2 * (endOffset - firstOffset)),
                    endOffset: targetEnd,
                },
            };
        }),
    );
}

/** Compares the ranges and returns what is not at the target, for every partition. */
export async function findLoss(
    views: Ends<ClusterView>,
    ranges: readonly LossRange[],
    options: {
        readonly scope: Pick<MirrorScope, "toTopic">;
        readonly signal: AbortSignal;
        /** How long a request to a broker may take, in milliseconds. */
        readonly timeoutMs?: number;
    },
): Promise<PartitionLoss[]> {
    const { scope, ...reading } = options;
    const losses: PartitionLoss[] = [];
    for (const { topic, partition, from, to } of ranges) {
        if (from.endOffset <= from.firstOffset) {
            losses.push({ topic, partition, records: 0, ranges: [] });
            continue;
        }
        const topics = { from: topic, to: scope.toTopic(topic) };
        const [first = 0] =
            to.endOffset > 0
                ? [(await views.to.earliestOffsets(await views.to.topic(topics.to)))[partition]]
                : [];
        const firstOffset = Math.min(to.endOffset, Math.max(first, to.firstOffset));
        const log = { isTrimmed: false, isCompacted: false };
        const { missing, lag } = await comparePartition(
            views,
            {
                topics,
                partition,
                isRestamped: false,
                from: { ...from, ...log },
                to: { ...to, firstOffset, ...log },
            },
            reading,
        );
        losses.push({
            topic,
            partition,
            records: missing.records + lag.records,
            ranges: [...missing.ranges, ...lag.ranges],
        });
    }
    return losses;
}
