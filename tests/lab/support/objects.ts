import type {
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
    KafkaObject,
    NodeRole,
} from "../../../lab/objects";

export const NAMESPACE = "kafka";
const API = "kafka.strimzi.io/v1";

/** Settings with which a single broker can hold Kafka's internal topics, which start fast if small. */
export const SINGLE_BROKER = {
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "group.initial.rebalance.delay.ms": 0,
};

export function kafkaObject(name: string, config: Record<string, unknown> = {}): KafkaObject {
    return {
        apiVersion: API,
        kind: "Kafka",
        metadata: { name, namespace: NAMESPACE },
        spec: {
            kafka: {
                listeners: [
                    { name: "plain", port: 9092, type: "internal", tls: false },
                    { name: "tls", port: 9093, type: "internal", tls: true },
                ],
                config: { ...SINGLE_BROKER, ...config },
            },
        },
    };
}

export function nodePool(
    cluster: string,
    name: string,
    roles: NodeRole[],
    options: { replicas?: number; annotations?: Record<string, string>; heap?: string } = {},
): KafkaNodePoolObject {
    const { replicas = 1, annotations, heap = "256m" } = options;
    return {
        apiVersion: API,
        kind: "KafkaNodePool",
        metadata: {
            name,
            namespace: NAMESPACE,
            labels: { "strimzi.io/cluster": cluster },
            ...(annotations ? { annotations } : {}),
        },
        spec: {
            replicas,
            roles,
            storage: { type: "ephemeral" },
            jvmOptions: { "-Xmx": heap },
        },
    };
}

const CONNECTOR = {
    "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
    "offset-syncs.topic.location": "target",
    "replication.factor": -1,
    "offset-syncs.topic.replication.factor": -1,
    "checkpoints.topic.replication.factor": -1,
    "refresh.topics.interval.seconds": 2,
    "sync.topic.acls.enabled": "false",
    "sync.topic.configs.enabled": true,
};

/** A mirror from the cluster `src` to the cluster `tgt` over TLS. */
export function mirrorMakerObject(
    options: { replicas?: number; sourceSecret?: string } = {},
): KafkaMirrorMaker2Object {
    const { replicas = 1, sourceSecret = "src-cluster-ca-cert" } = options;
    return {
        apiVersion: API,
        kind: "KafkaMirrorMaker2",
        metadata: { name: "mirror", namespace: NAMESPACE },
        spec: {
            replicas,
            jvmOptions: { "-Xmx": "384m" },
            target: {
                alias: "tgt",
                bootstrapServers: `tgt-kafka-bootstrap.${NAMESPACE}.svc:9093`,
                groupId: "__mirror",
                configStorageTopic: "__mirror-config",
                statusStorageTopic: "__mirror-status",
                offsetStorageTopic: "__mirror-offset",
                tls: {
                    trustedCertificates: [{ secretName: "tgt-cluster-ca-cert", pattern: "*.crt" }],
                },
                config: {
                    "config.storage.replication.factor": -1,
                    "offset.storage.replication.factor": -1,
                    "status.storage.replication.factor": -1,
                    // By default Connect reassigns the tasks of a lost worker only after 5 minutes.
                    "scheduled.rebalance.max.delay.ms": 0,
                },
            },
            mirrors: [
                {
                    source: {
                        alias: "src",
                        bootstrapServers: `src-kafka-bootstrap.${NAMESPACE}.svc:9093`,
                        tls: {
                            trustedCertificates: [{ secretName: sourceSecret, pattern: "*.crt" }],
                        },
                    },
                    sourceConnector: {
                        tasksMax: 2,
                        config: { ...CONNECTOR, "producer.override.batch.size": 327680 },
                    },
                    checkpointConnector: {
                        config: {
                            ...CONNECTOR,
                            "sync.group.offsets.enabled": true,
                            "emit.checkpoints.interval.seconds": 1,
                            "sync.group.offsets.interval.seconds": 1,
                            "refresh.groups.interval.seconds": 1,
                        },
                    },
                    topicsPattern: ".*",
                    groupsPattern: ".*",
                },
            ],
        },
    };
}
