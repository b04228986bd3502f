import {
    type Case,
    CHECKPOINT_CONFIG,
    fails,
    MIRROR,
    passes,
    SOURCE_CONFIG,
    WORKER_CONFIG,
} from "./cases";

const IN_FLIGHT = "producer.override.max.in.flight.requests.per.connection";
const IDEMPOTENCE = "producer.override.enable.idempotence";

/** The other mirror, reversed: it copies back to the source of the first one. */
const BACK = [
    ["other-mirror-maker", [...MIRROR, "source", "alias"], "b"],
    ["other-mirror-maker", ["spec", "target", "alias"], "a"],
] as const;

export const connectorCases: readonly Case[] = [
    fails(
        "connector-consistency",
        ["mirror-maker", [...MIRROR, "source", "alias"], "b"],
        'spec.mirrors[0].source.alias is "b"; it must be different from spec.target.alias',
    ),
    ...["checkpointConnector", "sourceConnector"].map((connector) =>
        fails(
            "connector-consistency",
            ["mirror-maker", [...MIRROR, connector]],
            `spec.mirrors[0].${connector} is absent; it must be present`,
        ),
    ),
    ...(
        [
            ["replication.policy.class", "DefaultReplicationPolicy"],
            ["replication.policy.separator", "."],
            ["offset-syncs.topic.location", "source"],
        ] as const
    ).map(([name, preset]) =>
        fails(
            "connector-consistency",
            ["mirror-maker", [...CHECKPOINT_CONFIG, name], "another"],
            `checkpointConnector.config["${name}"] is "another"`,
            `the value of spec.mirrors[0].sourceConnector.config["${name}"]`,
            preset,
        ),
    ),
    fails(
        "connector-consistency",
        ["mirror-maker", [...CHECKPOINT_CONFIG, "offset-syncs.topic.location"]],
        "is absent",
        'which is "target"',
    ),
    // A setting that one connector lacks equals the default on the other.
    passes("connector-consistency", [
        "mirror-maker",
        [...CHECKPOINT_CONFIG, "replication.policy.separator"],
    ]),
    ...[
        [...SOURCE_CONFIG, "emit.offset-syncs.enabled"],
        [...CHECKPOINT_CONFIG, "emit.checkpoints.enabled"],
    ].map((path) =>
        fails(
            "connector-consistency",
            ["mirror-maker", path, "false"],
            'is "false"; it must be true or absent while sync.group.offsets.enabled is true',
        ),
    ),
    passes("connector-consistency", [
        ["mirror-maker", [...SOURCE_CONFIG, "emit.offset-syncs.enabled"], false],
        ["mirror-maker", [...CHECKPOINT_CONFIG, "sync.group.offsets.enabled"], false],
    ]),
];

export const mirrorLoopCases: readonly Case[] = [
    fails(
        "mirror-loop",
        BACK,
        'KafkaMirrorMaker2 "other-mirror-maker"',
        'spec.mirrors[0] is a copy from "b" to "a"',
        'spec.mirrors[0] of "mirror-maker" copies the other way',
    ),
    fails(
        "mirror-loop",
        [
            [
                "other-mirror-maker",
                [...MIRROR, "source"],
                { alias: "x", bootstrapServers: "b1.example.com:9093, b.example.com:9093" },
            ],
            [
                "other-mirror-maker",
                ["spec", "target"],
                { alias: "y", bootstrapServers: "a.example.com:9093" },
            ],
        ],
        'a copy from "x" to "y"',
    ),
    // A chain: it reads from the target of the first one.
    passes("mirror-loop", [
        [
            "other-mirror-maker",
            [...MIRROR, "source"],
            { alias: "b", bootstrapServers: "b.example.com:9093" },
        ],
    ]),
    passes("mirror-loop", [
        ...BACK,
        ["other-mirror-maker", [...MIRROR, "sourceConnector", "state"], "stopped"],
    ]),
    passes("mirror-loop", [...BACK, ["other-mirror-maker", ["spec", "replicas"], 0]]),
    passes("mirror-loop", [
        ...BACK,
        [
            "other-mirror-maker",
            [...SOURCE_CONFIG, "replication.policy.class"],
            "org.apache.kafka.connect.mirror.DefaultReplicationPolicy",
        ],
    ]),
];

export const producerCases: readonly Case[] = [
    fails(
        "safe-producer-overrides",
        ["mirror-maker", [...SOURCE_CONFIG, "producer.override.acks"], 1],
        'config["producer.override.acks"] is 1; it must be "all" or -1',
    ),
    passes("safe-producer-overrides", [
        "mirror-maker",
        [...SOURCE_CONFIG, "producer.override.acks"],
        -1,
    ]),
    // A setting of the worker that no connector overrides is reported once.
    fails(
        "safe-producer-overrides",
        [
            ["mirror-maker", [...SOURCE_CONFIG, "producer.override.acks"]],
            ["mirror-maker", [...WORKER_CONFIG, "producer.acks"], "0"],
        ],
        'spec.target.config["producer.acks"] is "0"',
    ),
    fails(
        "safe-producer-overrides",
        ["mirror-maker", [...SOURCE_CONFIG, IN_FLIGHT], 6],
        "is 6; it must be at most 5",
    ),
    fails(
        "safe-producer-overrides",
        ["mirror-maker", [...SOURCE_CONFIG, IDEMPOTENCE]],
        'is 5; it must be 1, unless "enable.idempotence" is true',
        "change the order of records",
    ),
    passes("safe-producer-overrides", [
        ["mirror-maker", [...SOURCE_CONFIG, IDEMPOTENCE], false],
        ["mirror-maker", [...SOURCE_CONFIG, IN_FLIGHT], "1"],
    ]),
    passes("safe-producer-overrides", [
        ["mirror-maker", [...SOURCE_CONFIG, IDEMPOTENCE]],
        ["mirror-maker", [...WORKER_CONFIG, "exactly.once.source.support"], "enabled"],
    ]),
    fails(
        "safe-producer-overrides",
        ["mirror-maker", [...SOURCE_CONFIG, "consumer.override.max.poll.records"], 2000],
        'it must be named "consumer.max.poll.records"',
    ),
    fails(
        "safe-producer-overrides",
        ["mirror-maker", [...CHECKPOINT_CONFIG, "producer.batch.size"], 327680],
        'it must be named "producer.override.batch.size"',
    ),
    ...[WORKER_CONFIG, SOURCE_CONFIG].map((path) =>
        fails(
            "safe-producer-overrides",
            [
                "mirror-maker",
                [...path, "value.converter"],
                "org.apache.kafka.connect.json.JsonConverter",
            ],
            'config["value.converter"] is "org.apache.kafka.connect.json.JsonConverter"',
            "absent or ByteArrayConverter",
        ),
    ),
];
