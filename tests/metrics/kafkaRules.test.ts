import * as assert from "node:assert/strict";
import { kafkaMetricsRules } from "../../strimzi/metrics";
import { evaluate, parseConfig } from "./exporterEvaluation";

// The attributes are from a Kafka 4.3.1 node that is both broker and controller.
const SAMPLES: [string, string, Record<string, string>][] = [
    [
        "kafka.log<type=Log, name=LogEndOffset, topic=my-topic, partition=0><>Value: 96761",
        "kafka_log_log_logendoffset",
        { topic: "my-topic", partition: "0" },
    ],
    [
        "kafka.server<type=BrokerTopicMetrics, name=BytesInPerSec><>Count: 33002541",
        "kafka_server_brokertopicmetrics_bytesin_total",
        {},
    ],
    [
        "kafka.server<type=BrokerTopicMetrics, name=MessagesInPerSec, topic=my-topic><>Count: 300000",
        "kafka_server_brokertopicmetrics_messagesin_total",
        { topic: "my-topic" },
    ],
    [
        "kafka.server<type=ReplicaManager, name=UnderReplicatedPartitions><>Value: 0",
        "kafka_server_replicamanager_underreplicatedpartitions",
        {},
    ],
    [
        "kafka.server<type=ReplicaManager, name=UnderMinIsrPartitionCount><>Value: 0",
        "kafka_server_replicamanager_underminisrpartitioncount",
        {},
    ],
    [
        "kafka.server<type=ReplicaManager, name=IsrShrinksPerSec><>Count: 0",
        "kafka_server_replicamanager_isrshrinks_total",
        {},
    ],
    [
        "kafka.server<type=ReplicaFetcherManager, name=MaxLag, clientId=Replica><>Value: 0",
        "kafka_server_replicafetchermanager_maxlag",
        { clientid: "Replica" },
    ],
    [
        "kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>OneMinuteRate: 0.96",
        "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
        {},
    ],
    [
        "kafka.server<type=KafkaServer, name=BrokerState><>Value: 3",
        "kafka_server_kafkaserver_brokerstate",
        {},
    ],
    [
        "kafka.controller<type=KafkaController, name=ActiveControllerCount><>Value: 1",
        "kafka_controller_kafkacontroller_activecontrollercount",
        {},
    ],
    [
        "kafka.controller<type=KafkaController, name=OfflinePartitionsCount><>Value: 0",
        "kafka_controller_kafkacontroller_offlinepartitionscount",
        {},
    ],
    [
        "kafka.controller<type=KafkaController, name=TimeSinceLastHeartbeatReceivedMs, broker=1><>Value: 60",
        "kafka_controller_kafkacontroller_timesincelastheartbeatreceivedms",
        { broker: "1" },
    ],
    [
        "kafka.controller<type=ControllerStats, name=UncleanLeaderElectionsPerSec><>Count: 0",
        "kafka_controller_controllerstats_uncleanleaderelections_total",
        {},
    ],
    [
        "kafka.network<type=RequestMetrics, name=TotalTimeMs, request=Produce><>99thPercentile: 15.0",
        "kafka_network_requestmetrics_totaltimems",
        { request: "Produce", quantile: "0.99" },
    ],
    [
        "kafka.network<type=RequestMetrics, name=TotalTimeMs, request=FetchConsumer><>999thPercentile: 573.0",
        "kafka_network_requestmetrics_totaltimems",
        { request: "FetchConsumer", quantile: "0.999" },
    ],
    [
        "kafka.network<type=RequestMetrics, name=ErrorsPerSec, request=FindCoordinator, error=COORDINATOR_NOT_AVAILABLE><>Count: 1",
        "kafka_network_requestmetrics_errors_total",
        { request: "FindCoordinator", error: "COORDINATOR_NOT_AVAILABLE" },
    ],
    [
        "kafka.network<type=RequestMetrics, name=RequestsPerSec, request=Produce, version=13><>Count: 1987",
        "kafka_network_requestmetrics_requests_total",
        { request: "Produce", version: "13" },
    ],
    [
        "kafka.network<type=SocketServer, name=NetworkProcessorAvgIdlePercent><>Value: 1.0",
        "kafka_network_socketserver_networkprocessoravgidle_percent",
        {},
    ],
    [
        "kafka.server<type=raft-metrics><>current-state: leader",
        "kafka_server_raftmetrics_current_state",
        { state: "leader" },
    ],
    [
        "kafka.server<type=raft-metrics><>high-watermark: 158",
        "kafka_server_raftmetrics_high_watermark",
        {},
    ],
    [
        "kafka.server<type=broker-metadata-metrics><>last-applied-record-lag-ms: 414",
        "kafka_server_brokermetadatametrics_last_applied_record_lag_ms",
        {},
    ],
    [
        "kafka.coordinator.group<type=GroupMetadataManager, name=NumGroups><>Value: 1",
        "kafka_coordinator_group_groupmetadatamanager_numgroups",
        {},
    ],
];

const LEFT_OUT = [
    "kafka.network<type=RequestMetrics, name=ErrorsPerSec, request=FindCoordinator, error=NONE><>Count: 11",
    "kafka.network<type=RequestMetrics, name=TotalTimeMs, request=Metadata><>99thPercentile: 23.0",
    "kafka.server<type=BrokerTopicMetrics, name=BytesInPerSec><>OneMinuteRate: 422152.5",
    "kafka.cluster<type=Partition, name=UnderReplicated, topic=my-topic, partition=0><>Value: 0",
    "kafka.server<type=KafkaServer, name=ClusterId><>Value: vJ_GNU7t6zCxkfbPzKWsfg",
    "kafka.server<type=raft-metrics><>current-vote-directory-id: AAAAAAAAAAAAAAAAAAAAAA",
];

describe("JMX exporter rules of Kafka nodes", () => {
    const config = parseConfig(kafkaMetricsRules());

    for (const [attribute, name, labels] of SAMPLES) {
        it(`${attribute} is ${name}`, () => {
            const sample = evaluate(config, attribute);
            assert.deepEqual({ name: sample?.name, labels: sample?.labels }, { name, labels });
        });
    }

    for (const attribute of LEFT_OUT) {
        it(`leaves out ${attribute}`, () => {
            assert.equal(evaluate(config, attribute), undefined);
        });
    }
});
