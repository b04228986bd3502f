import type { SecretLookup, TrustedCertificate } from "../objects";

/** Whether a key matches a glob, in which `*` stands for any text and `?` for one character. */
function matchesPattern(key: string, pattern: string): boolean {
    const expression = pattern
        .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return new RegExp(`^${expression}$`).test(key);
}

/**
 * The certificates that a `trustedCertificates` list names, as one PEM text: of each Secret the key
 * `certificate`, or all keys that match the glob `pattern`.
 * @throws when a Secret or key is missing, or a pattern matches nothing
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
                throw new Error(`there is no Secret ${namespace}/${secretName}`);
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
