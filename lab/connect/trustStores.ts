import type { KafkaMirrorMaker2Object, MirrorClusterSpec, SecretLookup } from "../objects";
import { resolveTrustedCertificates } from "../pki/trustedCertificates";

/** The key under which the workers find the certificates that they trust themselves. */
export const WORKER_KEY = "ca.crt";

/** The key with the certificates that clients of a cluster trust. */
export function trustStoreKey({ alias }: MirrorClusterSpec): string {
    return `${alias}-ca.crt`;
}

export function hasCertificates(cluster: MirrorClusterSpec): boolean {
    return (cluster.tls?.trustedCertificates ?? []).length > 0;
}

/** The Secret in which the operator puts what the workers trust. */
export function trustStoreName({ metadata }: KafkaMirrorMaker2Object): string {
    return `${metadata.name}-connect-tls-trusted-certs`;
}

/**
 * The values of that Secret: the certificates of each cluster's `tls.trustedCertificates`.
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
            files[trustStoreKey(cluster)] = pem;
            if (cluster === target) {
                files[WORKER_KEY] = pem;
            }
        }
    }
    return files;
}
