import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { KeyAndCertificate } from "../../../kafka/connection";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 60 * 60 * 1000;

interface Generation {
    readonly keys: webcrypto.CryptoKeyPair;
    readonly certificate: x509.X509Certificate;
}

/**
 * A CA of one Kafka cluster and its life cycle in Strimzi: a renewal keeps the key and the
 * subject, a replacement makes a new key under a new subject and keeps the old certificate under
 * its date until every node trusts the new one.
 */
export class CertificateAuthority {
    /** Annotation `strimzi.io/ca-cert-generation`. */
    certificateGeneration = 0;
    /** Annotation `strimzi.io/ca-key-generation`. */
    keyGeneration = 0;
    private old: Generation | undefined;

    private constructor(
        private readonly commonName: string,
        private readonly validDays: number,
        private current: Generation,
    ) {}

    /**
     * @param commonName Such as `cluster-ca`.
     * @param validDays Days until the first certificate ends; Strimzi's default if absent.
     */
    static async create(commonName: string, validDays = 365): Promise<CertificateAuthority> {
        return new CertificateAuthority(
            commonName,
            validDays,
            await selfSigned(`${commonName} v0`, validDays, await newKeys()),
        );
    }

    /** The `*.crt` keys of the Secret, PEM. */
    get certificates(): Readonly<Record<string, string>> {
        return {
            "ca.crt": pem(this.current),
            ...(this.old !== undefined && { [datedKey(this.old)]: pem(this.old) }),
        };
    }

    /** The current private key, PEM. */
    async privateKey(): Promise<string> {
        return pemKey(this.current.keys);
    }

    /** `renew-certificate`: the old certificate is gone, and what the key signed stays valid. */
    async renew(): Promise<void> {
        this.certificateGeneration += 1;
        this.current = await this.next(this.current.keys);
    }

    /** `replace-key`, its first step: both certificates are published. */
    async replaceKey(): Promise<void> {
        this.certificateGeneration += 1;
        this.keyGeneration += 1;
        this.old = this.current;
        this.current = await this.next(await newKeys());
    }

    /** The last step of `replace-key`: only the new certificate remains. */
    removeOld(): void {
        this.old = undefined;
    }

    /**
     * Issues the certificate of a broker for `localhost`, with the new key or, until the nodes
     * are rolled, with the old one.
     */
    async issue(commonName: string, key: "new" | "old" = "new"): Promise<KeyAndCertificate> {
        const issuer = key === "new" ? this.current : this.old;
        if (issuer === undefined) {
            throw new Error("no old key exists: the key is not being replaced");
        }
        return issuedBy(issuer, commonName, [
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]),
        ]);
    }

    /** Issues the certificate of a client. */
    issueForClient(commonName: string): Promise<KeyAndCertificate> {
        return issuedBy(this.current, commonName, [
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        ]);
    }

    /** Valid one day longer than the previous one, so that they differ. */
    private next(keys: webcrypto.CryptoKeyPair): Promise<Generation> {
        return selfSigned(
            `${this.commonName} v${this.keyGeneration}`,
            this.validDays + this.certificateGeneration,
            keys,
        );
    }
}

async function issuedBy(
    issuer: Generation,
    commonName: string,
    extensions: x509.Extension[],
): Promise<KeyAndCertificate> {
    const own = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
        subject: `O=io.strimzi, CN=${commonName}`,
        issuer: issuer.certificate.subject,
        notBefore: issuer.certificate.notBefore,
        notAfter: issuer.certificate.notAfter,
        publicKey: own.publicKey,
        signingKey: issuer.keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions,
    });
    return { key: await pemKey(own), certificate: `${certificate.toString("pem")}\n` };
}

async function selfSigned(
    commonName: string,
    validDays: number,
    keys: webcrypto.CryptoKeyPair,
): Promise<Generation> {
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: `O=io.strimzi, CN=${commonName}`,
        notBefore: new Date(Date.now() - DAY_MS),
        notAfter: new Date(Date.now() + validDays * DAY_MS),
        keys,
        signingAlgorithm: ALGORITHM,
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(
                x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
                true,
            ),
        ],
    });
    return { keys, certificate };
}

/** `ca-2026-01-31T12-00-00Z.crt`: the day on which the certificate ends. */
function datedKey({ certificate }: Generation): string {
    const date = certificate.notAfter.toISOString().replace(/\.\d+Z$/, "Z");
    return `ca-${date.replaceAll(":", "-")}.crt`;
}

function pem({ certificate }: Generation): string {
    return `${certificate.toString("pem")}\n`;
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function pemKey(keys: webcrypto.CryptoKeyPair): Promise<string> {
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`;
}
