import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { SecretObject } from "../objects";

const DAY_MS = 24 * 60 * 60 * 1000;
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A private key and the chain of its certificate, both PEM. */
export interface KeyAndCertificate {
    readonly key: string;
    readonly certificate: string;
}

/** The certificate authority of one Kafka cluster. */
export interface ClusterCa {
    /** The CA's certificate, PEM. */
    readonly certificate: string;
    /** Issues the certificate of a broker. */
    readonly issue: (
        commonName: string,
        dnsNames?: readonly string[],
    ) => Promise<KeyAndCertificate>;
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

async function pemKey(key: webcrypto.CryptoKey): Promise<string> {
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", key);
    return `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`;
}

/** Makes the CA of a cluster, valid from yesterday for a year. */
export async function createClusterCa(clusterName: string): Promise<ClusterCa> {
    const keys = await generateKeys();
    const notBefore = new Date(Date.now() - DAY_MS);
    const notAfter = new Date(Date.now() + 365 * DAY_MS);
    const subject = `O=io.strimzi, CN=${clusterName} cluster-ca v0`;
    const ca = await x509.X509CertificateGenerator.createSelfSigned({
        name: subject,
        notBefore,
        notAfter,
        keys,
        signingAlgorithm: KEY_ALGORITHM,
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(
                x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
                true,
            ),
        ],
    });
    const issue = async (
        commonName: string,
        dnsNames: readonly string[] = [],
    ): Promise<KeyAndCertificate> => {
        const own = await generateKeys();
        const certificate = await x509.X509CertificateGenerator.create({
            subject: `O=io.strimzi, CN=${commonName}`,
            issuer: ca.subject,
            notBefore,
            notAfter,
            publicKey: own.publicKey,
            signingKey: keys.privateKey,
            signingAlgorithm: KEY_ALGORITHM,
            extensions: [
                new x509.BasicConstraintsExtension(false, undefined, true),
                new x509.ExtendedKeyUsageExtension([
                    x509.ExtendedKeyUsage.serverAuth,
                    x509.ExtendedKeyUsage.clientAuth,
                ]),
                new x509.SubjectAlternativeNameExtension([
                    { type: "dns", value: "localhost" },
                    { type: "ip", value: "127.0.0.1" },
                    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
                ]),
            ],
        });
        return {
            key: await pemKey(own.privateKey),
            certificate: `${certificate.toString("pem")}\n`,
        };
    };
    return { certificate: `${ca.toString("pem")}\n`, issue };
}

/** The Secret `<cluster>-cluster-ca-cert` in which Strimzi publishes the CA's certificate. */
export function clusterCaCertSecret(
    namespace: string,
    clusterName: string,
    caCertificate: string,
    generation = 0,
): SecretObject {
    return {
        metadata: {
            name: `${clusterName}-cluster-ca-cert`,
            namespace,
            labels: { "strimzi.io/kind": "Kafka", "strimzi.io/cluster": clusterName },
            annotations: { "strimzi.io/ca-cert-generation": String(generation) },
        },
        type: "Opaque",
        data: { "ca.crt": Buffer.from(caCertificate).toString("base64") },
    };
}
