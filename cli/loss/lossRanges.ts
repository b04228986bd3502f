import type { ClusterLook, PartitionLog } from "../../kafka/logLook";
import {
    type Contradiction,
    lookContradictions,
    notedContradictions,
} from "../shared/mirror/identity";
import type { RecoveryPoint } from "../shared/mirror/mirrorOperations";
import type { Ends } from "../shared/mirror/ends";
import { unknownPartitions } from "../shared/mirror/progress";
import { number } from "../shared/output";

/** What is compared of one partition to find what was lost. */
export interface LossRange {
    readonly topic: string;
    readonly partition: number;
    readonly from: LogRange;
    readonly to: LogRange;
    /**
     * Offset of the last record that Kafka Connect noted as mirrored, if the source still has it: the
     * target must have it too, or the source's log is not the one that was mirrored.
     */
    readonly anchor?: number;
}

/** A part of a log; `endOffset` is exclusive. */
interface LogRange {
    readonly firstOffset: number;
    readonly endOffset: number;
}

/** Offsets of the target that are read beyond those that can be needed: markers of transactions. */
const SLACK = 1000;

/**
 * The parts of both logs that can hold a loss. Records that Kafka Connect noted as mirrored are at
 * the target; the logs are compared from the last of them, since a killed worker mirrors more than it
 * notes.
 *
 * @param now What the source has now that it is back.
 */
export function lossRanges(recoveryPoint: RecoveryPoint, now: ClusterLook): LossRange[] {
    const noted = notedOffsets(recoveryPoint);
    const targetEnd = targetEnds(recoveryPoint);
    return now.topics.flatMap(({ name: topic, partitions }) =>
        partitions.flatMap((log, partition): LossRange[] => {
            if (!("known" in log)) {
                return [];
            }
            const key = `${topic}:${partition}`;
            const { firstOffset: first, lastStableOffset: endOffset } = log.known;
            const offset = noted.get(key);
            const hasAnchor = offset !== undefined && offset >= first && offset < endOffset;
            // A log that ends before the mirrored offset is another one: all of it is compared.
            const firstOffset = hasAnchor ? offset : Math.min(first, endOffset);
            const end = targetEnd.get(key) ?? 0;
            return [
                {
                    topic,
                    partition,
                    from: { firstOffset, endOffset },
                    // At most as many records have arrived since the noted offset, and as many duplicates.
                    to: {
                        firstOffset: Math.max(0, end - 2 * (endOffset - firstOffset) - SLACK),
                        endOffset: end,
                    },
                    ...(hasAnchor && { anchor: offset }),
                },
            ];
        }),
    );
}

/**
 * What cannot be known whatever the records say: the source or the target is not what it was, parts of
 * it cannot be looked at, or the source has deleted what was not mirrored.
 */
export function lossUnknowns(
    recoveryPoint: RecoveryPoint,
    now: Ends<ClusterLook>,
): Contradiction[] {
    const { source, target, mirrored = [] } = recoveryPoint;
    const unknown: Contradiction[] = [
        ...(source === undefined ? [] : lookContradictions(source, now.from)),
        ...notedContradictions(now.from, mirrored),
        ...absentTopics(recoveryPoint, now.from),
        ...lookContradictions(target, now.to).map((found) => ({
            ...found,
            end: "to" as const,
        })),
        ...unknownPartitions(now.from).map(({ unknown: message, ...at }) => ({ ...at, message })),
        ...unreadable(recoveryPoint, now.from),
    ];
    // One reason for each place is enough.
    const places = new Set<string>();
    return unknown.filter(({ end = "from", topic = "", partition = -1 }) => {
        const place = `${end} ${topic}:${partition}`;
        const isNew = !places.has(place) && !places.has(`${end} ${topic}:-1`);
        places.add(place);
        return isNew;
    });
}

/** Whether an unknown is about a whole cluster or topic, whose records then say nothing. */
export function isOtherLog(unknown: readonly Contradiction[], topic: string): boolean {
    return unknown.some(
        (found) =>
            found.partition === undefined && (found.topic === undefined || found.topic === topic),
    );
}

function absentTopics(recoveryPoint: RecoveryPoint, now: ClusterLook): Contradiction[] {
    const present = new Set(now.topics.map(({ name }) => name));
    const had =
        recoveryPoint.mirrored?.map(({ topic }) => topic) ??
        recoveryPoint.target.topics
            .filter(({ partitions }) =>
                partitions.some((log) => "known" in log && log.known.highWatermark > 0),
            )
            .map(({ name }) => name);
    return [...new Set(had)]
        .filter((topic) => !present.has(topic))
        .map((topic) => ({
            topic,
            message: "records of it were mirrored, and the topic does not exist any more",
        }));
}

function unreadable(recoveryPoint: RecoveryPoint, now: ClusterLook): Contradiction[] {
    const noted = notedOffsets(recoveryPoint);
    const targetEnd = targetEnds(recoveryPoint);
    return now.topics.flatMap(({ name: topic, partitions }) =>
        partitions.flatMap((log, partition): Contradiction[] => {
            const key = `${topic}:${partition}`;
            const reason =
                "known" in log
                    ? unreadableBecause(log.known, noted.get(key), targetEnd.get(key) ?? 0)
                    : undefined;
            return reason === undefined ? [] : [{ topic, partition, message: reason }];
        }),
    );
}

function unreadableBecause(
    { firstOffset, lastStableOffset, highWatermark }: PartitionLog,
    noted: number | undefined,
    targetEnd: number,
): string | undefined {
    if (noted === undefined && highWatermark === 0 && targetEnd > 0) {
        return `its log is empty, and the target had ${number(targetEnd)} offsets of it: it was emptied or created again`;
    }
    if (noted !== undefined && firstOffset > noted + 1) {
        return `offsets ${noted + 1} to ${firstOffset - 1} were deleted by retention before they were mirrored or compared`;
    }
    return lastStableOffset < highWatermark
        ? `offsets ${lastStableOffset} to ${highWatermark - 1} lie behind an open transaction: wait for its transaction.timeout.ms or abort it, and run the command again`
        : undefined;
}

function notedOffsets({ mirrored }: RecoveryPoint): ReadonlyMap<string, number> {
    return new Map(
        mirrored?.map(({ topic, partition, offset }) => [`${topic}:${partition}`, offset]),
    );
}

function targetEnds({ target }: RecoveryPoint): ReadonlyMap<string, number> {
    return new Map(
        target.topics.flatMap(({ name, partitions }) =>
            partitions.flatMap((log, partition): [string, number][] =>
                "known" in log ? [[`${name}:${partition}`, log.known.highWatermark]] : [],
            ),
        ),
    );
}
