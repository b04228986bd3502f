import { STRIMZI_VERSION } from "../../strimzi/version";
import type { Condition, KafkaNodePoolStatus, KafkaObject, KafkaStatus } from "../objects";
import { LOOPBACK } from "../process/ports";
import type { KafkaNode } from "./nodes";

/** The facts behind the status of a cluster. */
export interface KafkaStatusInput {
    readonly kafka: KafkaObject;
    readonly nodes: readonly KafkaNode[];
    readonly clusterId: string;
    readonly caCertificate: string;
    /** `host:port,...` by listener name. */
    readonly bootstrapServers: ReadonlyMap<string, string>;
    readonly kafkaVersion: string;
    readonly now: Date;
}

/** The first metadata version of a release: `4.3-IV0` for Kafka 4.3.1. */
function metadataVersion(kafkaVersion: string): string {
    return `${kafkaVersion.split(".").slice(0, 2).join(".")}-IV0`;
}

/** The condition of an object that is ready. */
export function readyCondition(now: Date): Condition {
    return { type: "Ready", status: "True", lastTransitionTime: now.toISOString() };
}

/**
 * The status of a cluster that is ready. The addresses are loopback ports, where Strimzi writes the
 * names of services.
 */
export function kafkaStatus(input: KafkaStatusInput): KafkaStatus {
    const { kafka } = input;
    return {
        conditions: [readyCondition(input.now)],
        observedGeneration: kafka.metadata.generation ?? 1,
        listeners: kafka.spec.kafka.listeners.map((listener) => {
            const bootstrapServers = input.bootstrapServers.get(listener.name) ?? "";
            return {
                name: listener.name,
                addresses: bootstrapServers.split(",").map((address) => ({
                    host: LOOPBACK,
                    port: Number(address.split(":")[1]),
                })),
                bootstrapServers,
                ...(listener.tls ? { certificates: [input.caCertificate] } : {}),
            };
        }),
        kafkaNodePools: [...new Set(input.nodes.map(({ pool }) => pool))].map((name) => ({ name })),
        clusterId: input.clusterId,
        kafkaVersion: input.kafkaVersion,
        kafkaMetadataVersion:
            kafka.spec.kafka.metadataVersion ?? metadataVersion(input.kafkaVersion),
        operatorLastSuccessfulVersion: STRIMZI_VERSION,
    };
}

/** The status of each pool of a cluster, by the pool's name. */
export function nodePoolStatuses(
    clusterName: string,
    clusterId: string,
    nodes: readonly KafkaNode[],
): Map<string, KafkaNodePoolStatus> {
    const statuses = new Map<string, KafkaNodePoolStatus>();
    for (const pool of new Set(nodes.map((node) => node.pool))) {
        const own = nodes.filter((node) => node.pool === pool);
        statuses.set(pool, {
            nodeIds: own.map(({ id }) => id).sort((a, b) => a - b),
            clusterId,
            roles: [...(own[0]?.roles ?? [])],
            replicas: own.length,
            labelSelector:
                `strimzi.io/cluster=${clusterName},strimzi.io/name=${clusterName}-kafka,` +
                `strimzi.io/kind=Kafka,strimzi.io/pool-name=${pool}`,
            observedGeneration: 1,
        });
    }
    return statuses;
}
