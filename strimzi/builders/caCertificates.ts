import { createHash, X509Certificate } from "node:crypto";

/** Annotation of Strimzi's CA Secrets that counts the certificates since the cluster was made. */
export const CA_GENERATION_ANNOTATION = "strimzi.io/ca-cert-generation";

/** The same on the copy, under a name that Strimzi's operator does not look for. */
export const COPIED_CA_GENERATION_ANNOTATION = "kafka-dr/source-ca-cert-generation";

/** Annotation of MM2's pods with the hash of the copy's certificates. */
export const TRUSTED_CA_HASH_ANNOTATION = "kafka-dr/source-ca-cert-hash";

/** The certificates of a cluster's CA, as they are copied to where its clients run. */
export interface CaCertificates {
    /** `data` of the copy: each certificate by its key, base64. */
    readonly data: Readonly<Record<string, string>>;
    /** Hash of all certificates: another one means that what trusts them must read them again. */
    readonly hash: string;
    /** When the current certificate, `ca.crt`, ends: ISO 8601. */
    readonly expires: string;
}

/**
 * The certificates of a cluster CA's Secret: every `*.crt` key and nothing else, so no keystore,
 * no password and no private key ever leaves the source. During a key replacement there are two.
 *
 * @param data `data` of the Secret `<cluster>-cluster-ca-cert`, base64.
 * @param secretName Where the data came from, for the error.
 * @throws {Error} when `ca.crt` is missing or no certificate; such a copy would end the mirror
 * silently.
 */
export function caCertificates(
    data: Readonly<Record<string, string>> | undefined,
    secretName: string,
): CaCertificates {
    const current = data?.["ca.crt"];
    if (data === undefined || current === undefined || current === "") {
        throw new Error(
            `The Secret ${secretName} has no "ca.crt": the copy of the CA was not changed. ` +
                "Check that the name and namespace of the source are right and its Kafka is Ready.",
        );
    }
    const certificates = Object.entries(data)
        .filter(([key]) => key.endsWith(".crt"))
        .sort(([one], [other]) => (one < other ? -1 : 1));
    return {
        data: Object.fromEntries(certificates),
        hash: createHash("sha256").update(JSON.stringify(certificates)).digest("hex").slice(0, 16),
        expires: certificateEnd(current, secretName),
    };
}

function certificateEnd(base64: string, secretName: string): string {
    try {
        const { validTo } = new X509Certificate(Buffer.from(base64, "base64"));
        return new Date(validTo).toISOString();
    } catch {
        throw new Error(
            `"ca.crt" of the Secret ${secretName} is no PEM certificate: the copy of the CA was not changed.`,
        );
    }
}
