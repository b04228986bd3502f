import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { KeyAndCertificate } from "../../kafka/connection";
import type { SecretObject } from "../objects";

const DAY_MS = 24 * 60 * 60 * 1000;
/** The default validity of Strimzi's certificates. */
const VALIDITY_DAYS = 365;
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** The cluster CA of one Kafka: it issues the certificates of brokers and operators. */
export interface ClusterCa {
    /** The CA's certificate, PEM. */
    readonly certificate: string;
    /** Issues a certificate for `CN=<commonName>,O=io.strimzi`. */
    readonly issue: (
        commonName: string,
        dnsNames?: readonly string[],
    ) => Promise<KeyAndCertificate>;
}

/** The clients CA of one Kafka: it issues the certificates of users. */
export interface ClientsCa {
    /** The CA's certificate, PEM. */
    readonly certificate: string;
    /**
     * Issues a certificate for `CN=<userName>`, the subject that Strimzi gives to users.
     * @param validityDays 365 by default
     */
    readonly issue: (userName: string, validityDays?: number) => Promise<KeyAndCertificate>;
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

async function pemKey(key: webcrypto.CryptoKey): Promise<string> {
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", key);
    return `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`;
}

function daysFromNow(days: number): Date {
    return new Date(Date.now() + days * DAY_MS);
}

/** A new CA, valid from yesterday for a year, with a function that signs certificates. */
async function createCa(commonName: string) {
    const keys = await generateKeys();
    const notBefore = daysFromNow(-1);
    const ca = await x509.X509CertificateGenerator.createSelfSigned({
        name: `O=io.strimzi, CN=${commonName}`,
        notBefore,
        notAfter: daysFromNow(VALIDITY_DAYS),
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
    const sign = async (
        subject: string,
        validityDays: number,
        extensions: x509.Extension[],
    ): Promise<KeyAndCertificate> => {
        const own = await generateKeys();
        const certificate = await x509.X509CertificateGenerator.create({
            subject,
            issuer: ca.subject,
            notBefore,
            notAfter: daysFromNow(validityDays),
            publicKey: own.publicKey,
            signingKey: keys.privateKey,
            signingAlgorithm: KEY_ALGORITHM,
            extensions: [new x509.BasicConstraintsExtension(false, undefined, true), ...extensions],
        });
        return {
            key: await pemKey(own.privateKey),
            certificate: `${certificate.toString("pem")}\n`,
        };
    };
    return { certificate: `${ca.toString("pem")}\n`, sign };
}

/** Creates the cluster CA of a Kafka, valid from yesterday for a year. */
export async function createClusterCa(clusterName: string): Promise<ClusterCa> {
    const { certificate, sign } = await createCa(`${clusterName} cluster-ca v0`);
    return {
        certificate,
        issue: async (commonName, dnsNames = []) =>
            sign(`O=io.strimzi, CN=${commonName}`, VALIDITY_DAYS, [
                new x509.ExtendedKeyUsageExtension([
                    x509.ExtendedKeyUsage.serverAuth,
                    x509.ExtendedKeyUsage.clientAuth,
                ]),
                new x509.SubjectAlternativeNameExtension([
                    { type: "dns", value: "localhost" },
                    { type: "ip", value: "127.0.0.1" },
                    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
                ]),
            ]),
    };
}

/** Creates the clients CA of a Kafka, valid from yesterday for a year. */
export async function createClientsCa(clusterName: string): Promise<ClientsCa> {
    const { certificate, sign } = await createCa(`${clusterName} clients-ca v0`);
    return {
        certificate,
        issue: async (userName, validityDays = VALIDITY_DAYS) =>
            sign(`CN=${userName}`, validityDays, [
                new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
            ]),
    };
}

function caCertSecret(
    namespace: string,
    clusterName: string,
    suffix: string,
    caCertificate: string,
    generation: number,
): SecretObject {
    return {
        metadata: {
            name: `${clusterName}-${suffix}`,
            namespace,
            labels: { "strimzi.io/kind": "Kafka", "strimzi.io/cluster": clusterName },
            annotations: { "strimzi.io/ca-cert-generation": String(generation) },
        },
        type: "Opaque",
        data: { "ca.crt": Buffer.from(caCertificate).toString("base64") },
    };
}

/** The Secret `<cluster>-cluster-ca-cert` in which Strimzi publishes the CA's certificate. */
export function clusterCaCertSecret(
    namespace: string,
    clusterName: string,
    caCertificate: string,
    generation = 0,
): SecretObject {
    return caCertSecret(namespace, clusterName, "cluster-ca-cert", caCertificate, generation);
}

/** The Secret `<cluster>-clients-ca-cert` in which Strimzi publishes the clients CA's certificate. */
export function clientsCaCertSecret(
    namespace: string,
    clusterName: string,
    caCertificate: string,
): SecretObject {
    return caCertSecret(namespace, clusterName, "clients-ca-cert", caCertificate, 0);
}
