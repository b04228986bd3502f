import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, separately, because Strimzi uses only the first of each key of a
 * Secret; undefined if there is none, one is invalid, or there is other text between them.
 */
export function certificatesOfPem(pem: string): string[] | undefined {
    const certificates = pem.match(CERTIFICATE) ?? [];
    const rest = pem.replace(CERTIFICATE, "").trim();
    return certificates.length > 0 && rest === "" && certificates.every(isCertificate)
        ? certificates.map((certificate) => `${certificate}\n`)
        : undefined;
}

function isCertificate(pem: string): boolean {
    try {
        new X509Certificate(pem);
        return true;
    } catch {
        return false;
    }
}
