import { brokerConfig } from "../../config/brokerConfig";
import type { ImageSettings, ListenerSettings, ManagedSite } from "../../config/settingsSchema";
import { KAFKA_METRICS_KEY } from "../metrics";
import type { KafkaObject } from "../resources";
import { resourceRequirements, restrictedContainer } from "./podTemplate";
import { metricsConfigMapName } from "./names";

export interface KafkaBuildOptions {
    /**
     * Keep the Secrets of both CAs when the Kafka resource is deleted. Without them every client
     * would have to be given a new CA after a recovery.
     */
    readonly keepCertificateAuthorities: boolean;
    /** Images instead of the operator's own choice. */
    readonly images: ImageSettings;
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
                ...(options.images.kafka !== undefined && { image: options.images.kafka }),
                listeners: site.listeners.map(kafkaListener),
                ...(site.authorization === "simple" && { authorization: { type: "simple" } }),
                config: { ...brokerConfig(site) },
                ...(site.metrics && { metricsConfig: brokerMetrics(site) }),
                template: {
                    kafkaContainer: restrictedContainer(),
                    initContainer: restrictedContainer(),
                },
            },
            ...entityOperator(site, options.images),
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

function kafkaListener({ configuration, authentication, ...listener }: ListenerSettings) {
    return {
        ...listener,
        ...(authentication !== "none" && { authentication: { type: authentication } }),
        ...(configuration !== undefined && { configuration: { ...configuration } }),
    };
}

/** Strimzi runs an operator when its key is present, whatever it holds. */
function entityOperator({ entityOperator: settings }: ManagedSite, images: ImageSettings) {
    const { topicOperator, userOperator } = settings;
    if (!topicOperator && !userOperator) {
        return {};
    }
    const operator = {
        ...(images.operator !== undefined && { image: images.operator }),
        ...resourceRequirements(settings.resources),
    };
    return {
        entityOperator: {
            ...(topicOperator && { topicOperator: operator }),
            ...(userOperator && { userOperator: operator }),
            template: {
                ...(topicOperator && { topicOperatorContainer: restrictedContainer() }),
                ...(userOperator && { userOperatorContainer: restrictedContainer() }),
            },
        },
    };
}
