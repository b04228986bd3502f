import type { Finding } from "./comparisonResult";
import { isFailure } from "./groupVerdict";
import type { Failure, GroupReport, PartitionReport, TopicReport } from "./report";

/** How much is still all right; no limit by default, as MirrorMaker 2 is late and repeats by design. */
export interface Limits {
    /** Records that may be mirrored later, in all partitions of a topic together. */
    readonly maxPending?: number;
    /** Records that may be twice at the target, in the same way. */
    readonly maxDuplicates?: number;
}

/** What must not be, of all that was found. */
export function failuresOf(
    topics: readonly TopicReport[],
    groups: readonly GroupReport[],
    limits: Limits = {},
): Failure[] {
    return [
        ...topics.flatMap((topic) => [
            ...topicFailures(topic),
            ...topic.partitions.flatMap((partition) => partitionFailures(topic.topic, partition)),
            ...limitFailures(topic, limits),
        ]),
        ...groups.flatMap(groupFailures),
    ];
}

function topicFailures({ topic, targetTopic, ...counts }: TopicReport): Failure[] {
    const { sourcePartitions, targetPartitions } = counts;
    if (targetPartitions === 0) {
        const message = `the target has no topic ${targetTopic}`;
        return [{ kind: "absent-topic", where: topic, records: 0, message }];
    }
    if (targetPartitions < sourcePartitions) {
        const message = `the target has ${targetPartitions} partitions of ${sourcePartitions}`;
        return [{ kind: "fewer-partitions", where: topic, records: 0, message }];
    }
    return [];
}

const MEANING = {
    missing: "of the source are not at the target although later ones are: they will not come",
    alien: "of the target are not at the source",
    reordered: "of the source are at the target, not in their place",
} as const;

function partitionFailures(topic: string, partition: PartitionReport): Failure[] {
    const where = `${topic}:${partition.partition}`;
    return (["missing", "alien", "reordered"] as const)
        .filter((kind) => partition[kind].records > 0)
        .map((kind) => ({
            kind,
            where,
            records: partition[kind].records,
            message: `${partition[kind].records} records ${MEANING[kind]}; offsets ${rangesText(partition[kind])}`,
        }));
}

function limitFailures(topic: TopicReport, { maxPending, maxDuplicates }: Limits): Failure[] {
    const total = (kind: "pending" | "duplicate") =>
        topic.partitions.reduce((sum, partition) => sum + partition[kind].records, 0);
    const over = (kind: "pending" | "duplicate", limit: number | undefined, what: string) => {
        const records = total(kind);
        const message = `${records} records ${what}; at most ${limit ?? 0} may be`;
        return limit !== undefined && records > limit
            ? [{ kind, where: topic.topic, records, message }]
            : [];
    };
    return [
        ...over("pending", maxPending, "are not mirrored yet"),
        ...over("duplicate", maxDuplicates, "are at the target once more"),
    ];
}

function groupFailures({ group, partitions }: GroupReport): Failure[] {
    return partitions
        .filter(({ verdict }) => isFailure(verdict))
        .map(({ topic, partition, verdict, targetOffset = 0, skipped = 0, reason = "" }) => ({
            kind: verdict === "late" ? "group-late" : "group-out-of-range",
            where: `${group} ${topic}:${partition}`,
            records: skipped,
            message:
                verdict === "late"
                    ? `the group would skip ${skipped} records: it is at ${targetOffset} there, and ${reason}`
                    : `the group is at ${targetOffset} at the target, ${reason}`,
        }));
}

/** Ranges that a line of text has room for. */
const RANGES_SHOWN = 5;

/** The first ranges of a finding as text: `3, 10 to 19 and 4 more ranges`. */
export function rangesText({ ranges, records }: Finding): string {
    const shown = ranges.slice(0, RANGES_SHOWN);
    const text = shown.map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`));
    const rest = records - shown.reduce((sum, range) => sum + range.records, 0);
    return `${text.join(", ")}${rest > 0 ? ` and ${rest} more records` : ""}`;
}
