/**
 * What the pack has to say about this project's own stacks: `rule resource property`, with the
 * resources' names without "kafka-dr-". The tables are to become empty.
 */
const LISTENERS_WITHOUT_AUTHENTICATION = ["source-kafka", "target-kafka"].flatMap((kafka) => [
    `listener-authentication ${kafka} spec.kafka.listeners[0].authentication.type`,
    `kafka-authorization ${kafka} spec.kafka.authorization.type`,
]);

const MIRROR_WITHOUT_AUTHENTICATION = ["target", "mirrors[0].source"].map(
    (connection) => `mirror-authentication mirror-mm2 spec.${connection}.authentication.type`,
);

const CONTAINERS_WITHOUT_SECURITY_CONTEXT = [
    "source-pool-controller spec.template.kafkaContainer",
    "source-pool-broker spec.template.kafkaContainer",
    "target-pool-combined spec.template.kafkaContainer",
    "source-kafka spec.entityOperator.template.topicOperatorContainer",
    "source-kafka spec.entityOperator.template.userOperatorContainer",
    "target-kafka spec.entityOperator.template.topicOperatorContainer",
    "target-kafka spec.entityOperator.template.userOperatorContainer",
    "mirror-mm2 spec.template.connectContainer",
].map((container) => `restricted-pods ${container}.securityContext`);

const OPERATORS_WITHOUT_RESOURCES = ["source-kafka", "target-kafka"].flatMap((kafka) =>
    ["topicOperator", "userOperator"].flatMap((operator) =>
        ["requests.cpu", "requests.memory", "limits.memory"].map(
            (quantity) =>
                `resources-set ${kafka} spec.entityOperator.${operator}.resources.${quantity}`,
        ),
    ),
);

const IN_BOTH_STACKS = [
    ...LISTENERS_WITHOUT_AUTHENTICATION,
    ...MIRROR_WITHOUT_AUTHENTICATION,
    ...CONTAINERS_WITHOUT_SECURITY_CONTEXT,
    ...OPERATORS_WITHOUT_RESOURCES,
];

export const EXPECTED_VIOLATIONS: Readonly<Record<"dev" | "prod", readonly string[]>> = {
    dev: [
        ...IN_BOTH_STACKS,
        ...["source-namespace", "target-namespace"].map(
            (namespace) =>
                `restricted-pods ${namespace} metadata.labels["pod-security.kubernetes.io/enforce"]`,
        ),
    ],
    prod: [
        ...IN_BOTH_STACKS,
        "listener-authentication source-kafka spec.kafka.listeners[1].authentication.type",
    ],
};
