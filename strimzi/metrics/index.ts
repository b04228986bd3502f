import { renderExporterConfig } from "./exporterConfig";
import { KAFKA_RULES } from "./kafkaRules";
import { MIRROR_MAKER_RULES } from "./mirrorMakerRules";

export { MIRROR_MAKER_METRICS, type MetricContract, type MetricUnit } from "./mirrorMakerMetrics";

/** Key of the brokers' rules in the ConfigMap that their `metricsConfig` names. */
export const KAFKA_METRICS_KEY = "kafka-metrics-config.yml";

/** Key of MM2's rules in the ConfigMap that its `metricsConfig` names. */
export const MIRROR_MAKER_METRICS_KEY = "metrics-config.yml";

/** Configuration of the Prometheus JMX exporter in Kafka nodes, as YAML. */
export function kafkaMetricsRules(): string {
    return renderExporterConfig(KAFKA_RULES);
}

/** Configuration of the Prometheus JMX exporter in MM2's Connect workers, as YAML. */
export function mirrorMakerMetricsRules(): string {
    return renderExporterConfig(MIRROR_MAKER_RULES);
}
