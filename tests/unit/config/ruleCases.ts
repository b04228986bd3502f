import type { Change } from "../../support/rawSettings";
import certificates from "../../support/caCertificates.json";

export interface Case {
    readonly rule: string;
    readonly changes: readonly Change[];
    /** Key of the problem, and the part of its message with the remedy. */
    readonly key: string;
    readonly says: string;
    /** Other rules that the change inevitably breaks as well. */
    readonly also?: readonly string[];
}

export const inFlight = "mirror/producerOverrides/max.in.flight.requests.per.connection";
const UID = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
export const ephemeral = { type: "ephemeral" };
const noUsers: Change = ["users", []];
const insecure: Change = ["security", { allowInsecureListeners: true }];

/** Small records to a target far from MM2. */
const FAR = { recordBytes: 100, partitions: 3, targetRoundTripMs: 50 };

const SCRAM = {
    type: "scram-sha-512",
    username: "mm2",
    passwordSecret: { secretName: "mm2", password: "password" },
};

const derivedMemory: readonly Change[] = [
    ["mirror/jvmHeap", undefined],
    ["mirror/resources", undefined],
];

/** Each change breaks one rule of the otherwise valid dev stack. */
export const refused: readonly Case[] = [
    {
        rule: "same-cluster",
        changes: [
            ["target/namespace", "kafka-source"],
            ["target/name", "my-cluster"],
            ["target/alias", "other"],
            ["target/createNamespace", false],
            noUsers,
        ],
        key: "kafka-dr:target.name",
        says: "must not be the source: both have",
    },
    {
        rule: "same-cluster",
        changes: [
            ["source", existing("source")],
            ["target", existing("target")],
            ["topics", []],
            noUsers,
        ],
        key: "kafka-dr:target.bootstrapServers",
        says: "must not be the brokers of the source",
    },
    {
        rule: "record-above-producer-limit",
        changes: [
            ["topics/0/config/max.message.bytes", 5_242_880],
            ["mirror/producerOverrides/max.request.size", 2_097_152],
        ],
        key: 'kafka-dr:mirror.producerOverrides["max.request.size"]',
        says: "must be at least 5242880 bytes, max.message.bytes of the topic my-topic",
    },
    {
        rule: "record-above-producer-limit",
        changes: [
            ["topics/0/config/max.message.bytes", "5242880"],
            ["mirror/workerConfig/producer.buffer.memory", 4_000_000],
        ],
        key: 'kafka-dr:mirror.workerConfig["producer.buffer.memory"]',
        says: "must be at least 5242880 bytes",
    },
    {
        rule: "request-above-socket-limit",
        changes: [
            ["mirror/producerOverrides/max.request.size", 200_000_000],
            ["target/config/socket.request.max.bytes", 200_000_000],
        ],
        key: 'kafka-dr:source.config["socket.request.max.bytes"]',
        says: "must be at least 200000000",
    },
    {
        rule: "record-bytes-above-source-limit",
        changes: [
            [
                "mirror/throughput",
                { recordBytes: 3_000_000, partitions: 3, megabytesPerSecond: 0.1 },
            ],
            ...derivedMemory,
        ],
        key: "kafka-dr:mirror.throughput.recordBytes",
        says: "must be at most 1048588, the largest batch that the source accepts",
    },
    {
        rule: "record-above-target-limit",
        changes: [
            ["source/config/message.max.bytes", 3_000_000],
            ["target/config/message.max.bytes", 2_000_000],
        ],
        key: 'kafka-dr:target.config["message.max.bytes"]',
        says: "must be at least 3000000, as the brokers of the source accept",
    },
    {
        rule: "timestamp-above-target-limit",
        changes: [
            ["source/config/log.message.timestamp.after.max.ms", "9223372036854775807"],
            ["target/config/log.message.timestamp.after.max.ms", 3_600_000],
        ],
        key: 'kafka-dr:target.config["log.message.timestamp.after.max.ms"]',
        says: "must be unlimited, as the brokers of the source accept",
    },
    {
        rule: "same-kubernetes-cluster-uid",
        changes: [
            ["source/kubernetesClusterUid", UID],
            ["target/kubernetesClusterUid", UID],
            ["target/context", "elsewhere"],
            ["mirror/sourceBootstrapServers", "kafka.example.com:9094"],
        ],
        key: "kafka-dr:target.kubernetesClusterUid",
        says: "must differ from the source's",
    },
    {
        rule: "same-alias",
        changes: [["target/alias", "my-cluster"]],
        key: "kafka-dr:target.alias",
        says: 'must differ from the source\'s alias "my-cluster"',
    },
    {
        rule: "namespace-created-twice",
        changes: [["target/namespace", "kafka-source"], noUsers],
        key: "kafka-dr:target.createNamespace",
        says: "must be false",
    },
    {
        rule: "duplicate-node-pool",
        changes: [["source/nodePools/1/name", "controller"]],
        key: "kafka-dr:source.nodePools[1].name",
        says: "must be unique in the namespace",
    },
    {
        rule: "duplicate-node-pool",
        changes: [
            ["target/namespace", "kafka-source"],
            ["target/createNamespace", false],
            ["target/nodePools/0/name", "broker"],
            noUsers,
        ],
        key: "kafka-dr:target.nodePools[0].name",
        says: "must differ from the source's pools",
    },
    {
        rule: "no-controller",
        changes: [["target/nodePools/0/roles", ["broker"]]],
        key: "kafka-dr:target.nodePools",
        says: 'at least one pool with the role "controller"',
    },
    {
        rule: "no-broker",
        changes: [["target/nodePools/0/roles", ["controller"]]],
        key: "kafka-dr:target.nodePools",
        says: 'at least one pool with the role "broker"',
    },
    {
        rule: "replication-factor-above-brokers",
        changes: [["source/config", { "default.replication.factor": 3 }]],
        key: 'kafka-dr:source.config["default.replication.factor"]',
        says: "must be at most 1, the number of brokers",
    },
    {
        rule: "replication-factor-above-brokers",
        changes: [["topics/0/replicas", 2]],
        key: "kafka-dr:topics[0].replicas",
        says: "must be at most 1",
    },
    {
        rule: "min-isr-above-replication-factor",
        changes: [["target/config", { "min.insync.replicas": "2" }]],
        key: 'kafka-dr:target.config["min.insync.replicas"]',
        says: "must be at most 1, the value of default.replication.factor",
    },
    {
        rule: "min-isr-above-replication-factor",
        changes: [
            ["topics/0/replicas", 1],
            ["topics/0/config", { "min.insync.replicas": 2 }],
        ],
        key: 'kafka-dr:topics[0].config["min.insync.replicas"]',
        says: "must be at most 1, the topic's replicas",
    },
    {
        rule: "heap-above-memory-limit",
        changes: [["source/nodePools/1/jvmHeap", "1153m"]],
        key: "kafka-dr:source.nodePools[1].jvmHeap",
        says: "must be at most 1152m",
    },
    {
        rule: "heap-above-memory-limit",
        changes: [["mirror/jvmHeap", "2g"]],
        key: "kafka-dr:mirror.jvmHeap",
        says: "must be at most 1536m",
    },
    {
        rule: "duplicate-listener",
        changes: [["source/listeners", [listener("tls", 9093), listener("tls", 9094)]]],
        key: "kafka-dr:source.listeners[1].name",
        says: "must be unique",
    },
    {
        rule: "duplicate-listener",
        changes: [["source/listeners", [listener("one", 9093), listener("two", 9093)]]],
        key: "kafka-dr:source.listeners[1].port",
        says: "must be unique",
    },
    {
        rule: "exposure-without-tls",
        changes: [
            ["source/listeners", [{ name: "outside", port: 9094, type: "route", tls: false }]],
            insecure,
        ],
        key: "kafka-dr:source.listeners[0].tls",
        says: "must be true",
    },
    {
        rule: "ingress-without-hosts",
        changes: [["source/listeners", [{ name: "outside", port: 9094, type: "ingress" }]]],
        key: "kafka-dr:source.listeners[0].configuration",
        says: "must have bootstrap.host",
    },
    {
        rule: "ignored-broker-config",
        changes: [["source/config", { "log.dirs": "/data" }]],
        key: 'kafka-dr:source.config["log.dirs"]',
        says: "is set by Strimzi",
    },
    {
        rule: "request-above-limit",
        changes: [["source/nodePools/0/resources/requests/cpu", "1500m"]],
        key: "kafka-dr:source.nodePools[0].resources.requests.cpu",
        says: "must be at most the limit 1",
    },
    {
        rule: "request-above-limit",
        changes: [["mirror/resources/requests/memory", "3Gi"]],
        key: "kafka-dr:mirror.resources.requests.memory",
        says: "must be at most the limit 2Gi",
    },
    {
        rule: "plain-listener",
        changes: [["source/listeners", [{ ...listener("plain", 9092), tls: false }]]],
        key: "kafka-dr:source.listeners[0].tls",
        says: "kafka-dr:security.allowInsecureListeners must be true",
    },
    {
        rule: "unauthenticated-listener",
        changes: [
            ["target/listeners", [{ ...listener("open", 9093), authentication: "none" }]],
            ["target/authorization", "none"],
            noUsers,
        ],
        key: "kafka-dr:target.listeners[0].authentication",
        says: 'must be "scram-sha-512" or "tls"',
        also: ["no-authorization"],
    },
    {
        rule: "no-authorization",
        changes: [["target/authorization", "none"]],
        key: "kafka-dr:target.authorization",
        says: 'must be "simple"',
    },
    {
        rule: "anonymous-with-authorization",
        changes: [
            ["source/listeners", [{ ...listener("open", 9093), authentication: "none" }]],
            insecure,
            noUsers,
        ],
        key: "kafka-dr:source.listeners[0].authentication",
        says: "the authorizer would refuse every client",
    },
    {
        rule: "tls-authentication-without-tls",
        changes: [
            [
                "source/listeners",
                [
                    listener("tls", 9093),
                    { ...listener("plain", 9092), tls: false, authentication: "tls" },
                ],
            ],
            insecure,
        ],
        key: "kafka-dr:source.listeners[1].authentication",
        says: 'must be "scram-sha-512" on a listener without TLS',
    },
    {
        rule: "insecure-listeners-in-protected-stack",
        changes: [insecure, ["protect", true]],
        key: "kafka-dr:security.allowInsecureListeners",
        says: "must be false while kafka-dr:protect is true",
    },
    {
        rule: "users-without-user-operator",
        changes: [["target/entityOperator", { userOperator: false }]],
        key: "kafka-dr:target.entityOperator.userOperator",
        says: "must be true: MM2 and the users",
    },
    {
        rule: "users-of-existing-cluster",
        changes: [
            ["target", existing("target")],
            ["topics", []],
        ],
        key: "kafka-dr:users",
        says: "it does not manage the target",
    },
    {
        rule: "users-in-shared-namespace",
        changes: [
            ["target/namespace", "kafka-source"],
            ["target/createNamespace", false],
        ],
        key: "kafka-dr:target.namespace",
        says: "must differ from the source's",
    },
    {
        rule: "users-without-listener",
        changes: [["target/listeners", [{ ...listener("tls", 9093), authentication: "tls" }]]],
        key: "kafka-dr:target.listeners",
        says: 'must have one with authentication "scram-sha-512"',
    },
    {
        rule: "user-name-taken",
        changes: [["users/1", { name: "my-app", produces: [{ name: "my-topic" }] }]],
        key: "kafka-dr:users[1].name",
        says: "is declared twice",
    },
    {
        rule: "user-name-taken",
        changes: [["users/0/name", "my-cluster-cluster-ca-cert"]],
        key: "kafka-dr:users[0].name",
        says: 'must not be "my-cluster" or start with "my-cluster-"',
    },
    {
        rule: "user-name-taken",
        changes: [["users/0/name", "my-app-1-password"]],
        key: "kafka-dr:users[0].name",
        says: 'must not end with "-password"',
    },
    {
        rule: "reserved-override",
        changes: [["mirror/producerOverrides", { "sasl.jaas.config": "secret" }]],
        key: 'kafka-dr:mirror.producerOverrides["sasl.jaas.config"]',
        says: "if it was a password, change the password",
    },
    {
        rule: "worker-client-credentials",
        changes: [["mirror/workerConfig", { "producer.sasl.jaas.config": "secret" }]],
        key: 'kafka-dr:mirror.workerConfig["producer.sasl.jaas.config"]',
        says: "is set by Strimzi",
    },
    {
        rule: "exactly-once",
        changes: [["mirror/workerConfig", { "exactly.once.source.support": "enabled" }]],
        key: 'kafka-dr:mirror.workerConfig["exactly.once.source.support"]',
        says: "kafka-dr:mirror.exactlyOnceSourceSupport sets it",
    },
    {
        rule: "exactly-once",
        changes: [
            ["mirror/exactlyOnceSourceSupport", "enabled"],
            ["mirror/consumerOverrides", { "isolation.level": "read_uncommitted" }],
        ],
        key: 'kafka-dr:mirror.consumerOverrides["isolation.level"]',
        says: 'must be "read_committed"',
    },
    {
        rule: "unknown-listener",
        changes: [["mirror/sourceListener", "external"]],
        key: "kafka-dr:mirror.sourceListener",
        says: "must be a listener of the source: tls",
    },
    {
        rule: "unknown-listener",
        changes: [["mirror/targetListener", "external"]],
        key: "kafka-dr:mirror.targetListener",
        says: "must be a listener of the target: tls",
    },
    {
        rule: "unreachable-source",
        changes: [["target/context", "elsewhere"]],
        key: "kafka-dr:source.listeners",
        says: "must have one of type loadbalancer",
    },
    {
        rule: "plain-listener-across-clusters",
        changes: [
            ["target/context", "elsewhere"],
            ["source/listeners", [{ name: "out", port: 9094, type: "nodeport", tls: false }]],
            insecure,
        ],
        key: "kafka-dr:mirror.sourceListener",
        says: "tls: true",
    },
    {
        rule: "source-api-server-missing",
        changes: [
            ["target/context", "elsewhere"],
            ["mirror/sourceBootstrapServers", "kafka.example.com:9094"],
            ["caCopy", { method: "external-secrets" }],
        ],
        key: "kafka-dr:caCopy.sourceApiServer",
        says: "the https URL of the API server",
    },
    {
        rule: "operator-namespace",
        changes: [["operator", { install: true, namespace: "kafka-target" }]],
        key: "kafka-dr:operator.namespace",
        says: "must differ from the namespaces",
    },
    {
        rule: "ca-given-twice",
        changes: [
            [
                "source",
                {
                    ...existing("source"),
                    caSecretName: "ca",
                    caCertificates: pem(certificates.current),
                },
            ],
            ["topics", []],
            noUsers,
        ],
        key: "kafka-dr:source.caCertificates",
        says: "must be absent",
    },
    {
        rule: "topics-without-topic-operator",
        changes: [["source/entityOperator", { topicOperator: false }]],
        key: "kafka-dr:topics",
        says: "topicOperator to be true",
    },
    {
        rule: "topics-without-topic-operator",
        changes: [["source", existing("source")], noUsers],
        key: "kafka-dr:topics",
        says: "this stack does not manage the source",
    },
    {
        rule: "duplicate-topic",
        changes: [["topics/1", { name: "my-topic", partitions: 1 }]],
        key: "kafka-dr:topics[1].name",
        says: "is declared twice",
    },
    {
        rule: "duplicate-topic",
        changes: [
            ["topics/0/name", "orders.eu"],
            ["topics/1", { name: "orders_eu", partitions: 1 }],
        ],
        key: "kafka-dr:topics[1].name",
        says: 'collides with "orders.eu"',
    },
    {
        rule: "prefixed-override",
        changes: [["mirror/producerOverrides", { "producer.override.batch.size": 327680 }]],
        key: 'kafka-dr:mirror.producerOverrides["producer.override.batch.size"]',
        says: 'must be the plain Kafka name "batch.size"',
    },
    {
        rule: "prefixed-override",
        changes: [["mirror/consumerOverrides", { "consumer.override.fetch.max.bytes": 1 }]],
        key: 'kafka-dr:mirror.consumerOverrides["consumer.override.fetch.max.bytes"]',
        says: 'must be the plain Kafka name "fetch.max.bytes"',
    },
    {
        rule: "prefixed-override",
        changes: [["mirror/consumerOverrides", { "source.consumer.fetch.max.bytes": 1 }]],
        key: 'kafka-dr:mirror.consumerOverrides["source.consumer.fetch.max.bytes"]',
        says: 'must be the plain Kafka name "fetch.max.bytes"',
    },
    {
        rule: "reserved-override",
        changes: [["mirror/producerOverrides", { "bootstrap.servers": "elsewhere:9092" }]],
        key: 'kafka-dr:mirror.producerOverrides["bootstrap.servers"]',
        says: "is set by Kafka Connect; remove it",
    },
    {
        rule: "acks-not-all",
        changes: [["mirror/producerOverrides", { acks: 1 }]],
        key: "kafka-dr:mirror.producerOverrides.acks",
        says: 'must be "all"',
    },
    {
        rule: "in-flight-without-idempotence",
        changes: [[inFlight, 5]],
        key: 'kafka-dr:mirror.producerOverrides["max.in.flight.requests.per.connection"]',
        says: "enable.idempotence",
    },
    {
        rule: "in-flight-without-idempotence",
        changes: [
            [inFlight, "6"],
            ["mirror/producerOverrides/enable.idempotence", true],
        ],
        key: 'kafka-dr:mirror.producerOverrides["max.in.flight.requests.per.connection"]',
        says: "must be at most 5",
    },
    {
        rule: "in-flight-without-idempotence",
        changes: [
            ["mirror/profile", "lan"],
            ["mirror/producerOverrides/enable.idempotence", false],
        ],
        key: "kafka-dr:mirror.profile",
        says: "sets max.in.flight.requests.per.connection to 5, which must be 1",
    },
    {
        rule: "in-flight-without-idempotence",
        changes: [["mirror/workerConfig", { "producer.max.in.flight.requests.per.connection": 2 }]],
        key: 'kafka-dr:mirror.workerConfig["producer.max.in.flight.requests.per.connection"]',
        says: "enable.idempotence",
    },
    {
        rule: "acks-not-all",
        changes: [["mirror/workerConfig", { "producer.acks": 1 }]],
        key: 'kafka-dr:mirror.workerConfig["producer.acks"]',
        says: 'must be "all"',
    },
    {
        rule: "exactly-once-idempotence",
        changes: [
            ["mirror/exactlyOnceSourceSupport", "enabled"],
            ["mirror/producerOverrides/enable.idempotence", false],
        ],
        key: 'kafka-dr:mirror.producerOverrides["enable.idempotence"]',
        says: "must be true or absent",
    },
    {
        rule: "ignored-worker-config",
        changes: [["mirror/workerConfig", { "group.id": "mine" }]],
        key: 'kafka-dr:mirror.workerConfig["group.id"]',
        says: "is set by Strimzi",
    },
    {
        rule: "converter",
        changes: [["mirror/workerConfig", { "value.converter": "JsonConverter" }]],
        key: 'kafka-dr:mirror.workerConfig["value.converter"]',
        says: "ByteArrayConverter",
    },
    {
        rule: "internal-topics-mirrored",
        changes: [["mirror/topicsExcludePattern", "test-.*"]],
        key: "kafka-dr:mirror.topicsExcludePattern",
        says: "must exclude __consumer_offsets and mm2-offset-syncs.target.internal",
    },
    {
        rule: "failback-needs-identity",
        changes: [
            ["phase", "failing-back"],
            ["mirror/replicationPolicy", "default"],
        ],
        key: "kafka-dr:mirror.replicationPolicy",
        says: 'must be "identity"',
    },
    {
        rule: "failback-needs-identity",
        changes: [
            ["mirror/epoch", 2],
            ["mirror/replicationPolicy", "default"],
        ],
        key: "kafka-dr:mirror.replicationPolicy",
        says: "of epoch 2",
    },
    {
        rule: "unknown-failback-listener",
        changes: [["mirror/failback", { targetListener: "outside" }]],
        key: "kafka-dr:mirror.failback.targetListener",
        says: "must be a listener of the target: tls",
    },
    {
        rule: "unreachable-target",
        changes: [
            ["phase", "failing-back"],
            ["target/context", "elsewhere"],
            ["mirror/sourceBootstrapServers", "kafka.example.com:9094"],
        ],
        key: "kafka-dr:target.listeners",
        says: "failback.targetBootstrapServers",
    },
    {
        rule: "failback-without-user-operator",
        changes: [
            ["phase", "failing-back"],
            ["security", { allowInsecureListeners: true }],
            [
                "source/listeners",
                [
                    { name: "tls", port: 9093 },
                    { name: "open", port: 9094, authentication: "none" },
                ],
            ],
            ["source/authorization", "none"],
            ["mirror/sourceListener", "open"],
            ["source/entityOperator", { userOperator: false }],
            noUsers,
        ],
        key: "kafka-dr:source.entityOperator.userOperator",
        says: "the reverse mirror's user",
    },
];

export const warned: readonly Case[] = [
    {
        rule: "record-above-source-limit",
        changes: [
            ["source/config/message.max.bytes", 2_000_000],
            ["target/config/message.max.bytes", 3_000_000],
        ],
        key: 'kafka-dr:source.config["message.max.bytes"]',
        says: "in a failback such a record stops the reverse mirror",
    },
    {
        rule: "timestamp-above-source-limit",
        changes: [
            ["source/config/log.message.timestamp.after.max.ms", 60_000],
            ["target/config/log.message.timestamp.after.max.ms", 3_600_000],
        ],
        key: 'kafka-dr:source.config["log.message.timestamp.after.max.ms"]',
        says: "in a failback such a record stops the reverse mirror",
    },
    {
        rule: "record-limit-of-existing-cluster",
        changes: [
            ["source/config/message.max.bytes", 2_000_000],
            ["target", { ...existing("target"), authentication: SCRAM }],
            noUsers,
        ],
        key: 'kafka-dr:source.config["message.max.bytes"]',
        says: "max.message.bytes of the topics here, which MM2 copies",
    },
    {
        rule: "timestamp-before-limit",
        changes: [["topics/0/config/message.timestamp.before.max.ms", 86_400_000]],
        key: 'kafka-dr:topics[0].config["message.timestamp.before.max.ms"]',
        says: "remove the limit, or make it longer than the retention",
    },
    {
        rule: "timestamp-before-limit",
        changes: [["target/config/log.message.timestamp.before.max.ms", 86_400_000]],
        key: 'kafka-dr:target.config["log.message.timestamp.before.max.ms"]',
        says: "remove the limit",
    },
    {
        rule: "topic-not-mirrored",
        changes: [["topics/0/name", ".orders"]],
        key: "kafka-dr:topics[0].name",
        says: "a failover loses its records",
    },
    {
        rule: "topic-not-mirrored",
        changes: [["mirror/topicsPattern", "payments.*"]],
        key: "kafka-dr:topics[0].name",
        says: "topicsPattern does not match its name",
    },
    {
        rule: "topic-renamed",
        changes: [["topics/0/name", "device-heartbeats"]],
        key: "kafka-dr:topics[0].name",
        says: 'is named "my-cluster.device-heartbeats" at the target',
    },
    {
        rule: "acl-sync-grants-everything",
        changes: [["mirror/syncTopicAclsEnabled", true]],
        key: "kafka-dr:mirror.syncTopicAclsEnabled",
        says: "declare users in kafka-dr:users instead",
    },
    {
        rule: "insecure-existing-cluster",
        changes: [["source", existing("source")], ["topics", []], noUsers],
        key: "kafka-dr:source.authentication",
        says: "without authentication",
    },
    {
        rule: "insecure-existing-cluster",
        changes: [["source", { ...existing("source"), tls: false }], ["topics", []], noUsers],
        key: "kafka-dr:source.tls",
        says: "can read the records",
    },
    {
        rule: "failback-unprepared",
        changes: [
            ["target/context", "elsewhere"],
            ["mirror/sourceBootstrapServers", "kafka.example.com:9094"],
        ],
        key: "kafka-dr:target.listeners",
        says: "for the reverse mirror",
    },
    {
        rule: "user-without-rights",
        changes: [["users/1", { name: "idle" }]],
        key: "kafka-dr:users[1]",
        says: "so it has no rights",
    },
    {
        rule: "shared-namespace",
        changes: [["target/namespace", "kafka-source"], ["target/createNamespace", false], noUsers],
        key: "kafka-dr:target.namespace",
        says: "give each cluster its own",
    },
    {
        rule: "throughput-out-of-reach",
        changes: [["mirror/throughput", { ...FAR, recordsPerSecond: 20_000 }], ...derivedMemory],
        key: "kafka-dr:mirror.throughput.recordsPerSecond",
        says: 'kafka-dr:mirror.profile "tutorial" is enough',
    },
    {
        rule: "throughput-out-of-reach",
        changes: [
            ["mirror/throughput", { ...FAR, megabytesPerSecond: 1.5 }],
            ["mirror/tasksMax", 1],
            ...derivedMemory,
        ],
        key: "kafka-dr:mirror.throughput.megabytesPerSecond",
        says: "kafka-dr:mirror.profile",
    },
    {
        rule: "throughput-out-of-reach",
        changes: [
            [
                "mirror/throughput",
                { ...FAR, partitions: 12, recordBytes: 1000, recordsPerSecond: 150_000 },
            ],
        ],
        key: "kafka-dr:mirror.throughput.recordsPerSecond",
        says: "no single change is enough; kafka-dr size",
    },
    {
        rule: "throughput-out-of-reach",
        changes: [
            ["mirror/throughput", { ...FAR, recordsPerSecond: 5_000_000, partitions: 1 }],
            ...derivedMemory,
        ],
        key: "kafka-dr:mirror.throughput.recordsPerSecond",
        says: "no configuration is enough: more partitions",
    },
    {
        rule: "heap-below-buffers",
        changes: [["mirror/producerOverrides", { "buffer.memory": 536_870_912 }]],
        key: "kafka-dr:mirror.jvmHeap",
        says: "can hold",
    },
    {
        rule: "heap-below-buffers",
        changes: [
            ["mirror/jvmHeap", undefined],
            ["mirror/consumerOverrides", { "fetch.max.bytes": 1_000_000_000 }],
        ],
        key: "kafka-dr:mirror.resources.limits.memory",
        says: "fetched; ",
    },
    {
        rule: "idle-tasks",
        changes: [["mirror/tasksMax", 4]],
        key: "kafka-dr:mirror.tasksMax",
        says: "more than the 3 partitions",
    },
];

function existing(name: string) {
    return {
        managed: false,
        name,
        namespace: name,
        context: "kind-kafka-dr",
        bootstrapServers: "kafka.example.com:9094",
    };
}

function pem(base64: string) {
    return Buffer.from(base64, "base64").toString();
}

function listener(name: string, port: number) {
    return { name, port };
}
