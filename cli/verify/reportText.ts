import { unexpectedText } from "../../config/mirroredTopics";
import { duration, number, table } from "../shared/output";
import type { FoundRecords } from "./comparisonResult";
import { rangesText, recordsText } from "./failures";
import { type GroupVerdict, isFailure, isSafe } from "./groupVerdict";
import type { GroupReport } from "./groups";
import { LEFT_OUT_TEXTS } from "./groupsLeftOut";
import { readAgainText } from "./readAgain";
import {
    type ClusterReport,
    type PartitionReport,
    type TopicReport,
    topicTotals,
    type VerifyReport,
} from "./report";

/** Lines of each section on a terminal; the document of `--json` has all of them. */
const LINES_SHOWN = 20;

/** The report as text. It names the sites, so that it is true in both directions of a mirror. */
export function reportText(report: VerifyReport): string {
    const { from, to, topics } = report;
    return [
        clusterLine(from),
        clusterLine(to),
        ...extentLines(report),
        "",
        ...topicTable(report),
        ...section(
            "Findings",
            topics.flatMap((topic) => findingLines(topic, report)),
        ),
        ...section(
            "Not compared",
            report.unknown.map(
                ({ topic, partition, reason }) => `${topic}:${partition}: ${reason}`,
            ),
        ),
        ...section("Groups", groupLines(report)),
        ...section(
            "Configuration that differs",
            topics.flatMap((topic) => configLines(topic, report)),
        ),
        ...section(
            "Not mirrored, or under another name",
            report.unexpectedMirrorings.map(unexpectedText),
        ),
        ...section("Notes", [...report.notes, ...topics.flatMap(noteLines)]),
        "",
        resultLine(report),
        "",
    ].join("\n");
}

type Clusters = Pick<VerifyReport, "from" | "to">;

function clusterLine({ site, bootstrapServers, clusterId }: ClusterReport): string {
    return `${site === "source" ? "Source" : "Target"}  ${bootstrapServers}  cluster id ${clusterId}`;
}

function extentLines({ snapshotAt, seconds, recordsRead, sample, since }: VerifyReport): string[] {
    const rate = number(Math.round(recordsRead / Math.max(seconds, 0.001)));
    return [
        `As of   ${snapshotAt}: ${number(recordsRead)} records read in ${duration(seconds)} (${rate}/s)`,
        ...(since === undefined ? [] : [`Since   ${since}: older records were not read`]),
        ...(sample === undefined
            ? []
            : [
                  `Sample  ${sample.read} of ${sample.of} partitions, about ${sample.fraction}, chosen by a hash of their names`,
              ]),
    ];
}

function topicTable({ from, to, topics }: VerifyReport): string[] {
    const head = [
        ...["topic", from.site, to.site, "matched", "missing", "lag", "lag time"],
        ...["duplicate", "unexpected", "out of order", "unverifiable"],
    ];
    const rows = topics.map((topic) => {
        const totals = topicTotals(topic);
        return [
            topic.topic,
            number(totals.from),
            topic.toPartitions === 0 ? "absent" : number(totals.to),
            number(totals.matched),
            number(totals.missing),
            number(totals.lag),
            totals.lag === 0 ? "-" : duration(totals.lagSeconds),
            number(totals.duplicate),
            number(totals.unexpected),
            number(totals.outOfOrder),
            number(totals.unverifiable),
        ];
    });
    return table([head, ...rows]);
}

function findingLines(topic: TopicReport, { from, to }: Clusters): string[] {
    const { fromPartitions, toPartitions, partitions } = topic;
    const counts =
        fromPartitions === toPartitions
            ? []
            : [
                  `${topic.topic}: ${fromPartitions} partitions at the ${from.site}, ${toPartitions} at the ${to.site}`,
              ];
    return [
        ...counts,
        ...partitions.flatMap((partition) => partitionLines(topic.topic, partition, from, to)),
    ];
}

function partitionLines(
    topic: string,
    report: PartitionReport,
    from: ClusterReport,
    to: ClusterReport,
): string[] {
    const { unverifiable } = report;
    const line = (found: FoundRecords, { site }: ClusterReport, text: (count: string) => string) =>
        found.records === 0
            ? []
            : [
                  `${topic}:${report.partition}: ${text(number(found.records))}, ${site} offsets ${rangesText(found)}`,
              ];
    return [
        ...line(report.missing, from, (count) => `${count} missing`),
        ...line(report.unexpected, to, (count) => `${count} unexpected`),
        ...line(report.outOfOrder, to, (count) => `${count} out of order`),
        ...line(report.duplicate, to, (count) => `${count} duplicate`),
        ...line(report.lag, from, (count) => `lag of ${count}`),
        ...(report.heldBack === 0
            ? []
            : [
                  `${topic}:${report.partition}: ${number(report.heldBack)} offsets of the ${from.site} from ${report.from.endOffset} on were not compared: a transaction is open there`,
              ]),
        ...line(
            unverifiable.from,
            from,
            (count) => `${count} unverifiable, as the ${to.site} deleted its copies`,
        ),
        ...line(
            unverifiable.to,
            to,
            (count) => `${count} unverifiable, as the ${from.site} deleted its records`,
        ),
    ];
}

function groupLines({ groups, groupsLeftOut }: VerifyReport): string[] {
    return [
        ...groups.flatMap(groupReportLines),
        ...groupsLeftOut.map(
            ({ group, cause }) => `${group}: not carried over: ${LEFT_OUT_TEXTS[cause]}`,
        ),
    ];
}

function groupReportLines({ group, partitions, topicsNotMirrored }: GroupReport): string[] {
    const count = (wanted: GroupVerdict) =>
        partitions.filter(({ verdict }) => verdict === wanted).length;
    const others = partitions.filter(({ verdict }) => !isSafe(verdict));
    const failures = others.filter(({ verdict }) => isFailure(verdict));
    const empty = count("empty");
    return [
        `${group}: ${count("protected")} of ${partitions.length} partitions protected${empty === 0 ? "" : `, ${empty} empty`}, would read ${readAgainText(partitions)} again`,
        ...[...failures, ...others.filter((other) => !failures.includes(other))].map(
            ({ topic, partition, verdict, skipped, reset, reason = "" }) =>
                `${group} ${topic}:${partition}: ${verdict}${skipped === undefined ? "" : `, would skip ${recordsText(skipped)}`}${reset === undefined ? "" : resetText(reset)}; ${reason}`,
        ),
        ...(topicsNotMirrored === undefined
            ? []
            : [
                  `${group}: no position is carried over in topics that are not mirrored: ${topicsNotMirrored.join(", ")}`,
              ]),
    ];
}

function resetText({ readAgain, skipped }: { readAgain: number; skipped: number }): string {
    return `, auto.offset.reset earliest would read ${recordsText(readAgain)} again, latest would skip ${recordsText(skipped)}`;
}

function configLines({ topic, configDifferences }: TopicReport, clusters: Clusters): string[] {
    const text = (value: string | null | undefined) => (value == null ? "none" : `"${value}"`);
    return configDifferences.map(
        ({ name, from, to }) =>
            `${topic}: ${name} is ${text(from)} at the ${clusters.from.site}, ${text(to)} at the ${clusters.to.site}`,
    );
}

function noteLines({ topic, notes }: TopicReport): string[] {
    return notes.map((note) => `${topic}: ${note}`);
}

function section(title: string, lines: readonly string[]): string[] {
    const more = lines.length - LINES_SHOWN;
    return lines.length === 0
        ? []
        : [
              "",
              `${title}:`,
              ...lines.slice(0, LINES_SHOWN).map((line) => `  ${line}`),
              ...(more > 0 ? [`  and ${number(more)} more; --json has them`] : []),
          ];
}

function resultLine(report: VerifyReport): string {
    const { failures, unknown, topics, unexpectedMirrorings, isOk, from, to } = report;
    if (!isOk && failures.length === 0) {
        const [first] = unknown;
        return `UNKNOWN: ${number(unknown.length)} ${unknown.length === 1 ? "partition" : "partitions"} could not be compared${first ? `: ${first.topic}:${first.partition}: ${first.reason}` : ""}`;
    }
    if (!isOk) {
        const [first] = failures;
        const more = failures.length - 1;
        return `FAILED: ${first ? `${first.where}: ${first.message}` : ""}${more > 0 ? `; and ${number(more)} more` : ""}`;
    }
    const sum = (kind: "lag" | "duplicate" | "heldBack") =>
        topics.reduce((total, topic) => total + topicTotals(topic)[kind], 0);
    const [lag, duplicates, heldBack] = [sum("lag"), sum("duplicate"), sum("heldBack")];
    const leftOut = unexpectedMirrorings
        .flatMap(({ topic, toTopic }) => (toTopic === undefined ? [topic] : []))
        .join(", ");
    const every = lag + heldBack > 0 ? "every mirrored record" : "every record";
    return [
        `OK: the ${to.site} has ${every} of the ${from.site}, in order, and no others`,
        ...(lag > 0 ? [`lag of ${recordsText(lag)}`] : []),
        ...(heldBack > 0
            ? [`${number(heldBack)} offsets behind open transactions were not compared`]
            : []),
        ...(duplicates > 0 ? [`${recordsText(duplicates)} duplicate`] : []),
        ...(leftOut.length > 0 ? [`except in topics that are not mirrored: ${leftOut}`] : []),
    ].join("; ");
}
