import { table } from "../shared/output";
import type { Value, WorkerMetrics } from "./workerMetrics";

/** The metrics of all workers as text. */
export function metricsTable(workers: readonly WorkerMetrics[]): string {
    return workers.map(workerText).join("\n");
}

function workerText({ worker, producers, topics, tasks }: WorkerMetrics): string {
    const parts = [
        section(
            ["producer", "batch-size-avg", "request-latency-avg", "in flight", "buffer free"],
            producers.map((producer) => [
                producer.clientId,
                shown(producer.batchSizeAvgBytes, "B"),
                shown(producer.requestLatencyAvgMs, "ms", 1),
                shown(producer.requestsInFlight),
                shown(producer.bufferAvailableBytes, "B"),
            ]),
        ),
        section(
            ["topic", "partitions", "records-lag", "records/s", "replication-latency-avg"],
            topics.map((topic) => [
                topic.topic,
                String(topic.partitions),
                shown(topic.recordsLag),
                shown(topic.recordsPerSecond, "", 1),
                shown(topic.replicationLatencyAvgMs, "ms", 1),
            ]),
        ),
        section(
            ["connector", "task", "state"],
            tasks.map(({ connector, task, state }) => [connector, String(task), state]),
        ),
    ].filter((part) => part !== "");
    const body = parts.length === 0 ? "  no MirrorMaker 2 metrics yet\n" : parts.join("\n");
    return `${worker}\n${body}`;
}

function section(head: readonly string[], rows: readonly (readonly string[])[]): string {
    return rows.length === 0
        ? ""
        : table([head, ...rows])
              .map((line) => `  ${line}\n`)
              .join("");
}

function shown(value: Value, unit = "", digits = 0): string {
    if (value === null) {
        return "-";
    }
    const number = value.toLocaleString("en-US", { maximumFractionDigits: digits });
    return unit === "" ? number : `${number} ${unit}`;
}
