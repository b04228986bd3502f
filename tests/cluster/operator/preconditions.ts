import type { ApiClient } from "../../../cli/shared/kubernetes/apiClient";
import type {
    Refusal,
    StoredByKind,
    StoredMirrorMaker,
    StoredNodePool,
    StoredUser,
    StrimziKind,
} from "./objects";
import { missingPassword, secretOf } from "./userSecrets";

type AnyStored = StoredByKind[StrimziKind];

/**
 * The missing precondition of a Ready object: a Kafka needs its node pools, a topic and a user their
 * cluster, a user the Secret with its password, MirrorMaker 2 the Secrets with the CAs to trust and
 * with its credentials. Undefined when nothing is missing.
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
            return missingCluster(object, stored.Kafka);
        case "KafkaUser":
            return (
                missingCluster(object, stored.Kafka) ??
                (await missingPassword(object as StoredUser, client))
            );
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

function missingCluster(
    object: AnyStored,
    clusters: readonly StoredByKind["Kafka"][],
): Refusal | undefined {
    const exists = clusters.some(
        ({ metadata: { name, namespace } }) =>
            namespace === object.metadata.namespace && name === clusterOf(object),
    );
    return exists
        ? undefined
        : { reason: "NoCluster", message: `the Kafka ${clusterOf(object)} does not exist` };
}

async function missingSecret(
    { metadata: { namespace }, spec }: StoredMirrorMaker,
    client: ApiClient,
): Promise<Refusal | undefined> {
    const connections = [spec.target, ...spec.mirrors.map(({ source }) => source)];
    const needed = connections.flatMap(({ tls, authentication }) => [
        ...(tls?.trustedCertificates ?? []),
        ...(authentication?.passwordSecret === undefined ? [] : [authentication.passwordSecret]),
        ...(authentication?.certificateAndKey === undefined
            ? []
            : [authentication.certificateAndKey]),
    ]);
    for (const { secretName } of needed) {
        if ((await secretOf(client, namespace, secretName)) === undefined) {
            return {
                reason: "InvalidConfigurationException",
                message: `Secret ${secretName} not found in namespace ${namespace}`,
            };
        }
    }
    return undefined;
}
