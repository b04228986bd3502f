import { metricsConfigMapName } from "./names";

/**
 * The ConfigMap that a Strimzi resource's `metricsConfig` refers to. It is made per resource, so
 * that removing one cluster never takes the rules of another away.
 *
 * @param owner Name of the Kafka or KafkaMirrorMaker2.
 * @param rules Rules of the JMX exporter by the key that `metricsConfig` names.
 */
export function metricsConfigMap(
    namespace: string,
    owner: string,
    rules: Readonly<Record<string, string>>,
) {
    return {
        // No label of Strimzi's: its operator lists ConfigMaps by them and deletes what it knows
        // not.
        metadata: { name: metricsConfigMapName(owner), namespace },
        data: { ...rules },
    };
}
