import type {
    KafkaMirrorMaker2Object,
    MirrorClusterSpec,
    SecretLookup,
    TrustedCertificate,
} from "../objects";

/** The key with the certificates that the workers themselves trust. */
export const WORKER_KEY = "ca.crt";

/** The key with the certificates that clients of a cluster trust. */
export function trustStoreKey({ alias }: MirrorClusterSpec): string {
    return `${alias}-ca.crt`;
}

export function hasCertificates(cluster: MirrorClusterSpec): boolean {
    return (cluster.tls?.trustedCertificates ?? []).length > 0;
}

/** The Secret in which the operator stores the trusted certificates. */
export function trustStoreName({ metadata }: KafkaMirrorMaker2Object): string {
    return `${metadata.name}-connect-tls-trusted-certs`;
}

/**
 * The values of {@link trustStoreName}: the certificates of each cluster's `tls.trustedCertificates`.
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

/** Whether a key matches a glob: `*` stands for any text, `?` for one character. */
function matchesPattern(key: string, pattern: string): boolean {
    const expression = pattern
        .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return new RegExp(`^${expression}$`).test(key);
}

/**
 * Joins the certificates of a `trustedCertificates` list into one PEM text: from each Secret the key
 * `certificate`, or all keys that match the glob `pattern`.
 * @throws when a Secret or a key is missing, or a pattern matches no key
 */
export function resolveTrustedCertificates(
    trusted: readonly TrustedCertificate[],
    namespace: string,
    secrets: SecretLookup,
): string {
    return trusted
        .flatMap(({ secretName, certificate, pattern }) => {
            const secret = secrets(namespace, secretName);
            if (secret === undefined) {
                throw new Error(`the Secret ${namespace}/${secretName} does not exist`);
            }
            const keys = Object.keys(secret.data)
                .filter(
                    (key) =>
                        key === certificate ||
                        (pattern !== undefined && matchesPattern(key, pattern)),
                )
                .sort();
            if (keys.length === 0) {
                const wanted = certificate ?? pattern ?? "(neither certificate nor pattern)";
                throw new Error(`Secret ${namespace}/${secretName} has no key ${wanted}`);
            }
            return keys.map((key) =>
                Buffer.from(secret.data[key] ?? "", "base64")
                    .toString("utf8")
                    .trim(),
            );
        })
        .join("\n")
        .concat("\n");
}
