import type { LabContext } from "../context";
import type { KafkaObject } from "../objects";
import type { ClientsCa, ClusterCa } from "../pki/clusterCa";
import { secretsFolder, writeSecretFiles } from "../secretFiles";
import { trustBundleName } from "./nodeProperties";
import type { KafkaNode } from "./nodes";

/** Writes what the configurations of the nodes refer to. */
export async function writeNodeSecrets(
    lab: LabContext,
    kafka: KafkaObject,
    nodes: readonly KafkaNode[],
    { ca, clientsCa }: { readonly ca: ClusterCa; readonly clientsCa: ClientsCa },
): Promise<void> {
    const { name, namespace } = kafka.metadata;
    const folder = secretsFolder(lab);
    await writeSecretFiles(folder, namespace, trustBundleName(name), {
        "cluster-ca.crt": ca.certificate,
        "clients-ca.crt": clientsCa.certificate,
    });
    await Promise.all(
        nodes.map(async (node) => {
            const { certificate, key } = await ca.issue(`${name}-kafka`, [bootstrapService(kafka)]);
            await writeSecretFiles(folder, namespace, node.name, {
                [`${node.name}.crt`]: certificate,
                [`${node.name}.key`]: key,
            });
        }),
    );
}

/** The name of the service that leads to the brokers. */
export function bootstrapService({ metadata: { name, namespace } }: KafkaObject): string {
    return `${name}-kafka-bootstrap.${namespace}.svc`;
}
