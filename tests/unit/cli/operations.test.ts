import assert from "node:assert/strict";
import { metricsTable } from "../../../cli/metrics/metricsTable";
import { parseMetrics } from "../../../cli/metrics/prometheusText";
import { workerMetrics } from "../../../cli/metrics/workerMetrics";
import { scaledText, scaleProgress } from "../../../cli/scale/scale";
import { MIRROR_MAKER_METRICS } from "../../../strimzi/metrics";
import type { KafkaMirrorMaker2Object } from "../../../strimzi/resources";

const CLIENT = '\\"connector-producer-a->b.MirrorSourceConnector-0\\"';
const CONSUMER = '\\"a->b|a|b.MirrorSourceConnector-0|replication-consumer\\"';
const SCRAPE = `# TYPE kafka_producer_batch_size_avg gauge
kafka_producer_batch_size_avg{clientid="${CLIENT}"} 16384.5
kafka_producer_request_latency_avg{clientid="${CLIENT}"} NaN
kafka_producer_record_error_total{clientid="${CLIENT}"} 0.0
kafka_consumer_fetch_manager_records_lag{clientid="${CONSUMER}",partition="0",topic="my.topic"} 7.0
kafka_consumer_fetch_manager_records_lag{clientid="${CONSUMER}",partition="0",topic="my_topic"} 7.0
kafka_consumer_fetch_manager_records_lag{clientid="${CONSUMER}",partition="1",topic="my.topic"} 3.0
kafka_consumer_fetch_manager_records_lag{clientid="\\"x|offset-syncs-target-consumer\\"",partition="0",topic="mm2-offset-syncs.a.internal"} 9.0
kafka_connect_mirror_mirrorsourceconnector_record_rate{partition="0",source="a",target="b",topic="my.topic"} 1.5
kafka_connect_mirror_mirrorsourceconnector_record_rate{partition="1",source="a",target="b",topic="my.topic"} 2.0
kafka_connect_mirror_mirrorsourceconnector_record_count{partition="0",source="a",target="b",topic="my.topic"} 10.0
kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms_avg{partition="0",source="a",target="b",topic="my.topic"} 40.0
kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms_avg{partition="1",source="a",target="b",topic="my.topic"} NaN
kafka_connect_connector_task_status{connector="a->b.MirrorSourceConnector",status="failed",task="1"} 1.0
kafka_connect_connector_task_status{connector="a->b.MirrorSourceConnector",status="running",task="0"} 1.0
`;

describe("the metrics of a worker", () => {
    const found = workerMetrics("pod-0", parseMetrics(SCRAPE));

    it("contain its producers, with null for NaN", () => {
        assert.deepEqual(found.producers, [
            {
                clientId: "connector-producer-a->b.MirrorSourceConnector-0",
                batchSizeAvgBytes: 16384.5,
                requestLatencyAvgMs: null,
                requestsInFlight: null,
                bufferAvailableBytes: null,
                recordErrors: 0,
            },
        ]);
    });

    it("sum up its topics over their partitions, without Kafka's duplicates of names with dots", () => {
        assert.deepEqual(found.topics, [
            {
                topic: "my.topic",
                partitions: 2,
                recordsLag: 10,
                recordsPerSecond: 3.5,
                records: 10,
                replicationLatencyAvgMs: 40,
            },
        ]);
    });

    it("contain the states of its tasks", () => {
        assert.deepEqual(
            found.tasks.map(({ task, state }) => [task, state]),
            [
                [0, "running"],
                [1, "failed"],
            ],
        );
    });

    it("use only names that the exporter rules produce", () => {
        const contract = new Set(MIRROR_MAKER_METRICS.map(({ name }) => name));
        for (const { name } of parseMetrics(SCRAPE)) {
            assert(contract.has(name), name);
        }
    });

    it("print as a table", () => {
        assert.equal(
            metricsTable([found]),
            `pod-0
  producer                                         batch-size-avg  request-latency-avg  in flight  buffer free
  connector-producer-a->b.MirrorSourceConnector-0        16,385 B                    -          -            -

  topic     partitions  records-lag  records/s  replication-latency-avg
  my.topic           2           10        3.5                    40 ms

  connector                   task    state
  a->b.MirrorSourceConnector     0  running
  a->b.MirrorSourceConnector     1   failed
`,
        );
        assert.match(
            metricsTable([workerMetrics("empty", [])]),
            /^empty\n {2}no MirrorMaker 2 metrics/,
        );
    });
});

function mirrorMaker(
    replicas: number,
    status: Partial<NonNullable<KafkaMirrorMaker2Object["status"]>>,
): KafkaMirrorMaker2Object {
    return {
        metadata: { name: "mm2", namespace: "kafka", generation: 3 },
        spec: { replicas },
        status: {
            observedGeneration: 3,
            conditions: [{ type: "Ready", status: "True" }],
            ...status,
        },
    } as unknown as KafkaMirrorMaker2Object;
}

describe("the progress of scaling MM2", () => {
    const url = { url: "http://mm2:8083" };
    const cases: readonly (readonly [string, KafkaMirrorMaker2Object, number, number, RegExp])[] = [
        [
            "the operator has not acted",
            mirrorMaker(0, { observedGeneration: 2 }),
            0,
            0,
            /not observed/,
        ],
        ["a worker still terminates", mirrorMaker(0, {}), 1, 0, /1 pods exist, 0 are/],
        ["a worker is missing", mirrorMaker(2, url), 1, 2, /1 pods exist, 2 are/],
        ["the REST API has no address", mirrorMaker(2, {}), 2, 2, /no address/],
        ["another number was set meanwhile", mirrorMaker(5, url), 5, 2, /changed to 5/],
        [
            "no condition is reported",
            mirrorMaker(2, { ...url, conditions: [] }),
            2,
            2,
            /not report Ready/,
        ],
        [
            "the operator refuses",
            mirrorMaker(2, {
                conditions: [{ type: "NotReady", status: "True", reason: "Bad", message: "no" }],
            }),
            2,
            2,
            /Bad: no/,
        ],
    ];
    for (const [what, object, pods, wanted, missing] of cases) {
        it(`is not complete when ${what}`, () => {
            const progress = scaleProgress(object, pods, wanted);
            assert(!progress.done);
            assert.match(progress.missing, missing);
        });
    }

    it("is complete with the workers and their address, or with neither", () => {
        assert.deepEqual(scaleProgress(mirrorMaker(2, url), 2, 2), { done: true });
        assert.deepEqual(scaleProgress(mirrorMaker(0, {}), 0, 0), { done: true });
    });

    it("is reported as drift unless it equals the configured number", () => {
        const scaled = { mirrorMaker: "kafka/mm2", before: 3, replicas: 0, configured: 3 };
        assert.match(scaledText(scaled), /nothing is mirrored\.\nThis is drift: .* is 3\./);
        assert.match(scaledText(scaled), /config set --path 'kafka-dr:mirror\.replicas' 0/);
        assert.doesNotMatch(scaledText({ ...scaled, replicas: 3 }), /drift/);
    });
});
