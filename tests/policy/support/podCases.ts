import { type Case, fails, passes } from "./cases";

const DIGEST = "a".repeat(64);
const POOL_CONTEXT = ["spec", "template", "kafkaContainer", "securityContext"];

export const podCases: readonly Case[] = [
    fails(
        "restricted-pods",
        ["namespace", ["metadata", "labels"]],
        'Namespace "namespace" (kafka in Kubernetes): metadata.labels["pod-security.kubernetes.io/enforce"] is absent',
        '"restricted"',
    ),
    // A Namespace without Kafka.
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
            `it must be a security context with ${says}`.replace(
                "NET_BIND_SERVICE",
                "no capabilities.add but ",
            ),
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
