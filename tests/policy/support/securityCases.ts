import {
    ACL,
    BROKER_CONFIG,
    type Case,
    CUSTOM_AUTHENTICATION,
    fails,
    LISTENER,
    MIRROR,
    passes,
    SOURCE_CONFIG,
    WORKER_CONFIG,
} from "./cases";

const DIGEST = "a".repeat(64);
const POOL_CONTEXT = ["spec", "template", "kafkaContainer", "securityContext"];
const JAAS = "org.apache.kafka.common.security.scram.ScramLoginModule required";

export const listenerCases: readonly Case[] = [
    fails(
        "no-plain-listener",
        ["kafka", [...LISTENER, "tls"], false],
        'Kafka "kafka" (kafka/my-cluster in Kubernetes): spec.kafka.listeners[0].tls is false; it must be true.',
        "give clients the cluster's CA certificate.",
    ),
    fails("no-plain-listener", ["kafka", [...LISTENER, "tls"]], "tls is absent; it must be true"),
    fails(
        "listener-authentication",
        ["kafka", [...LISTENER, "authentication"]],
        "spec.kafka.listeners[0].authentication.type is absent",
        'one of "tls", "scram-sha-512" and "custom"',
        "KafkaUser",
    ),
    fails(
        "listener-authentication",
        ["kafka", [...LISTENER, "authentication", "type"], "none"],
        'type is "none"',
    ),
    passes("listener-authentication", [
        "kafka",
        [...LISTENER, "authentication", "type"],
        "scram-sha-512",
    ]),
    fails(
        "listener-authentication",
        ["kafka", [...CUSTOM_AUTHENTICATION, "sasl"], false],
        "spec.kafka.listeners[1].authentication is",
        "demands SASL",
        "lets everyone in",
    ),
    passes("listener-authentication", [
        ["kafka", [...CUSTOM_AUTHENTICATION, "sasl"], false],
        ["kafka", [...CUSTOM_AUTHENTICATION, "listenerConfig", "ssl.client.auth"], "required"],
    ]),
];

export const authorizationCases: readonly Case[] = [
    fails(
        "kafka-authorization",
        ["kafka", ["spec", "kafka", "authorization"]],
        "spec.kafka.authorization.type is absent",
        '"simple" or "custom"',
    ),
    fails(
        "kafka-authorization",
        ["kafka", ["spec", "kafka", "authorization", "superUsers"], ["CN=admin", "User:ANONYMOUS"]],
        'superUsers[1] is "User:ANONYMOUS"',
        "Remove it",
    ),
    fails(
        "kafka-authorization",
        ["kafka", ["spec", "kafka", "authorization", "superUsers"], ["User:*"]],
        'superUsers[0] is "User:*"',
    ),
    fails(
        "kafka-authorization",
        ["kafka", [...BROKER_CONFIG, "allow.everyone.if.no.acl.found"], "true"],
        'config["allow.everyone.if.no.acl.found"] is "true"',
    ),
    passes("kafka-authorization", [
        "kafka",
        [...BROKER_CONFIG, "allow.everyone.if.no.acl.found"],
        false,
    ]),
    ...["topic", "group", "transactionalId"].map((type) =>
        fails(
            "kafka-authorization",
            ["user", [...ACL, 0], { resource: { type, name: "*" }, operations: ["All"] }],
            'KafkaUser "user" (kafka/mirror in Kubernetes): spec.authorization.acls[0].operations is ["All"]',
            `all resources of type "${type}", not All`,
        ),
    ),
    passes("kafka-authorization", [
        "user",
        [...ACL, 0],
        { type: "deny", resource: { type: "topic", name: "*" }, operations: ["All"] },
    ]),
    passes("kafka-authorization", [
        "user",
        [...ACL, 0],
        { resource: { type: "topic", name: "orders" }, operations: ["All"] },
    ]),
    ...["All", "Alter", "ClusterAction"].map((operation) =>
        fails(
            "kafka-authorization",
            ["user", [...ACL, 1, "operations"], ["Describe", operation]],
            `acls[1].operations is ["Describe","${operation}"]`,
            "clusterAdministrators",
        ),
    ),
    passes("kafka-authorization", ["user", [...ACL, 1, "operations"], ["Alter", "ClusterAction"]], {
        clusterAdministrators: ["mirror"],
    }),
];

export const mirrorAuthenticationCases: readonly Case[] = [
    fails(
        "mirror-authentication",
        ["mirror-maker", ["spec", "target", "tls"]],
        "spec.target.tls is absent; it must be present",
    ),
    passes("mirror-authentication", ["mirror-maker", ["spec", "target", "tls"], {}]),
    fails(
        "mirror-authentication",
        ["mirror-maker", [...MIRROR, "source", "tls"]],
        "spec.mirrors[0].source.tls is absent",
    ),
    fails(
        "mirror-authentication",
        ["mirror-maker", [...MIRROR, "source", "authentication"]],
        "spec.mirrors[0].source.authentication.type is absent",
        '"scram-sha-512"',
    ),
    fails(
        "mirror-authentication",
        ["mirror-maker", ["spec", "target", "authentication"], { type: "anonymous" }],
        'spec.target.authentication.type is "anonymous"',
    ),
    fails(
        "mirror-authentication",
        ["mirror-maker", [...WORKER_CONFIG, "ssl.endpoint.identification.algorithm"], ""],
        'config["ssl.endpoint.identification.algorithm"] is ""',
        "passes for a broker",
    ),
];

const plainSecret = (path: string) => [
    `${path} is a credential in plain (not shown); it must be a reference to a Secret`,
];

export const secretCases: readonly Case[] = [
    ...["sasl.jaas.config", "producer.override.sasl.jaas.config"].map((name) =>
        fails(
            "no-plaintext-secret",
            ["mirror-maker", [...SOURCE_CONFIG, name], `${JAAS} username="u" password="hunter2";`],
            ...plainSecret(`spec.mirrors[0].sourceConnector.config["${name}"]`),
        ),
    ),
    passes("no-plaintext-secret", [
        "mirror-maker",
        [...SOURCE_CONFIG, "sasl.jaas.config"],
        `${JAAS} username="u" password="\${strimzisecrets:kafka/u:password}";`,
    ]),
    ...["ssl.truststore.password", "ssl.keystore.key", "oauth.client.secret", "my.api-key"].map(
        (name) =>
            fails(
                "no-plaintext-secret",
                ["mirror-maker", [...WORKER_CONFIG, name], "hunter2"],
                ...plainSecret(`spec.target.config["${name}"]`),
            ),
    ),
    passes("no-plaintext-secret", [
        "mirror-maker",
        [...WORKER_CONFIG, "ssl.truststore.password"],
        "${strimzisecrets:kafka/store:password}",
    ]),
    passes("no-plaintext-secret", [
        "mirror-maker",
        [...WORKER_CONFIG, "sasl.oauthbearer.token.endpoint.url"],
        "https://login.example.com/token",
    ]),
    fails(
        "no-plaintext-secret",
        ["mirror-maker", [...WORKER_CONFIG, "registry.url"], "https://u:hunter2@example.com"],
        ...plainSecret('spec.target.config["registry.url"]'),
    ),
    fails(
        "no-plaintext-secret",
        ["kafka", [...CUSTOM_AUTHENTICATION, "listenerConfig", "oauth.client.secret"], "hunter2"],
        ...plainSecret(
            'spec.kafka.listeners[1].authentication.listenerConfig["oauth.client.secret"]',
        ),
    ),
    fails(
        "no-plaintext-secret",
        [
            "mirror-maker",
            ["spec", "template", "connectContainer", "env"],
            [{ name: "AWS_SECRET_ACCESS_KEY", value: "hunter2" }],
        ],
        ...plainSecret("spec.template.connectContainer.env[0].value"),
    ),
    passes("no-plaintext-secret", [
        "mirror-maker",
        ["spec", "template", "connectContainer", "env"],
        [
            {
                name: "AWS_SECRET_ACCESS_KEY",
                valueFrom: { secretKeyRef: { name: "aws", key: "key" } },
            },
        ],
    ]),
    // The name of a key in a Secret, not the password.
    passes("no-plaintext-secret", [
        "mirror-maker",
        ["spec", "target", "authentication"],
        {
            type: "scram-sha-512",
            username: "u",
            passwordSecret: { secretName: "u", password: "password" },
        },
    ]),
];

export const podCases: readonly Case[] = [
    fails(
        "restricted-pods",
        ["namespace", ["metadata", "labels"]],
        'Namespace "namespace" (kafka in Kubernetes): metadata.labels["pod-security.kubernetes.io/enforce"] is absent',
        '"restricted"',
    ),
    // Of no concern to Kafka.
    passes("restricted-pods", [
        ["namespace", ["metadata", "labels"]],
        ["namespace", ["metadata", "name"], "other"],
    ]),
    {
        rule: "restricted-pods",
        edits: [{ of: "kafka", set: [["spec", "kafka", "template"], undefined] }],
        says: ["controllers", "brokers"].map((name) => [
            `KafkaNodePool "${name}"`,
            "spec.template.kafkaContainer.securityContext is absent",
            "allowPrivilegeEscalation: false, capabilities.drop: [ALL], runAsNonRoot: true, seccompProfile.type: RuntimeDefault",
        ]),
    },
    passes("restricted-pods", ["kafka", ["spec", "kafka", "template"]], {
        restrictedOperator: true,
    }),
    // A pool's own template replaces the Kafka's.
    {
        rule: "restricted-pods",
        config: { restrictedOperator: true },
        edits: [{ of: "brokers", set: [POOL_CONTEXT, { runAsUser: 0, privileged: true }] }],
        says: [['KafkaNodePool "brokers"', "no runAsUser: 0", "no privileged: true"]],
    },
    fails(
        "restricted-pods",
        ["kafka", ["spec", "entityOperator", "template", "userOperatorContainer"]],
        "spec.entityOperator.template.userOperatorContainer.securityContext is absent",
    ),
    passes("restricted-pods", [
        ["kafka", ["spec", "entityOperator", "template", "userOperatorContainer"]],
        ["kafka", ["spec", "entityOperator", "userOperator"]],
    ]),
    fails(
        "restricted-pods",
        ["kafka", ["spec", "kafkaExporter"], {}],
        "spec.kafkaExporter.template.container.securityContext is absent",
    ),
    fails(
        "restricted-pods",
        ["mirror-maker", ["spec", "rack"], { topologyKey: "topology.kubernetes.io/zone" }],
        "spec.template.initContainer.securityContext is absent",
    ),
    ...(
        [
            ["allowPrivilegeEscalation", true, "allowPrivilegeEscalation: false"],
            ["capabilities", { drop: ["ALL"], add: ["SYS_ADMIN"] }, "NET_BIND_SERVICE"],
            ["capabilities", { drop: ["NET_RAW"] }, "capabilities.drop: [ALL]"],
            ["runAsNonRoot", false, "runAsNonRoot: true"],
            ["seccompProfile", { type: "Unconfined" }, "seccompProfile.type: RuntimeDefault"],
        ] as const
    ).map(([name, value, says]) =>
        fails(
            "restricted-pods",
            [
                "mirror-maker",
                ["spec", "template", "connectContainer", "securityContext", name],
                value,
            ],
            `it must be one with ${says}`.replace("NET_BIND_SERVICE", "no capabilities.add but "),
        ),
    ),
    passes("restricted-pods", [
        [
            "mirror-maker",
            ["spec", "template", "connectContainer", "securityContext", "runAsNonRoot"],
        ],
        ["mirror-maker", ["spec", "template", "pod", "securityContext"], { runAsNonRoot: true }],
    ]),
];

export const imageCases: readonly Case[] = [
    fails(
        "image-digest",
        ["mirror-maker", ["spec", "image"], "quay.io/strimzi/kafka:1.2.0-kafka-4.3.1"],
        'spec.image is "quay.io/strimzi/kafka:1.2.0-kafka-4.3.1"; it must be pinned by digest',
    ),
    passes("image-digest", ["mirror-maker", ["spec", "image"], `quay.io/kafka@sha256:${DIGEST}`]),
    ...[
        ["spec", "kafka", "brokerRackInitImage"],
        ["spec", "entityOperator", "topicOperator", "image"],
    ].map((path) =>
        fails("image-digest", ["kafka", path, "strimzi:latest"], `${path.join(".")} is`),
    ),
    fails(
        "image-digest",
        [
            "brokers",
            ["spec", "template", "pod", "volumes"],
            [{ name: "plugin", image: { reference: "plugins:1" } }],
        ],
        "spec.template.pod.volumes[0].image.reference is",
    ),
];
