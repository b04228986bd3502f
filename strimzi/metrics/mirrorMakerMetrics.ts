/** The unit of a metric's value; `1` for a share or a state. */
export type MetricUnit = "records" | "records/s" | "bytes" | "bytes/s" | "ms" | "tasks" | "1";

/** A metric that dashboards, alerts and this project's commands may rely on. */
export interface MetricContract {
    readonly name: string;
    /** In alphabetical order, as the exporter writes them. */
    readonly labels: readonly string[];
    readonly unit: MetricUnit;
    readonly meaning: string;
}

const PARTITION = ["partition", "source", "target", "topic"];
const GROUP_PARTITION = ["group", ...PARTITION];
const WINDOW = "over the last 30 to 60 s, NaN without records";

/** A metric of the latest record, and its statistics. */
function latency(name: string, labels: readonly string[], meaning: string): MetricContract[] {
    const statistics = { avg: "Mean", min: "Least", max: "Greatest" };
    return [
        { name, labels, unit: "ms", meaning },
        ...Object.entries(statistics).map(([suffix, statistic]) => ({
            name: `${name}_${suffix}`,
            labels,
            unit: "ms" as const,
            meaning: `${statistic} of ${name} ${WINDOW}.`,
        })),
    ];
}

/**
 * The metrics of MM2 that its rules must yield, on port 9404 of every worker.
 *
 * The value of a label `clientid` has quotes, because Kafka quotes client ids with a `>`; match it
 * with `clientid=~".*replication-consumer\\""`. Every worker reports its own tasks: sum over workers.
 */
export const MIRROR_MAKER_METRICS: readonly MetricContract[] = [
    {
        name: "kafka_connect_mirror_mirrorsourceconnector_record_count",
        labels: PARTITION,
        unit: "records",
        meaning: "Records that the target has acknowledged since the task started.",
    },
    {
        name: "kafka_connect_mirror_mirrorsourceconnector_record_rate",
        labels: PARTITION,
        unit: "records/s",
        meaning: `Records that the target has acknowledged, ${WINDOW.replace("NaN", "0")}.`,
    },
    {
        name: "kafka_connect_mirror_mirrorsourceconnector_byte_count",
        labels: PARTITION,
        unit: "bytes",
        meaning: "Bytes of the acknowledged records' values, without keys and headers.",
    },
    {
        name: "kafka_connect_mirror_mirrorsourceconnector_byte_rate",
        labels: PARTITION,
        unit: "bytes/s",
        meaning: `Bytes of the acknowledged records' values, ${WINDOW.replace("NaN", "0")}.`,
    },
    ...latency(
        "kafka_connect_mirror_mirrorsourceconnector_record_age_ms",
        PARTITION,
        "Age of the latest record when MM2 read it, by the record's timestamp and MM2's clock; " +
            "unchanged while no record arrives.",
    ),
    ...latency(
        "kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms",
        PARTITION,
        "Age of the latest record when the target acknowledged it, by the same clocks.",
    ),
    ...latency(
        "kafka_connect_mirror_mirrorcheckpointconnector_checkpoint_latency_ms",
        GROUP_PARTITION,
        "Time from making the group's latest checkpoint to the target's acknowledgement; absent " +
            "until the group's offsets have moved since the task started.",
    ),
    {
        name: "kafka_consumer_fetch_manager_records_lag",
        labels: ["clientid", "partition", "topic"],
        unit: "records",
        meaning:
            "Records at the source that MM2 has not read yet; absent while the task does not run. " +
            "Kafka reports a topic with a dot a second time with `_` for the dot: do not sum it.",
    },
    {
        name: "kafka_producer_batch_size_avg",
        labels: ["clientid"],
        unit: "bytes",
        meaning: `Mean size of a batch sent, per partition and request, ${WINDOW}.`,
    },
    {
        name: "kafka_producer_request_latency_avg",
        labels: ["clientid"],
        unit: "ms",
        meaning: `Mean time from a request to the target's response, ${WINDOW}.`,
    },
    {
        name: "kafka_producer_buffer_available_bytes",
        labels: ["clientid"],
        unit: "bytes",
        meaning: "Free part of the producer's buffer; at 0 the task waits for the target.",
    },
    {
        name: "kafka_producer_requests_in_flight",
        labels: ["clientid"],
        unit: "1",
        meaning: "Requests that the target has not answered yet.",
    },
    {
        name: "kafka_producer_record_error_total",
        labels: ["clientid"],
        unit: "records",
        meaning: "Records that could not be sent since the producer started; each fails its task.",
    },
    {
        name: "kafka_connect_connector_status",
        labels: ["connector", "status"],
        unit: "1",
        meaning:
            "1 for the current state of the connector (such as running, paused, stopped or " +
            "failed); a running connector may have failed tasks.",
    },
    {
        name: "kafka_connect_connector_task_status",
        labels: ["connector", "status", "task"],
        unit: "1",
        meaning: "1 for the current state of the task; stays failed until the task restarts.",
    },
    {
        name: "kafka_connect_worker_connector_failed_task_count",
        labels: ["connector"],
        unit: "tasks",
        meaning: "The connector's failed tasks on this worker.",
    },
    {
        name: "kafka_connect_worker_connector_running_task_count",
        labels: ["connector"],
        unit: "tasks",
        meaning: "The connector's running tasks on this worker.",
    },
    {
        name: "kafka_connect_worker_rebalance_rebalancing",
        labels: [],
        unit: "1",
        meaning: "1 while the workers rebalance connectors and tasks.",
    },
];
