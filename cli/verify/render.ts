import { duration, number, table } from "../shared/output";
import { rangesText } from "./failures";
import { isFailure } from "./groupVerdict";
import {
    topicTotals,
    type GroupReport,
    type PartitionReport,
    type TopicReport,
    type VerifyReport,
} from "./report";

/** Lines of each kind on a terminal; the document of `--json` has all of them. */
const LINES_SHOWN = 20;

/** The report for a person. */
export function renderVerifyReport(report: VerifyReport): string {
    return [
        `Source  ${report.source.bootstrapServers}  cluster id ${report.source.clusterId}`,
        `Target  ${report.target.bootstrapServers}  cluster id ${report.target.clusterId}`,
        ...scopeLines(report),
        "",
        ...topicTable(report.topics),
        ...section("Findings", report.topics.flatMap(findingLines)),
        ...section("Groups", groupLines(report.groups)),
        ...section("Configuration that differs", report.topics.flatMap(configLines)),
        ...section("Notes", [...report.notes, ...report.topics.flatMap(noteLines)]),
        "",
        verdict(report),
        "",
    ].join("\n");
}

function scopeLines({ cutAt, seconds, recordsRead, sample, since }: VerifyReport): string[] {
    const rate = number(Math.round(recordsRead / Math.max(seconds, 0.001)));
    return [
        `As of   ${cutAt}: ${number(recordsRead)} records read in ${duration(seconds)} (${rate}/s)`,
        ...(since === undefined ? [] : [`Since   ${since}: older records were not read`]),
        ...(sample === undefined
            ? []
            : [
                  `Sample  ${sample.read} of ${sample.of} partitions, about ${sample.fraction}, chosen by a hash of their names`,
              ]),
    ];
}

function topicTable(topics: readonly TopicReport[]): string[] {
    const head = [
        ...["topic", "source", "target", "equal", "missing", "pending", "behind"],
        ...["twice", "alien", "moved", "unknown"],
    ];
    const rows = topics.map((topic) => {
        const totals = topicTotals(topic);
        const { source, target, matched, missing, pending, pendingSeconds } = totals;
        return [
            topic.topic,
            number(source),
            topic.targetPartitions === 0 ? "absent" : number(target),
            number(matched),
            number(missing),
            number(pending),
            pending === 0 ? "-" : duration(pendingSeconds),
            number(totals.duplicate),
            number(totals.alien),
            number(totals.reordered),
            number(totals.unverifiable),
        ];
    });
    return table([head, ...rows]);
}

const KINDS = [
    ["missing", "missing at the target, source offsets"],
    ["alien", "not at the source, target offsets"],
    ["reordered", "not in their place, target offsets"],
    ["duplicate", "once more, target offsets"],
    ["pending", "not mirrored yet, source offsets"],
] as const;

function findingLines({ topic, partitions, ...rest }: TopicReport): string[] {
    const { sourcePartitions, targetPartitions } = rest;
    const counts =
        sourcePartitions === targetPartitions
            ? []
            : [
                  `${topic}: ${sourcePartitions} partitions at the source, ${targetPartitions} at the target`,
              ];
    return [...counts, ...partitions.flatMap((partition) => partitionLines(topic, partition))];
}

function partitionLines(topic: string, report: PartitionReport): string[] {
    const where = `${topic}:${report.partition}`;
    const { source, target } = report.unverifiable;
    const line = (text: string, finding: PartitionReport["missing"]) =>
        finding.records === 0
            ? []
            : [`${where}: ${number(finding.records)} ${text} ${rangesText(finding)}`];
    return [
        ...KINDS.flatMap(([kind, text]) => line(text, report[kind])),
        ...line("unknown, the target deleted its copies, source offsets", source),
        ...line("unknown, the source deleted its own, target offsets", target),
    ];
}

function groupLines(groups: readonly GroupReport[]): string[] {
    return groups.flatMap(({ group, partitions }) => {
        const judged = partitions.filter(({ verdict }) => verdict === "protected");
        const again = judged.reduce((sum, { readAgain = 0 }) => sum + readAgain, 0);
        const others = partitions.filter(({ verdict }) => verdict !== "protected");
        const failures = others.filter(({ verdict }) => isFailure(verdict));
        return [
            `${group}: ${judged.length} of ${partitions.length} partitions protected, ${number(again)} records would be read again`,
            ...[...failures, ...others.filter((other) => !failures.includes(other))].map(
                ({ topic, partition, verdict, skipped, reason = "" }) =>
                    `${group} ${topic}:${partition}: ${verdict}${skipped === undefined ? "" : `, would skip ${number(skipped)} records`}; ${reason}`,
            ),
        ];
    });
}

function configLines({ topic, configDifferences }: TopicReport): string[] {
    const text = (value: string | null | undefined) => (value == null ? "none" : `"${value}"`);
    return configDifferences.map(
        ({ name, source, target }) =>
            `${topic}: ${name} is ${text(source)} at the source, ${text(target)} at the target`,
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

function verdict({ failures, topics, isOk }: VerifyReport): string {
    if (!isOk) {
        const [first] = failures;
        const more = failures.length - 1;
        return `FAILED: ${first ? `${first.where}: ${first.message}` : ""}${more > 0 ? `; and ${number(more)} more` : ""}`;
    }
    const sum = (kind: "pending" | "duplicate") =>
        topics.reduce((total, topic) => total + topicTotals(topic)[kind], 0);
    const parts = [
        "OK: the target has every record of the source, in order, and no other ones",
        ...(sum("pending") > 0 ? [`${number(sum("pending"))} are not mirrored yet`] : []),
        ...(sum("duplicate") > 0 ? [`${number(sum("duplicate"))} are there once more`] : []),
    ];
    const text = parts.join("; ");
    return sum("pending") > 0 ? text.replace("every record", "every mirrored record") : text;
}
