import { createHash } from "node:crypto";

/** Annotation of MM2's pods with the hash of the copied client certificate. */
export const USER_CERTIFICATE_HASH_ANNOTATION = "kafka-dr/source-user-certificate-hash";

/** Keys of a client certificate in the Secret that the User Operator makes of a KafkaUser. */
export const USER_CERTIFICATE_KEYS = { certificate: "user.crt", key: "user.key" };

/** The copy of a client certificate in MM2's namespace. */
export interface UserCertificate {
    /** `data` of the copy, base64. The key in it is secret. */
    readonly data: Readonly<Record<string, string>>;
    /** Hash of the certificate; not secret, since a certificate is public. */
    readonly hash: string;
}

/**
 * The client certificate and key of a KafkaUser's Secret, and nothing else of it.
 *
 * @param secretName Where the data came from, for the error.
 * @throws {Error} when one is missing; with such a copy MM2 could not connect.
 */
export function userCertificate(
    data: Readonly<Record<string, string>> | undefined,
    secretName: string,
): UserCertificate {
    const { certificate, key } = USER_CERTIFICATE_KEYS;
    const found = { certificate: data?.[certificate] ?? "", key: data?.[key] ?? "" };
    if (found.certificate === "" || found.key === "") {
        const missing = found.certificate === "" ? certificate : key;
        throw new Error(
            `The Secret ${secretName} has no "${missing}": the copy of MM2's client certificate was not changed. ` +
                "Check that the KafkaUser of that name is Ready and has the authentication tls.",
        );
    }
    return {
        data: { [certificate]: found.certificate, [key]: found.key },
        hash: createHash("sha256").update(found.certificate).digest("hex").slice(0, 16),
    };
}
