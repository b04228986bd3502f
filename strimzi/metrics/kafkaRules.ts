import { ANY_VALUE, type ExporterConfig } from "./exporterConfig";

const TOPIC_PARTITION = "topic=(.+), partition=(\\d+)";

/** Parts of a request's time; their percentiles show where it waits. */
const REQUEST_TIMES =
    "(?:Total|RequestQueue|Local|Remote|ResponseQueue|ResponseSend|Throttle)TimeMs";

const RAFT_GAUGES = [
    "append-records-rate",
    "commit-latency-(?:avg|max)",
    "current-(?:epoch|leader)",
    "election-latency-(?:avg|max)",
    "fetch-records-rate",
    "high-watermark",
    "log-end-(?:epoch|offset)",
    "number-of-(?:observers|voters)",
    "number-unknown-voter-connections",
    "poll-idle-ratio-avg",
].join("|");

/** Rules for brokers and KRaft controllers, checked against Kafka 4.3.1. */
export const KAFKA_RULES: ExporterConfig = {
    title: "JMX exporter rules for Kafka nodes. JVM and process metrics come without a rule.",
    includeObjectNames: [
        "kafka.server:type=BrokerTopicMetrics,*",
        "kafka.server:type=ReplicaManager,*",
        "kafka.server:type=ReplicaFetcherManager,*",
        "kafka.server:type=KafkaRequestHandlerPool,*",
        "kafka.server:type=KafkaServer,name=BrokerState",
        "kafka.server:type=MetadataLoader,*",
        "kafka.server:type=broker-metadata-metrics",
        "kafka.server:type=raft-metrics",
        "kafka.controller:type=KafkaController,*",
        "kafka.controller:type=ControllerStats,*",
        "kafka.network:type=RequestMetrics,name=ErrorsPerSec,*",
        "kafka.network:type=RequestMetrics,request=Produce,*",
        "kafka.network:type=RequestMetrics,request=FetchConsumer,*",
        "kafka.network:type=RequestMetrics,request=FetchFollower,*",
        "kafka.network:type=RequestChannel,name=RequestQueueSize",
        "kafka.network:type=SocketServer,*",
        "kafka.log:type=Log,name=LogEndOffset,*",
        "kafka.log:type=Log,name=LogStartOffset,*",
        "kafka.log:type=Log,name=Size,*",
        "kafka.log:type=LogManager,name=OfflineLogDirectoryCount",
        "kafka.coordinator.group:type=GroupMetadataManager,*",
    ],
    rules: [
        {
            why: "Ends, starts and sizes of the logs: what a mirror has to catch up with, and where it can start. Every replica reports its own.",
            pattern: `^kafka\\.log<type=(Log), name=(LogEndOffset|LogStartOffset|Size), ${TOPIC_PARTITION}><>Value${ANY_VALUE}`,
            name: "kafka_log_$1_$2",
            type: "GAUGE",
            labels: { topic: "$3", partition: "$4" },
        },
        {
            why: "Latency of the requests that clients and followers wait for. A gauge per quantile, because Kafka has no buckets for a histogram.",
            pattern: `^kafka\\.network<type=(RequestMetrics), name=(${REQUEST_TIMES}), request=(\\w+)><>(50|95|99|999)thPercentile${ANY_VALUE}`,
            name: "kafka_network_$1_$2",
            type: "GAUGE",
            labels: { request: "$3", quantile: "0.$4" },
        },
        {
            why: "Failed requests by their error. NONE is not an error.",
            pattern: `^kafka\\.network<type=(RequestMetrics), name=(Errors)PerSec, request=(\\w+), error=(?!NONE>)(\\w+)><>Count${ANY_VALUE}`,
            name: "kafka_network_$1_$2_total",
            type: "COUNTER",
            labels: { request: "$3", error: "$4" },
        },
        {
            why: "Requests by the version that clients speak.",
            pattern: `^kafka\\.network<type=(RequestMetrics), name=(Requests)PerSec, request=(\\w+), version=(\\d+)><>Count${ANY_VALUE}`,
            name: "kafka_network_$1_$2_total",
            type: "COUNTER",
            labels: { request: "$3", version: "$4" },
        },
        {
            why: "Messages and bytes in and out, per topic. The rule below has the sums: a sum over this name counts twice.",
            pattern: `^kafka\\.server<type=(BrokerTopicMetrics), name=(\\w+)PerSec, topic=(.+)><>Count${ANY_VALUE}`,
            name: "kafka_server_$1_$2_total",
            type: "COUNTER",
            labels: { topic: "$3" },
        },
        {
            why: "Messages and bytes in and out, shrinking and growing ISRs, unclean elections.",
            pattern: `^kafka\\.(server|controller)<type=(BrokerTopicMetrics|ReplicaManager|ControllerStats), name=(\\w+)PerSec><>Count${ANY_VALUE}`,
            name: "kafka_$1_$2_$3_total",
            type: "COUNTER",
        },
        {
            why: "Idle share of the request handlers, 1 is idle. Over the last minute, because the mean since the start hides an overload.",
            pattern: `^kafka\\.server<type=(KafkaRequestHandlerPool), name=(\\w+)Percent><>OneMinuteRate${ANY_VALUE}`,
            name: "kafka_server_$1_$2_percent",
            type: "GAUGE",
        },
        {
            why: "Idle share of the network threads, 1 is idle.",
            pattern: `^kafka\\.network<type=(SocketServer), name=(\\w+)Percent><>Value${ANY_VALUE}`,
            name: "kafka_network_$1_$2_percent",
            type: "GAUGE",
        },
        {
            why: "How far the slowest follower of this broker is behind its leaders, in records.",
            pattern: `^kafka\\.server<type=(ReplicaFetcherManager), name=(\\w+), clientId=(.+)><>Value${ANY_VALUE}`,
            name: "kafka_server_$1_$2",
            type: "GAUGE",
            labels: { clientid: "$3" },
        },
        {
            why: "What the active controller knows of each broker, including its last heartbeat.",
            pattern: `^kafka\\.controller<type=(KafkaController), name=(\\w+), broker=(\\d+)><>Value${ANY_VALUE}`,
            name: "kafka_controller_$1_$2",
            type: "GAUGE",
            labels: { broker: "$3" },
        },
        {
            why: "Role of this node in the KRaft quorum: 1 with the role as label, no other series.",
            pattern: `^kafka\\.server<type=raft-metrics><>current-state: ([a-z-]+)$`,
            name: "kafka_server_raftmetrics_current_state",
            type: "GAUGE",
            labels: { state: "$1" },
            value: 1,
            readsValue: true,
        },
        {
            why: "The KRaft quorum: leader, epoch, and the position of this node's metadata log.",
            pattern: `^kafka\\.server<type=raft-metrics><>(${RAFT_GAUGES})${ANY_VALUE}`,
            name: "kafka_server_raftmetrics_$1",
            type: "GAUGE",
        },
        {
            why: "How far this broker's metadata is behind.",
            pattern: `^kafka\\.server<type=broker-metadata-metrics><>([a-z-]+)${ANY_VALUE}`,
            name: "kafka_server_brokermetadatametrics_$1",
            type: "GAUGE",
        },
        {
            why: "Everything else that is one number: partitions that are under-replicated, offline or under the minimum ISR, active controllers, leaders, groups, the broker's state.",
            pattern: `^kafka\\.([a-z.]+)<type=(\\w+), name=(\\w+)><>Value${ANY_VALUE}`,
            name: "kafka_$1_$2_$3",
            type: "GAUGE",
        },
    ],
};
