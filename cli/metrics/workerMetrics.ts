import type { ScrapedSample } from "./prometheusText";

/** A value of a metric; null where Kafka reports none, because there were no records. */
export type Value = number | null;

/** A producer of MM2 that writes to the target. */
export interface ProducerMetrics {
    readonly clientId: string;
    readonly batchSizeAvgBytes: Value;
    readonly requestLatencyAvgMs: Value;
    readonly requestsInFlight: Value;
    readonly bufferAvailableBytes: Value;
    readonly recordErrors: Value;
}

/** The part of a mirrored topic that this worker mirrors. */
export interface TopicMetrics {
    readonly topic: string;
    /** Partitions whose task runs here. */
    readonly partitions: number;
    /** Records at the source that MM2 has not read, over all partitions. */
    readonly recordsLag: Value;
    readonly recordsPerSecond: Value;
    /** Records that the target has acknowledged since the tasks started. */
    readonly records: Value;
    /** Mean over the partitions of the mean age of a record when the target acknowledged it. */
    readonly replicationLatencyAvgMs: Value;
}

export interface TaskState {
    readonly connector: string;
    readonly task: number;
    readonly state: string;
}

/** What one Connect worker of MM2 reports. */
export interface WorkerMetrics {
    /** Its pod, or the URL that was read. */
    readonly worker: string;
    readonly producers: readonly ProducerMetrics[];
    readonly topics: readonly TopicMetrics[];
    readonly tasks: readonly TaskState[];
}

const PRODUCER = "kafka_producer_";
const SOURCE = "kafka_connect_mirror_mirrorsourceconnector_";
const LAG = "kafka_consumer_fetch_manager_records_lag";

/** The metrics of one worker from a scrape; the names are those of `strimzi/metrics`. */
export function workerMetrics(worker: string, samples: readonly ScrapedSample[]): WorkerMetrics {
    return {
        worker,
        producers: producers(samples),
        topics: topics(samples),
        tasks: samples
            .filter(
                ({ name, value }) => name === "kafka_connect_connector_task_status" && value === 1,
            )
            .map(({ labels }) => ({
                connector: labels.connector ?? "",
                task: Number(labels.task),
                state: labels.status ?? "",
            }))
            .sort((one, other) => compare(one.connector, other.connector) || one.task - other.task),
    };
}

function producers(samples: readonly ScrapedSample[]): ProducerMetrics[] {
    const clients = new Map<string, Map<string, number>>();
    for (const { name, labels, value } of samples) {
        const { clientid } = labels;
        if (name.startsWith(PRODUCER) && clientid !== undefined) {
            const found = clients.get(clientid) ?? new Map<string, number>();
            clients.set(clientid, found.set(name.slice(PRODUCER.length), value));
        }
    }
    return [...clients]
        .sort(([one], [other]) => compare(one, other))
        .map(([clientId, values]) => {
            const value = (name: string) => finite(values.get(name));
            return {
                clientId: clientId.replace(/^"(.*)"$/, "$1"),
                batchSizeAvgBytes: value("batch_size_avg"),
                requestLatencyAvgMs: value("request_latency_avg"),
                requestsInFlight: value("requests_in_flight"),
                bufferAvailableBytes: value("buffer_available_bytes"),
                recordErrors: value("record_error_total"),
            };
        });
}

function topics(samples: readonly ScrapedSample[]): TopicMetrics[] {
    const lags = withoutDuplicates(
        samples.filter(
            ({ name, labels }) =>
                name === LAG && (labels.clientid ?? "").endsWith('|replication-consumer"'),
        ),
    );
    const mirrored = samples.filter(({ name }) => name.startsWith(SOURCE));
    const names = new Set([...lags, ...mirrored].map(({ labels }) => labels.topic ?? ""));
    return [...names].sort(compare).map((topic) => {
        const values = (name: string) =>
            mirrored
                .filter((sample) => sample.name === `${SOURCE}${name}`)
                .filter(({ labels }) => labels.topic === topic)
                .map(({ value }) => value);
        const lag = lags.filter(({ labels }) => labels.topic === topic);
        const latencies = values("replication_latency_ms_avg").filter(Number.isFinite);
        const counts = values("record_count");
        return {
            topic,
            partitions: Math.max(lag.length, counts.length),
            recordsLag: sum(lag.map(({ value }) => value)),
            recordsPerSecond: sum(values("record_rate")),
            records: sum(counts),
            replicationLatencyAvgMs:
                latencies.length === 0 ? null : (sum(latencies) ?? 0) / latencies.length,
        };
    });
}

/** Kafka reports a partition of a topic with dots twice: once more with `_` for each dot. */
function withoutDuplicates(lags: readonly ScrapedSample[]): ScrapedSample[] {
    const key = ({ labels, value }: ScrapedSample, topic: string) =>
        JSON.stringify([labels.clientid, labels.partition, topic, value]);
    const duplicates = new Set(
        lags.flatMap((sample) => {
            const { topic = "" } = sample.labels;
            return topic.includes(".") ? [key(sample, topic.replaceAll(".", "_"))] : [];
        }),
    );
    return lags.filter((sample) => !duplicates.has(key(sample, sample.labels.topic ?? "")));
}

function sum(values: readonly number[]): Value {
    const known = values.filter(Number.isFinite);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function finite(value: number | undefined): Value {
    return value !== undefined && Number.isFinite(value) ? value : null;
}

function compare(one: string, other: string): number {
    return one < other ? -1 : Number(one > other);
}
