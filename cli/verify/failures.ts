import type { SiteName } from "../../config/settingsSchema";
import type { Ends } from "../shared/mirror/ends";
import { number } from "../shared/output";
import type { FoundRecords } from "./comparisonResult";
import { isFailure } from "./groupVerdict";
import type { GroupReport } from "./groups";
import { type GroupLeftOut, LEFT_OUT_TEXTS } from "./groupsLeftOut";
import {
    type Failure,
    type PartitionReport,
    type TopicReport,
    topicTotals,
    type VerifyReport,
} from "./report";

/**
 * What is tolerated, in records of one topic. Without a limit any number is: MirrorMaker 2 lags and
 * repeats records by design.
 */
export interface Limits {
    /** Records that are not mirrored yet. */
    readonly maxLag?: number;
    readonly maxDuplicates?: number;
}

/**
 * The findings with which the comparison fails. A group without a position at `to` fails only when the
 * operator named it: that it is carried over is then what was asked.
 * @param sites Names for the messages.
 * @param isNamedGroup Whether the operator named the group; no group is named by default.
 */
export function failuresOf(
    { topics, groups, groupsLeftOut }: Pick<VerifyReport, "topics" | "groups" | "groupsLeftOut">,
    sites: Ends<SiteName>,
    limits: Limits = {},
    isNamedGroup: (name: string) => boolean = () => false,
): Failure[] {
    return [
        ...topics.flatMap((topic) => [
            ...topicFailures(topic, sites),
            ...topic.partitions.flatMap((partition) =>
                partitionFailures(topic.topic, partition, sites),
            ),
            ...limitFailures(topic, limits),
        ]),
        ...groups.flatMap((group) => groupFailures(group, sites)),
        ...groups
            .filter(({ group }) => isNamedGroup(group))
            .flatMap((group) => unprotectedFailures(group, sites)),
        ...groupsLeftOut.filter(({ group }) => isNamedGroup(group)).map(leftOutFailure),
    ];
}

function topicFailures(
    { topic, toTopic, fromPartitions, toPartitions }: TopicReport,
    { to }: Ends<SiteName>,
): Failure[] {
    if (toPartitions === 0) {
        const message = `the ${to} has no topic ${toTopic}`;
        return [{ kind: "absent-topic", where: topic, records: 0, message }];
    }
    if (toPartitions < fromPartitions) {
        const message = `the ${to} has ${toPartitions} of ${fromPartitions} partitions`;
        return [{ kind: "fewer-partitions", where: topic, records: 0, message }];
    }
    return [];
}

function partitionFailures(
    topic: string,
    { partition, missing, unexpected, outOfOrder }: PartitionReport,
    { from, to }: Ends<SiteName>,
): Failure[] {
    const kinds = [
        [
            "missing",
            missing,
            `missing at the ${to}, which has later records of the ${from}: they will not arrive`,
            from,
        ],
        ["unexpected", unexpected, `unexpected at the ${to}: the ${from} does not have them`, to],
        ["out-of-order", outOfOrder, `out of order at the ${to}`, to],
    ] as const;
    return kinds
        .filter(([, { records }]) => records > 0)
        .map(([kind, found, text, site]) => ({
            kind,
            where: `${topic}:${partition}`,
            records: found.records,
            message: `${recordsText(found.records)} ${text}; ${site} offsets ${rangesText(found)}`,
        }));
}

function limitFailures(topic: TopicReport, { maxLag, maxDuplicates }: Limits): Failure[] {
    const totals = topicTotals(topic);
    const over = (kind: "lag" | "duplicate", limit: number | undefined, text: string) => {
        const records = totals[kind] + (kind === "lag" ? totals.heldBack : 0);
        const message = `${text}, at most ${number(limit ?? 0)} allowed`;
        return limit !== undefined && records > limit
            ? [{ kind, where: topic.topic, records, message }]
            : [];
    };
    const held =
        totals.heldBack === 0
            ? ""
            : ` and ${number(totals.heldBack)} offsets behind an open transaction`;
    return [
        ...over("lag", maxLag, `lag of ${recordsText(totals.lag)}${held}`),
        ...over("duplicate", maxDuplicates, `${recordsText(totals.duplicate)} duplicate`),
    ];
}

function groupFailures({ group, partitions }: GroupReport, { to }: Ends<SiteName>): Failure[] {
    return partitions
        .filter(({ verdict }) => isFailure(verdict))
        .map(({ topic, partition, verdict, toOffset = 0, skipped = 0, reason = "" }) => ({
            kind: verdict === "late" ? "group-late" : "group-out-of-range",
            where: `${group} ${topic}:${partition}`,
            records: skipped,
            message:
                verdict === "late"
                    ? `the group would skip ${recordsText(skipped)}: its offset at the ${to} is ${toOffset}, but ${reason}`
                    : `the group's offset at the ${to} is ${toOffset}: ${reason}`,
        }));
}

function unprotectedFailures(
    { group, partitions }: GroupReport,
    { to }: Ends<SiteName>,
): Failure[] {
    return partitions
        .filter(({ verdict }) => verdict === "unprotected")
        .map(({ topic, partition, reset, reason = "" }) => ({
            kind: "group-unprotected",
            where: `${group} ${topic}:${partition}`,
            records: reset?.skipped ?? 0,
            message: `the group has no position at the ${to}: ${reason}`,
        }));
}

function leftOutFailure({ group, cause }: GroupLeftOut): Failure {
    return { kind: "group-left-out", where: group, records: 0, message: LEFT_OUT_TEXTS[cause] };
}

/** `1 record`, `1,000 records`. */
export function recordsText(records: number): string {
    return `${number(records)} ${records === 1 ? "record" : "records"}`;
}

/** Ranges that fit into a line of text. */
const RANGES_SHOWN = 5;

/** The first ranges as text: `3, 10 to 19 and 4 more records`. */
export function rangesText({ ranges, records }: FoundRecords): string {
    const shown = ranges.slice(0, RANGES_SHOWN);
    const text = shown.map(({ firstOffset, lastOffset }) =>
        firstOffset === lastOffset ? `${firstOffset}` : `${firstOffset} to ${lastOffset}`,
    );
    const rest = records - shown.reduce((sum, range) => sum + range.records, 0);
    return `${text.join(", ")}${rest > 0 ? ` and ${number(rest)} more records` : ""}`;
}
