import { BROKER_CONFIG, type Case, fails, passes, SOURCE_CONFIG, WORKER_CONFIG } from "./cases";

const INTERNAL_TOPIC_FACTORS = [
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "share.coordinator.state.topic.replication.factor",
];

export const durabilityCases: readonly Case[] = [
    fails(
        "replication-factor",
        ["kafka", [...BROKER_CONFIG, "default.replication.factor"]],
        'config["default.replication.factor"] is absent; it must be at least 3 (Kafka\'s default is 1)',
    ),
    ...INTERNAL_TOPIC_FACTORS.map((name) =>
        fails(
            "replication-factor",
            ["kafka", [...BROKER_CONFIG, name], "2"],
            `config["${name}"] is "2"; it must be at least 3`,
        ),
    ),
    fails(
        "replication-factor",
        ["topic", ["spec", "replicas"], 1],
        'KafkaTopic "topic"',
        "spec.replicas is 1; it must be at least 3",
    ),
    passes("replication-factor", ["topic", ["spec", "replicas"]]),
    fails(
        "replication-factor",
        ["mirror-maker", [...SOURCE_CONFIG, "replication.factor"]],
        'sourceConnector.config["replication.factor"] is absent; it must be at least 3 or -1 (Kafka\'s default is 2)',
    ),
    fails(
        "replication-factor",
        ["mirror-maker", [...WORKER_CONFIG, "config.storage.replication.factor"], 1],
        'spec.target.config["config.storage.replication.factor"] is 1',
    ),
    passes("replication-factor", ["topic", ["spec", "replicas"], 2], { minimum: 2 }),
    passes("replication-factor", ["topic", ["spec", "replicas"], 1], { production: false }),
    passes("replication-factor", ["topic", ["spec", "replicas"], 1], {
        productionStacks: "^live-",
    }),
    fails(
        "min-isr",
        ["kafka", [...BROKER_CONFIG, "min.insync.replicas"]],
        'config["min.insync.replicas"] is absent; it must be at least 2 and below spec.kafka.config["default.replication.factor"], which is 3 (Kafka\'s default is 1)',
        "Raise it",
    ),
    fails(
        "min-isr",
        ["kafka", [...BROKER_CONFIG, "min.insync.replicas"], 3],
        'config["min.insync.replicas"] is 3',
        "Lower it",
    ),
    fails(
        "min-isr",
        ["kafka", [...BROKER_CONFIG, "transaction.state.log.min.isr"], 1],
        'config["transaction.state.log.min.isr"] is 1',
    ),
    fails(
        "min-isr",
        ["kafka", [...BROKER_CONFIG, "share.coordinator.state.topic.min.isr"], 3],
        "one restart stops all writes",
    ),
    fails(
        "min-isr",
        ["topic", ["spec", "config", "min.insync.replicas"], 1],
        'spec.config["min.insync.replicas"] is 1; it must be at least 2 and below spec.replicas, which is 3',
    ),
    passes("min-isr", ["topic", ["spec", "config"]]),
    passes("min-isr", ["topic", ["spec", "config", "min.insync.replicas"], 1], { minimum: 1 }),
    fails(
        "broker-count",
        ["brokers", ["spec", "replicas"], 2],
        'Kafka "kafka"',
        "the number of brokers in its KafkaNodePools is 2; it must be at least 3.",
    ),
    fails(
        "broker-count",
        ["kafka", [...BROKER_CONFIG, "default.replication.factor"], 5],
        "is 3; it must be at least 5, its default.replication.factor",
    ),
    passes("broker-count", [
        ["brokers", ["spec", "replicas"], 2],
        ["controllers", ["spec", "roles"], ["controller", "broker"]],
    ]),
    // A pool of a Kafka of the same name in another Kubernetes cluster does not count.
    {
        rule: "broker-count",
        edits: [{ of: "brokers", options: { provider: { name: "k", urn: "urn:other" } } }],
        says: [["is 0; it must be at least 3"]],
    },
    // Pools of another Kafka do not count; a Kafka without pools in the stack has them elsewhere.
    passes(
        "broker-count",
        ["brokers", "controllers"].map((of) => [
            of,
            ["metadata", "labels", "strimzi.io/cluster"],
            "other",
        ]),
    ),
];

export const protectionCases: readonly Case[] = [
    fails(
        "no-delete-claim",
        ["brokers", ["spec", "storage", "volumes", 0, "deleteClaim"], true],
        'KafkaNodePool "brokers"',
        "spec.storage.volumes[0].deleteClaim is true",
        "deleted together with the pool",
    ),
    fails(
        "no-delete-claim",
        ["brokers", ["spec", "storage"], { type: "ephemeral" }],
        'spec.storage.type is "ephemeral"',
    ),
    fails(
        "no-delete-claim",
        ["brokers", ["spec", "storage", "volumes", 0, "type"], "ephemeral"],
        "spec.storage.volumes[0].type is",
    ),
    passes("no-delete-claim", ["brokers", ["spec", "storage"], { type: "ephemeral" }], {
        production: false,
    }),
    ...["kafka", "brokers", "topic", "namespace"].flatMap((of): Case[] => [
        {
            rule: "protected-data",
            edits: [{ of, options: { protect: false } }],
            says: [[`"${of}"`, "the option protect is false; it must be true"]],
        },
        {
            rule: "protected-data",
            config: { production: false },
            edits: [{ of, options: { protect: false } }],
            says: [],
        },
    ]),
    // The namespace of that name in the other cluster holds no data.
    {
        rule: "protected-data",
        edits: [
            {
                of: "namespace",
                options: { protect: false, provider: { name: "k", urn: "urn:other" } },
            },
        ],
        says: [],
    },
    { rule: "protected-data", edits: [{ of: "user", options: { protect: false } }], says: [] },
];

export const providerCases: readonly Case[] = [
    ...["default", "default_4_32_0"].map((name): Case => ({
        rule: "explicit-provider",
        edits: [{ of: "namespace", options: { provider: { name } } }],
        says: [[`its provider is "${name}", Pulumi's default`, "disable-default-providers"]],
    })),
    {
        rule: "explicit-provider",
        edits: [{ of: "namespace", options: { provider: { name: "default-context" } } }],
        says: [],
    },
    {
        rule: "explicit-provider",
        edits: [
            { of: "namespace", options: { type: "aws:s3:Bucket", provider: { name: "default" } } },
        ],
        says: [],
    },
];

export const resourceCases: readonly Case[] = [
    fails(
        "resources-set",
        ["brokers", ["spec", "resources", "requests", "cpu"]],
        'KafkaNodePool "brokers"',
        "spec.resources.requests.cpu is absent",
    ),
    fails(
        "resources-set",
        ["mirror-maker", ["spec", "resources", "limits"]],
        "spec.resources.limits.memory is absent",
    ),
    // Kubernetes takes the limit for the request.
    passes("resources-set", ["brokers", ["spec", "resources", "requests", "memory"]]),
    {
        rule: "resources-set",
        edits: [
            {
                of: "kafka",
                set: [["spec", "entityOperator", "userOperator", "resources"], undefined],
            },
        ],
        says: ["requests.cpu", "requests.memory", "limits.memory"].map((name) => [
            `spec.entityOperator.userOperator.resources.${name} is absent`,
        ]),
    },
];
