import { brokerConfig } from "../../config/brokerConfig";
import type { ManagedSite } from "../../config/settingsSchema";
import { KAFKA_METRICS_KEY } from "../metrics";
import type { KafkaObject } from "../resources";
import { metricsConfigMapName } from "./names";

export interface KafkaBuildOptions {
    /**
     * Keep the Secrets of both CAs when the Kafka resource is deleted. Without them every client
     * would have to be given a new CA after a recovery.
     */
    readonly keepCertificateAuthorities: boolean;
}

/** The Kafka resource of a cluster; its nodes are in the KafkaNodePools. */
export function kafka(site: ManagedSite, options: KafkaBuildOptions): KafkaObject {
    const authority = { generateSecretOwnerReference: false };
    return {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "Kafka",
        metadata: { name: site.name, namespace: site.namespace },
        spec: {
            kafka: {
                version: site.kafkaVersion,
                listeners: site.listeners.map(({ configuration, ...listener }) => ({
                    ...listener,
                    ...(configuration !== undefined && { configuration: { ...configuration } }),
                })),
                config: { ...brokerConfig(site) },
                ...(site.metrics && { metricsConfig: brokerMetrics(site) }),
            },
            ...entityOperator(site),
            ...(options.keepCertificateAuthorities && {
                clusterCa: authority,
                clientsCa: authority,
            }),
        },
    };
}

function brokerMetrics(site: ManagedSite) {
    return {
        type: "jmxPrometheusExporter" as const,
        valueFrom: {
            configMapKeyRef: { name: metricsConfigMapName(site.name), key: KAFKA_METRICS_KEY },
        },
    };
}

/** Strimzi runs an operator when its key is present, whatever it holds. */
function entityOperator({ entityOperator: { topicOperator, userOperator } }: ManagedSite) {
    if (!topicOperator && !userOperator) {
        return {};
    }
    return {
        entityOperator: {
            ...(topicOperator && { topicOperator: {} }),
            ...(userOperator && { userOperator: {} }),
        },
    };
}
