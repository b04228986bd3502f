import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type {
    ImageSettings,
    ListenerSettings,
    ManagedSite,
    ReadinessTimeouts,
    TopicSettings,
} from "../config/settingsSchema";
import { kafka } from "../strimzi/builders/kafka";
import { clusterCaSecretName, internalBootstrapServers } from "../strimzi/builders/names";
import { metricsConfigMap } from "../strimzi/builders/metricsConfigMap";
import { kafkaNodePools } from "../strimzi/builders/nodePool";
import { kafkaTopic } from "../strimzi/builders/topic";
import { KAFKA_METRICS_KEY, kafkaMetricsRules } from "../strimzi/metrics";
import { Kafka, KafkaNodePool, KafkaTopic } from "../strimzi/resources";
import { type DataProtection, holdsData, waitFor } from "./options";
import { refusal } from "./refusal";

export interface KafkaClusterArgs {
    /** The cluster to deploy. */
    readonly site: ManagedSite;
    /** Topics to create with its Topic Operator. None by default. */
    readonly topics?: readonly TopicSettings[];
    /** Images instead of the operator's own choice. */
    readonly images: ImageSettings;
    readonly protection: DataProtection;
    readonly readinessTimeouts: Pick<ReadinessTimeouts, "kafkaSeconds" | "topicSeconds">;
    /** Resources that must exist first, such as the namespace. */
    readonly dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * A Kafka cluster that Strimzi runs: node pools, the Kafka resource, its metrics rules and the
 * declared topics. Created when Strimzi reports the cluster Ready.
 *
 * Give it the provider of its Kubernetes cluster by the `provider` option.
 */
export class KafkaCluster extends pulumi.ComponentResource {
    /** Secret with the certificates of the cluster's CA, in the cluster's namespace. */
    readonly caSecretName: string;
    /** `namespace/name` of that Secret; unknown until the cluster was created and is Ready. */
    readonly caSecretId: pulumi.Output<string>;
    private readonly site: ManagedSite;
    private readonly kafka: Kafka;

    constructor(name: string, args: KafkaClusterArgs, options: pulumi.ComponentResourceOptions) {
        const { site, protection, readinessTimeouts } = args;
        const identity = { cluster: site.name, namespace: site.namespace };
        super("kafka-dr:index:KafkaCluster", name, identity, options);
        this.site = site;
        this.caSecretName = clusterCaSecretName(site.name);

        const dependsOn = args.dependsOn ?? [];
        const child = { parent: this, dependsOn };
        const pools = kafkaNodePools(site).map(
            ({ metadata, spec }) =>
                new KafkaNodePool(
                    `${name}-pool-${metadata.name}`,
                    { metadata, spec },
                    holdsData(protection, child),
                ),
        );
        const metrics = site.metrics
            ? [
                  new kubernetes.core.v1.ConfigMap(
                      `${name}-metrics`,
                      metricsConfigMap(site.namespace, site.name, {
                          [KAFKA_METRICS_KEY]: kafkaMetricsRules(),
                      }),
                      child,
                  ),
              ]
            : [];

        const { metadata, spec } = kafka(site, {
            keepCertificateAuthorities: protection.retainOnDelete,
            images: args.images,
        });
        const ready = waitFor(["condition=Ready"], readinessTimeouts.kafkaSeconds);
        this.kafka = new Kafka(
            `${name}-kafka`,
            { metadata: { ...metadata, annotations: { ...metadata.annotations, ...ready } }, spec },
            // Deleted before its pools, as Strimzi asks, and created after them.
            holdsData(protection, { parent: this, dependsOn: [...pools, ...metrics] }),
        );
        this.caSecretId = this.kafka.id.apply(() => `${site.namespace}/${this.caSecretName}`);
        this.declareTopics(name, args);
        this.registerOutputs({ caSecretName: this.caSecretName, caSecretId: this.caSecretId });
    }

    /**
     * Addresses of a listener: computed for an internal listener, so that a preview knows them;
     * reported by the operator for an exposed one.
     *
     * @throws {Error} when the operator reports no such listener, once the cluster is Ready.
     */
    bootstrapServers(listener: ListenerSettings): pulumi.Output<string> {
        const { name, namespace } = this.site;
        if (listener.type === "internal") {
            return pulumi.output(internalBootstrapServers(name, namespace, listener.port));
        }
        return this.kafka.status.apply((status) => {
            const reported = status?.listeners?.find((found) => found.name === listener.name);
            if (reported?.bootstrapServers === undefined) {
                throw refusal(
                    `Kafka ${namespace}/${name} is Ready but reports no address of its listener "${listener.name}" (${listener.type}). ` +
                        `See: kubectl --context ${this.site.context} -n ${namespace} get kafka ${name} -o yaml`,
                );
            }
            return reported.bootstrapServers;
        });
    }

    private declareTopics(name: string, args: KafkaClusterArgs): void {
        const ready = waitFor(["condition=Ready"], args.readinessTimeouts.topicSeconds);
        for (const topic of args.topics ?? []) {
            const { metadata, spec } = kafkaTopic(this.site, topic);
            new KafkaTopic(
                `${name}-topic-${metadata.name}`,
                { metadata: { ...metadata, annotations: ready }, spec },
                holdsData(args.protection, { parent: this, dependsOn: this.kafka }),
            );
        }
    }
}
