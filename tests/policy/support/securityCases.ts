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
        "requires SASL",
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
    // Names that begin with "*".
    passes("kafka-authorization", [
        "user",
        [...ACL, 0],
        { resource: { type: "topic", name: "*", patternType: "prefix" }, operations: ["All"] },
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
    `${path} is a credential in plain text (not shown); it must be a reference to a Secret`,
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
