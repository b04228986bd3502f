import type { ClusterView } from "../../kafka/clusterView";
import { innermostReason, isAuthorizationFailure } from "../../kafka/errors";
import type { ClusterLook } from "../../kafka/logLook";
import type { Ends } from "../shared/mirror/ends";
import type { Contradiction } from "../shared/mirror/identity";
import type { Loss, PartitionLoss, RecoveryPoint } from "../shared/mirror/mirrorOperations";
import { comparePartition } from "../verify/comparePartition";
import type { ComparisonResult, FoundRecords } from "../verify/comparisonResult";
import type { MirrorScope } from "../verify/scope";
import { isOtherLog, type LossRange, lossRanges, lossUnknowns } from "./lossRanges";

interface LossOptions {
    readonly scope: Pick<MirrorScope, "toTopic">;
    readonly signal: AbortSignal;
    /** How long a request to a broker may take, in milliseconds. */
    readonly timeoutMs?: number;
}

/**
 * Compares what the source has now that it is back with what the target had at the recovery point.
 * @param now What both clusters have now.
 */
export async function findLoss(
    views: Ends<ClusterView>,
    recoveryPoint: RecoveryPoint,
    now: Ends<ClusterLook>,
    options: LossOptions,
): Promise<Loss> {
    const unknown = lossUnknowns(recoveryPoint, now);
    const partitions: PartitionLoss[] = [];
    const ranges = lossRanges(recoveryPoint, now.from).filter(
        ({ topic }) => !isOtherLog(unknown, topic),
    );
    const restamped = await restampedTopics(views.to, now.to, options.scope);
    for (const range of ranges) {
        const isRestamped = restamped.has(range.topic);
        const found = await rangeLoss(views, { ...range, isRestamped }, now.to, options);
        if (found.loss !== undefined) {
            partitions.push(found.loss);
        }
        if (found.unknown !== undefined) {
            unknown.push(found.unknown);
        }
    }
    return { partitions, unknown };
}

/** Topics whose timestamps the brokers of the target replace; none where the user may not read that. */
async function restampedTopics(
    view: ClusterView,
    { topics }: ClusterLook,
    { toTopic }: LossOptions["scope"],
): Promise<ReadonlySet<string>> {
    try {
        const configs = await view.topicConfigs(topics.map(({ name }) => toTopic(name)));
        return new Set(
            topics
                .map(({ name }) => name)
                .filter(
                    (name) =>
                        configs.get(toTopic(name))?.get("message.timestamp.type")?.value ===
                        "LogAppendTime",
                ),
        );
    } catch (error) {
        if (isAuthorizationFailure(error)) {
            return new Set();
        }
        throw error;
    }
}

interface RangeLoss {
    readonly loss?: PartitionLoss;
    readonly unknown?: Contradiction;
}

async function rangeLoss(
    views: Ends<ClusterView>,
    range: LossRange & { readonly isRestamped: boolean },
    target: ClusterLook,
    { scope, signal, timeoutMs }: LossOptions,
): Promise<RangeLoss> {
    const { topic, partition, from, to } = range;
    const because = (message: string): RangeLoss => ({ unknown: { topic, partition, message } });
    if (from.endOffset <= from.firstOffset) {
        return { loss: { topic, partition, records: 0, ranges: [] } };
    }
    const log = target.topics.find(({ name }) => name === topic)?.partitions[partition];
    if (log !== undefined && "unknown" in log) {
        return { unknown: { end: "to", topic, partition, message: log.unknown } };
    }
    const first = log?.known.firstOffset ?? 0;
    const bounds = { isTrimmed: false, isCompacted: false };
    const firstOffset = Math.min(to.endOffset, Math.max(first, to.firstOffset));
    try {
        const result = await comparePartition(
            views,
            {
                topics: { from: topic, to: scope.toTopic(topic) },
                partition,
                isRestamped: range.isRestamped,
                from: { ...from, ...bounds },
                to: { ...to, firstOffset, ...bounds },
            },
            { signal, ...(timeoutMs !== undefined && { timeoutMs }) },
        );
        const reason = otherLogBecause(range, result, first);
        return reason === undefined ? { loss: lossOf(range, result) } : because(reason);
    } catch (error) {
        signal.throwIfAborted();
        return because(`its records cannot be read: ${innermostReason(error)}`);
    }
}

/** Why the records do not show that the source's log is the one that was mirrored. */
function otherLogBecause(
    { anchor, to }: LossRange,
    { missing, lag, firstMatch }: ComparisonResult,
    targetFirst: number,
): string | undefined {
    const lacks =
        anchor === undefined
            ? to.endOffset > 0 && firstMatch === undefined
            : hasOffset(missing, anchor) || hasOffset(lag, anchor);
    if (!lacks) {
        return undefined;
    }
    if (targetFirst > to.firstOffset) {
        return `the target has deleted offsets up to ${targetFirst - 1} by retention, with which the source's records would be compared`;
    }
    return anchor === undefined
        ? "none of its records is at the target, which had records of it: it is not the log that was mirrored"
        : `its record at offset ${anchor}, the last that Kafka Connect noted as mirrored, is not at the target: it is not the log that was mirrored`;
}

function hasOffset({ ranges }: FoundRecords, offset: number): boolean {
    return ranges.some(
        ({ firstOffset, lastOffset }) => firstOffset <= offset && offset <= lastOffset,
    );
}

function lossOf(
    { topic, partition }: LossRange,
    { missing, lag }: ComparisonResult,
): PartitionLoss {
    return {
        topic,
        partition,
        records: missing.records + lag.records,
        ranges: [...missing.ranges, ...lag.ranges],
    };
}
