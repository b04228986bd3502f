import { ANY_VALUE, type ExporterConfig } from "./exporterConfig";

// Kafka quotes values of an MBean's name with characters such as the `>` of `source->target`. A
// client id keeps its quotes in the label, as the usual queries expect; names of connectors and
// groups lose them.
const CLIENT_ID = "client-id=(.+)";
const CONNECTOR = 'connector="?([^"]+)"?';
const GROUP = 'group="?(.*?)"?';
const TOPIC_PARTITION = "topic=(.+), partition=(\\d+)";
// Only clients of the two connectors: those of the worker's internal topics are of no use.
const MIRROR_PRODUCER = 'client-id=("(?:connector-producer-|[^"]*\\|offset-syncs-)[^"]+")';
const MIRROR_CONSUMER = 'client-id=("[^"]*\\|(?:replication|offset-syncs-[a-z]+)-consumer")';

const PRODUCER_GAUGES = [
    "batch-size-(?:avg|max)",
    "buffer-(?:available|total)-bytes",
    "bufferpool-wait-ratio",
    "waiting-threads",
    "compression-rate-avg",
    "records?-(?:size|queue-time)-(?:avg|max)",
    "records-per-request-avg",
    "record-(?:send|error|retry)-rate",
    "request-latency-(?:avg|max)",
    "request-size-(?:avg|max)",
    "request-rate",
    "requests-in-flight",
    "outgoing-byte-rate",
    "produce-throttle-time-(?:avg|max)",
].join("|");

const FETCH_GAUGES = [
    "(?:records|bytes)-consumed-rate",
    "fetch-(?:latency|size|throttle-time)-(?:avg|max)",
    "fetch-rate",
    "records-lag-max",
    "records-per-request-avg",
].join("|");

/** Rules for the Connect workers that run MirrorMaker 2, checked against Kafka 4.3.1. */
export const MIRROR_MAKER_RULES: ExporterConfig = {
    title: "JMX exporter rules for MirrorMaker 2. JVM and process metrics come without a rule.",
    includeObjectNames: [
        "kafka.connect.mirror:type=MirrorSourceConnector,*",
        "kafka.connect.mirror:type=MirrorCheckpointConnector,*",
        "kafka.connect:type=connector-metrics,*",
        "kafka.connect:type=connector-task-metrics,*",
        "kafka.connect:type=source-task-metrics,*",
        "kafka.connect:type=task-error-metrics,*",
        "kafka.connect:type=connect-worker-metrics,*",
        "kafka.connect:type=connect-worker-rebalance-metrics,*",
        "kafka.connect:type=connect-coordinator-metrics,*",
        "kafka.producer:type=producer-metrics,*",
        "kafka.consumer:type=consumer-fetch-manager-metrics,*",
    ],
    rules: [
        {
            why: "Records copied per partition, their age and latency. The counts are gauges because a counter's name would have to end in _total.",
            pattern: `^kafka\\.connect\\.mirror<type=(MirrorSourceConnector), source=(.+), target=(.+), ${TOPIC_PARTITION}><>([a-z-]+)${ANY_VALUE}`,
            name: "kafka_connect_mirror_$1_$6",
            type: "GAUGE",
            labels: { source: "$2", target: "$3", topic: "$4", partition: "$5" },
        },
        {
            why: "How long a group's checkpoint took to reach the target.",
            pattern: `^kafka\\.connect\\.mirror<type=(MirrorCheckpointConnector), source=(.+), target=(.+), ${GROUP}, ${TOPIC_PARTITION}><>([a-z-]+)${ANY_VALUE}`,
            name: "kafka_connect_mirror_$1_$7",
            type: "GAUGE",
            labels: { source: "$2", target: "$3", group: "$4", topic: "$5", partition: "$6" },
        },
        {
            why: "Records at the source that MM2 has not read yet. Before the rules of whole clients, whose attributes look alike.",
            pattern: `^kafka\\.consumer<type=consumer-fetch-manager-metrics, ${MIRROR_CONSUMER}, ${TOPIC_PARTITION}><>(records-lag(?:-avg|-max)?)${ANY_VALUE}`,
            name: "kafka_consumer_fetch_manager_$4",
            type: "GAUGE",
            labels: { clientid: "$1", topic: "$2", partition: "$3" },
        },
        {
            why: "What the connectors' consumers have read since they started.",
            pattern: `^kafka\\.consumer<type=consumer-fetch-manager-metrics, ${MIRROR_CONSUMER}><>((?:records|bytes)-consumed|fetch)-total${ANY_VALUE}`,
            name: "kafka_consumer_fetch_manager_$2_total",
            type: "COUNTER",
            labels: { clientid: "$1" },
        },
        {
            why: "How the connectors' consumers fetch.",
            pattern: `^kafka\\.consumer<type=consumer-fetch-manager-metrics, ${MIRROR_CONSUMER}><>(${FETCH_GAUGES})${ANY_VALUE}`,
            name: "kafka_consumer_fetch_manager_$2",
            type: "GAUGE",
            labels: { clientid: "$1" },
        },
        {
            why: "What producers have sent, failed to send and sent again since they started.",
            pattern: `^kafka\\.producer<type=producer-metrics, ${MIRROR_PRODUCER}><>(record-(?:send|error|retry)|outgoing-byte)-total${ANY_VALUE}`,
            name: "kafka_producer_$2_total",
            type: "COUNTER",
            labels: { clientid: "$1" },
        },
        {
            why: "How producers fill batches and wait for the target: the figures for tuning throughput.",
            pattern: `^kafka\\.producer<type=producer-metrics, ${MIRROR_PRODUCER}><>(${PRODUCER_GAUGES})${ANY_VALUE}`,
            name: "kafka_producer_$2",
            type: "GAUGE",
            labels: { clientid: "$1" },
        },
        {
            why: "State of each connector on this worker: 1 with the state as label, no other series.",
            pattern: `^kafka\\.connect<type=connector-metrics, ${CONNECTOR}><>status: ([a-z]+)$`,
            name: "kafka_connect_connector_status",
            type: "GAUGE",
            labels: { connector: "$1", status: "$2" },
            value: 1,
            readsValue: true,
        },
        {
            why: "State of each task on this worker, likewise.",
            pattern: `^kafka\\.connect<type=connector-task-metrics, ${CONNECTOR}, task=(\\d+)><>status: ([a-z]+)$`,
            name: "kafka_connect_connector_task_status",
            type: "GAUGE",
            labels: { connector: "$1", task: "$2", status: "$3" },
            value: 1,
            readsValue: true,
        },
        {
            why: "Records that a task has read and written since it started.",
            pattern: `^kafka\\.connect<type=(source-task)-metrics, ${CONNECTOR}, task=(\\d+)><>(source-record-(?:poll|write))-total${ANY_VALUE}`,
            name: "kafka_connect_$1_$4_total",
            type: "COUNTER",
            labels: { connector: "$2", task: "$3" },
        },
        {
            why: "What a task does: offset commits, records in flight, errors. After the state and the counters of the same MBeans.",
            pattern: `^kafka\\.connect<type=(connector-task|source-task|task-error)-metrics, ${CONNECTOR}, task=(\\d+)><>([a-z-]+)${ANY_VALUE}`,
            name: "kafka_connect_$1_$4",
            type: "GAUGE",
            labels: { connector: "$2", task: "$3" },
        },
        {
            why: "Tasks of a connector by state, including failed ones.",
            pattern: `^kafka\\.connect<type=connect-worker-metrics, ${CONNECTOR}><>([a-z-]+)${ANY_VALUE}`,
            name: "kafka_connect_worker_$2",
            type: "GAUGE",
            labels: { connector: "$1" },
        },
        {
            why: "Starts of connectors and tasks, and rebalances, since the worker started.",
            pattern: `^kafka\\.connect<type=connect-(worker|worker-rebalance)-metrics><>([a-z-]+)-total${ANY_VALUE}`,
            name: "kafka_connect_$1_$2_total",
            type: "COUNTER",
        },
        {
            why: "Connectors and tasks on this worker, and whether it is rebalancing.",
            pattern: `^kafka\\.connect<type=connect-(worker|worker-rebalance)-metrics><>([a-z-]+)${ANY_VALUE}`,
            name: "kafka_connect_$1_$2",
            type: "GAUGE",
        },
        {
            why: "Whether the worker is connected to its group.",
            pattern: `^kafka\\.connect<type=connect-coordinator-metrics, ${CLIENT_ID}><>(assigned-(?:connectors|tasks)|last-(?:heartbeat|rebalance)-seconds-ago)${ANY_VALUE}`,
            name: "kafka_connect_coordinator_$2",
            type: "GAUGE",
            labels: { clientid: "$1" },
        },
    ],
};
