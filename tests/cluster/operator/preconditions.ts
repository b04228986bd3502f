import { type ApiClient, ApiError } from "../../../engine/kubernetes";
import type { StoredByKind, StoredMirrorMaker, StoredNodePool, StrimziKind } from "./objects";

/** Why the operator refuses to act on an object. */
export interface Refusal {
    readonly reason: string;
    readonly message: string;
}

type AnyStored = StoredByKind[StrimziKind];

/**
 * What must be there before the operator makes an object ready: a Kafka needs its node pools, a topic
 * its cluster, MirrorMaker 2 the Secrets with the certificates that it shall trust.
 */
export async function missingFor(
    kind: StrimziKind,
    object: AnyStored,
    client: ApiClient,
    stored: { readonly [Kind in StrimziKind]: readonly StoredByKind[Kind][] },
): Promise<Refusal | undefined> {
    const { name, namespace } = object.metadata;
    switch (kind) {
        case "Kafka":
            return stored.KafkaNodePool.some((pool) => belongsTo(pool, namespace, name))
                ? undefined
                : {
                      reason: "InvalidConfigurationException",
                      message: `No KafkaNodePools found for Kafka cluster ${name}`,
                  };
        case "KafkaTopic":
            return stored.Kafka.some(
                (kafka) =>
                    kafka.metadata.namespace === namespace &&
                    kafka.metadata.name === clusterOf(object),
            )
                ? undefined
                : { reason: "NoCluster", message: `there is no Kafka ${clusterOf(object)}` };
        case "KafkaMirrorMaker2":
            return missingSecret(object as StoredMirrorMaker, client);
        default:
            return undefined;
    }
}

function belongsTo(pool: StoredNodePool, namespace: string, cluster: string): boolean {
    return pool.metadata.namespace === namespace && clusterOf(pool) === cluster;
}

function clusterOf(object: AnyStored): string {
    return object.metadata.labels?.["strimzi.io/cluster"] ?? "";
}

async function missingSecret(
    { metadata: { namespace }, spec }: StoredMirrorMaker,
    client: ApiClient,
): Promise<Refusal | undefined> {
    const trusted = [spec.target.tls, ...spec.mirrors.map(({ source }) => source.tls)].flatMap(
        (tls) => tls?.trustedCertificates ?? [],
    );
    for (const { secretName } of trusted) {
        try {
            await client.request({
                method: "GET",
                path: `/api/v1/namespaces/${namespace}/secrets/${secretName}`,
            });
        } catch (error) {
            if (!(error instanceof ApiError && error.status === 404)) {
                throw error;
            }
            return {
                reason: "InvalidConfigurationException",
                message: `Secret ${secretName} not found in namespace ${namespace}`,
            };
        }
    }
    return undefined;
}
