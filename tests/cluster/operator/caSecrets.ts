import type { KubernetesObject } from "../../support/kubernetes";
import type { CertificateAuthority } from "./certificateAuthority";
import type { StoredKafka } from "./objects";

/** The CAs of a Kafka cluster. */
export type CaKind = "cluster-ca" | "clients-ca";

/**
 * The two Secrets of a CA in Strimzi: `<cluster>-<kind>-cert` for clients, and `<cluster>-<kind>` with
 * the private key. The keystore in the first is a placeholder.
 */
export async function caSecrets(
    kafka: StoredKafka,
    kind: CaKind,
    ca: CertificateAuthority,
): Promise<KubernetesObject[]> {
    const { name: cluster } = kafka.metadata;
    return [
        secret(kafka, kind, `${cluster}-${kind}-cert`, {
            annotation: ["strimzi.io/ca-cert-generation", ca.certificateGeneration],
            data: { ...ca.certificates, "ca.p12": "keystore", "ca.password": "password" },
        }),
        secret(kafka, kind, `${cluster}-${kind}`, {
            annotation: ["strimzi.io/ca-key-generation", ca.keyGeneration],
            data: { "ca.key": await ca.privateKey() },
        }),
    ];
}

function secret(
    kafka: StoredKafka,
    kind: CaKind,
    name: string,
    content: {
        readonly annotation: readonly [string, number];
        readonly data: Readonly<Record<string, string>>;
    },
): KubernetesObject {
    const { name: cluster, namespace, uid } = kafka.metadata;
    const settings = kind === "cluster-ca" ? kafka.spec.clusterCa : kafka.spec.clientsCa;
    const [annotation, generation] = content.annotation;
    return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
            name,
            namespace,
            labels: {
                "app.kubernetes.io/instance": cluster,
                "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
                "app.kubernetes.io/name": "certificate-authority",
                "app.kubernetes.io/part-of": `strimzi-${cluster}`,
                "strimzi.io/cluster": cluster,
                "strimzi.io/component-type": "certificate-authority",
                "strimzi.io/kind": "Kafka",
                "strimzi.io/name": "strimzi",
            },
            annotations: { [annotation]: String(generation) },
            ...(settings?.generateSecretOwnerReference !== false && {
                ownerReferences: [
                    {
                        apiVersion: "kafka.strimzi.io/v1",
                        kind: "Kafka",
                        name: cluster,
                        uid,
                        blockOwnerDeletion: false,
                        controller: false,
                    },
                ],
            }),
        },
        type: "Opaque",
        data: Object.fromEntries(
            Object.entries(content.data).map(([key, value]) => [
                key,
                Buffer.from(value).toString("base64"),
            ]),
        ),
    };
}
