import type { ManagedSite, TopicSettings } from "../../config/settingsSchema";
import type { KafkaTopicObject } from "../resources";
import { kafkaTopicResourceName } from "./names";

/** The KafkaTopic of a declared topic, for the Topic Operator of the cluster. */
export function kafkaTopic(site: ManagedSite, topic: TopicSettings): KafkaTopicObject {
    const name = kafkaTopicResourceName(topic.name);
    return {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaTopic",
        metadata: {
            name,
            namespace: site.namespace,
            labels: { "strimzi.io/cluster": site.name },
        },
        spec: {
            ...(name !== topic.name && { topicName: topic.name }),
            partitions: topic.partitions,
            ...(topic.replicas !== undefined && { replicas: topic.replicas }),
            ...(Object.keys(topic.config).length > 0 && { config: { ...topic.config } }),
        },
    };
}
