import type { KafkaMirrorMaker2Object, MirrorClusterSpec, SecretLookup } from "../objects";
import { resolveTrustedCertificates } from "../pki/trustedCertificates";

/** The key under which the workers find the certificates that they trust themselves. */
const WORKER_KEY = "ca.crt";

function hasCertificates(cluster: MirrorClusterSpec): boolean {
    return (cluster.tls?.trustedCertificates ?? []).length > 0;
}

/**
 * A reference to a PEM trust store in a configuration: the operator's, except that the provider
 * reads a folder of this machine where the operator's reads the API server.
 */
function reference(mm2: KafkaMirrorMaker2Object, secretsFolder: string, key: string): string {
    return `\${strimzisecrets:${trustStoreFolder(mm2, secretsFolder)}:${key}}`;
}

/** The folder that stands for the Secret `<name>-connect-tls-trusted-certs`. */
export function trustStoreFolder(mm2: KafkaMirrorMaker2Object, secretsFolder: string): string {
    const { name, namespace } = mm2.metadata;
    return `${secretsFolder}/${namespace}/${name}-connect-tls-trusted-certs`;
}

/**
 * The files of that folder: the certificates of each cluster's `tls.trustedCertificates`.
 * @throws when a Secret or a key is missing
 */
export function trustStores(
    mm2: KafkaMirrorMaker2Object,
    secrets: SecretLookup,
): Record<string, string> {
    const { target, mirrors } = mm2.spec;
    const { namespace } = mm2.metadata;
    const files: Record<string, string> = {};
    for (const cluster of [target, ...mirrors.map(({ source }) => source)]) {
        if (hasCertificates(cluster)) {
            const trusted = cluster.tls?.trustedCertificates ?? [];
            const pem = resolveTrustedCertificates(trusted, namespace, secrets);
            files[`${cluster.alias}-ca.crt`] = pem;
            if (cluster === target) {
                files[WORKER_KEY] = pem;
            }
        }
    }
    return files;
}

/**
 * The security settings of a client of a cluster, without prefix. `forWorker` names the trust store
 * of the worker, otherwise it is that of the cluster's alias.
 */
export function securityProperties(
    mm2: KafkaMirrorMaker2Object,
    cluster: MirrorClusterSpec,
    secretsFolder: string,
    forWorker = false,
): Record<string, string> {
    const key = forWorker ? WORKER_KEY : `${cluster.alias}-ca.crt`;
    return {
        ...(hasCertificates(cluster)
            ? {
                  "ssl.truststore.certificates": reference(mm2, secretsFolder, key),
                  "ssl.truststore.type": "PEM",
              }
            : {}),
        "security.protocol": cluster.tls === undefined ? "PLAINTEXT" : "SSL",
    };
}
