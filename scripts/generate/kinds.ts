/** The kinds that are generated, with the class of Strimzi's model that each comes from. */
export const MODEL_CLASSES = {
    Kafka: "io.strimzi.api.kafka.model.kafka.Kafka",
    KafkaNodePool: "io.strimzi.api.kafka.model.nodepool.KafkaNodePool",
    KafkaMirrorMaker2: "io.strimzi.api.kafka.model.mirrormaker2.KafkaMirrorMaker2",
    KafkaUser: "io.strimzi.api.kafka.model.user.KafkaUser",
    KafkaTopic: "io.strimzi.api.kafka.model.topic.KafkaTopic",
} as const;

export type Kind = keyof typeof MODEL_CLASSES;

export const KINDS = Object.keys(MODEL_CLASSES) as readonly Kind[];
