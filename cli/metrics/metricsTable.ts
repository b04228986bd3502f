import type { Value, WorkerMetrics } from "./workerMetrics";

type Cell = string;

/** The metrics of all workers as text for a terminal. */
export function metricsTable(workers: readonly WorkerMetrics[]): string {
    return workers.map(workerText).join("\n");
}

function workerText({ worker, producers, topics, tasks }: WorkerMetrics): string {
    const parts = [
        table(
            ["producer", "batch-size-avg", "request-latency-avg", "in flight", "buffer free"],
            producers.map((producer) => [
                producer.clientId,
                shown(producer.batchSizeAvgBytes, "B"),
                shown(producer.requestLatencyAvgMs, "ms", 1),
                shown(producer.requestsInFlight),
                shown(producer.bufferAvailableBytes, "B"),
            ]),
        ),
        table(
            ["topic", "partitions", "records-lag", "records/s", "replication-latency-avg"],
            topics.map((topic) => [
                topic.topic,
                String(topic.partitions),
                shown(topic.recordsLag),
                shown(topic.recordsPerSecond, "", 1),
                shown(topic.replicationLatencyAvgMs, "ms", 1),
            ]),
        ),
        table(
            ["connector", "task", "state"],
            tasks.map(({ connector, task, state }) => [connector, String(task), state]),
        ),
    ].filter((part) => part !== "");
    const body = parts.length === 0 ? "  no metrics of MirrorMaker 2 yet\n" : parts.join("\n");
    return `${worker}\n${body}`;
}

/** Columns as wide as their widest cell, the first to the left, numbers to the right. */
function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
    if (rows.length === 0) {
        return "";
    }
    const lines = [head, ...rows];
    const widths = head.map((_, column) =>
        Math.max(...lines.map((line) => (line[column] ?? "").length)),
    );
    return lines
        .map((line) => {
            const cells = line.map((cell, column) =>
                column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
            );
            return `  ${cells.join("  ").trimEnd()}\n`;
        })
        .join("");
}

function shown(value: Value, unit = "", digits = 0): string {
    if (value === null) {
        return "-";
    }
    const number = value.toLocaleString("en-US", { maximumFractionDigits: digits });
    return unit === "" ? number : `${number} ${unit}`;
}
