import * as assert from "node:assert/strict";
import { MIRROR_MAKER_METRICS, mirrorMakerMetricsRules } from "../../strimzi/metrics";
import { evaluate, parseConfig } from "./exporterEvaluation";

// The attributes are from MirrorMaker 2 in Kafka 4.3.1.
const MIRROR = "my-cluster->my-cluster-tgt";
const SOURCE = `${MIRROR}.MirrorSourceConnector`;
const PARTITION = {
    source: "my-cluster",
    target: "my-cluster-tgt",
    topic: "my-topic",
    partition: "0",
};
const SOURCE_BEAN =
    "kafka.connect.mirror<type=MirrorSourceConnector, " +
    "source=my-cluster, target=my-cluster-tgt, topic=my-topic, partition=0>";
const CHECKPOINT_BEAN =
    "kafka.connect.mirror<type=MirrorCheckpointConnector, " +
    "source=my-cluster, target=my-cluster-tgt, group=my-group, topic=my-topic, partition=0>";
const CONSUMER = `"${MIRROR}|${SOURCE}-0|replication-consumer"`;
const CONSUMER_BEAN = `kafka.consumer<type=consumer-fetch-manager-metrics, client-id=${CONSUMER}`;
const PRODUCER = `"connector-producer-${SOURCE}-0"`;
const PRODUCER_BEAN = `kafka.producer<type=producer-metrics, client-id=${PRODUCER}>`;
const WORKER_BEAN = "kafka.connect<type=connect-worker-metrics";
const REBALANCE_BEAN = "kafka.connect<type=connect-worker-rebalance-metrics>";
const TASK = `connector="${SOURCE}", task=0>`;

const MIRRORED: [string, string, Record<string, string>][] = [
    "record-count",
    "record-rate",
    "byte-count",
    "byte-rate",
    ...["record-age-ms", "replication-latency-ms"].flatMap((name) =>
        ["", "-avg", "-min", "-max"].map((suffix) => name + suffix),
    ),
].map((attribute) => [
    `${SOURCE_BEAN}<>${attribute}: 3.0`,
    `kafka_connect_mirror_mirrorsourceconnector_${attribute.replaceAll("-", "_")}`,
    PARTITION,
]);

const CHECKPOINTS: typeof MIRRORED = ["", "-avg", "-min", "-max"].map((suffix) => [
    `${CHECKPOINT_BEAN}<>checkpoint-latency-ms${suffix}: 27.0`,
    `kafka_connect_mirror_mirrorcheckpointconnector_checkpoint_latency_ms${suffix.replace("-", "_")}`,
    { ...PARTITION, group: "my-group" },
]);

const SAMPLES: typeof MIRRORED = [
    ...MIRRORED,
    ...CHECKPOINTS,
    [
        `${CHECKPOINT_BEAN.replace("my-group", '"my group"')}<>checkpoint-latency-ms: 15.0`,
        "kafka_connect_mirror_mirrorcheckpointconnector_checkpoint_latency_ms",
        { ...PARTITION, group: "my group" },
    ],
    [
        `${CONSUMER_BEAN}, topic=my-topic, partition=0><>records-lag: 0.0`,
        "kafka_consumer_fetch_manager_records_lag",
        { clientid: CONSUMER, topic: "my-topic", partition: "0" },
    ],
    [
        `kafka.consumer<type=consumer-fetch-manager-metrics, client-id="${MIRROR}|${MIRROR}.MirrorCheckpointConnector-0|offset-syncs-target-consumer", topic=mm2-offset-syncs.my-cluster.internal, partition=0><>records-lag: 0.0`,
        "kafka_consumer_fetch_manager_records_lag",
        {
            clientid: `"${MIRROR}|${MIRROR}.MirrorCheckpointConnector-0|offset-syncs-target-consumer"`,
            topic: "mm2-offset-syncs.my-cluster.internal",
            partition: "0",
        },
    ],
    [
        `${CONSUMER_BEAN}><>records-lag-max: 5716.0`,
        "kafka_consumer_fetch_manager_records_lag_max",
        { clientid: CONSUMER },
    ],
    [
        `${CONSUMER_BEAN}><>records-consumed-total: 96761.0`,
        "kafka_consumer_fetch_manager_records_consumed_total",
        { clientid: CONSUMER },
    ],
    [
        `${PRODUCER_BEAN}<>batch-size-avg: 13805.13878080415`,
        "kafka_producer_batch_size_avg",
        { clientid: PRODUCER },
    ],
    [
        `${PRODUCER_BEAN}<>request-latency-avg: NaN`,
        "kafka_producer_request_latency_avg",
        { clientid: PRODUCER },
    ],
    [
        `${PRODUCER_BEAN}<>buffer-available-bytes: 3.3554432E7`,
        "kafka_producer_buffer_available_bytes",
        { clientid: PRODUCER },
    ],
    [
        `${PRODUCER_BEAN}<>requests-in-flight: 0.0`,
        "kafka_producer_requests_in_flight",
        { clientid: PRODUCER },
    ],
    [
        `${PRODUCER_BEAN}<>record-error-total: 0.0`,
        "kafka_producer_record_error_total",
        { clientid: PRODUCER },
    ],
    [
        `kafka.connect<type=connector-metrics, connector="${SOURCE}"><>status: running`,
        "kafka_connect_connector_status",
        { connector: SOURCE, status: "running" },
    ],
    [
        `kafka.connect<type=connector-task-metrics, ${TASK}<>status: failed`,
        "kafka_connect_connector_task_status",
        { connector: SOURCE, task: "0", status: "failed" },
    ],
    [
        `kafka.connect<type=connector-task-metrics, ${TASK}<>offset-commit-failure-percentage: 0.0`,
        "kafka_connect_connector_task_offset_commit_failure_percentage",
        { connector: SOURCE, task: "0" },
    ],
    [
        `kafka.connect<type=source-task-metrics, ${TASK}<>source-record-write-total: 96761.0`,
        "kafka_connect_source_task_source_record_write_total",
        { connector: SOURCE, task: "0" },
    ],
    [
        `kafka.connect<type=source-task-metrics, ${TASK}<>source-record-active-count: 0.0`,
        "kafka_connect_source_task_source_record_active_count",
        { connector: SOURCE, task: "0" },
    ],
    [
        `kafka.connect<type=task-error-metrics, ${TASK}<>total-record-failures: 0.0`,
        "kafka_connect_task_error_total_record_failures",
        { connector: SOURCE, task: "0" },
    ],
    ...["failed", "running"].map((state): (typeof MIRRORED)[0] => [
        `${WORKER_BEAN}, connector="${SOURCE}"><>connector-${state}-task-count: 3`,
        `kafka_connect_worker_connector_${state}_task_count`,
        { connector: SOURCE },
    ]),
    [`${WORKER_BEAN}><>task-count: 4.0`, "kafka_connect_worker_task_count", {}],
    [
        `${WORKER_BEAN}><>connector-startup-failure-total: 0.0`,
        "kafka_connect_worker_connector_startup_failure_total",
        {},
    ],
    [`${REBALANCE_BEAN}<>rebalancing: 0.0`, "kafka_connect_worker_rebalance_rebalancing", {}],
    [
        `${REBALANCE_BEAN}<>completed-rebalances-total: 6.0`,
        "kafka_connect_worker_rebalance_completed_rebalances_total",
        {},
    ],
    [
        'kafka.connect<type=connect-coordinator-metrics, client-id="connect-127.0.0.1:8083"><>assigned-tasks: 4.0',
        "kafka_connect_coordinator_assigned_tasks",
        { clientid: '"connect-127.0.0.1:8083"' },
    ],
];

const LEFT_OUT = [
    // The worker's own topics, 30 partitions and more.
    "kafka.consumer<type=consumer-fetch-manager-metrics, client-id=mm2-offsets, topic=__mm2-offset, partition=10><>records-lag: 0.0",
    "kafka.producer<type=producer-metrics, client-id=mm2-offsets><>batch-size-avg: 195.2",
    // The same again for each node of the cluster.
    `kafka.producer<type=producer-node-metrics, client-id=${PRODUCER}, node-id=node-2><>request-latency-avg: 4.03`,
    // No numbers.
    `kafka.connect<type=connector-metrics, connector="${SOURCE}"><>connector-version: 4.3.1`,
    `kafka.connect<type=connector-task-metrics, ${TASK}<>task-class: org.apache.kafka.connect.mirror.MirrorSourceTask`,
    `${REBALANCE_BEAN}<>leader-name: http://127.0.0.1:8083/`,
];

describe("JMX exporter rules of MirrorMaker 2", () => {
    const config = parseConfig(mirrorMakerMetricsRules());

    for (const [attribute, name, labels] of SAMPLES) {
        it(`${attribute} is ${name}`, () => {
            const sample = evaluate(config, attribute);
            assert.deepEqual({ name: sample?.name, labels: sample?.labels }, { name, labels });
        });
    }

    it("represents a state as a label with the value 1", () => {
        const states = ["running", "paused", "failed"].map((state) =>
            evaluate(
                config,
                `kafka.connect<type=connector-task-metrics, ${TASK}<>status: ${state}`,
            ),
        );
        assert.deepEqual(
            states.map((sample) => [sample?.labels.status, sample?.value]),
            [
                ["running", "1"],
                ["paused", "1"],
                ["failed", "1"],
            ],
        );
    });

    it("writes the line that the usual search for batch sizes finds", () => {
        const sample = evaluate(config, `${PRODUCER_BEAN}<>batch-size-avg: 16277.0`)!;
        const label = sample.labels.clientid!.replaceAll('"', '\\"');
        assert.ok(
            `${sample.name}{clientid="${label}"}`.startsWith(
                String.raw`kafka_producer_batch_size_avg{clientid="\"connector-producer-my-cluster->my-cluster-tgt.MirrorSourceConnector-0\""}`,
            ),
        );
    });

    for (const attribute of LEFT_OUT) {
        it(`leaves out ${attribute}`, () => {
            assert.equal(evaluate(config, attribute), undefined);
        });
    }

    it("yields every metric of the contract with its labels", () => {
        const yielded = new Map(
            SAMPLES.map(([attribute]) => evaluate(config, attribute)!).map((sample) => [
                sample.name,
                Object.keys(sample.labels).sort(),
            ]),
        );
        for (const { name, labels } of MIRROR_MAKER_METRICS) {
            assert.deepEqual(yielded.get(name), labels, name);
        }
    });

    it("names no metric of the contract twice", () => {
        const names = MIRROR_MAKER_METRICS.map(({ name }) => name);
        assert.equal(new Set(names).size, names.length);
    });
});
