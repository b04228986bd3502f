import type { SASLMechanismValue, SASLOptions } from "@platformatic/kafka";

/** A private key and the chain of its certificate, both PEM. */
export interface KeyAndCertificate {
    readonly key: string;
    readonly certificate: string;
}

/** A name and a password, for a listener with SASL. */
export interface PasswordCredentials {
    readonly username: string;
    readonly password: string;
    /** SCRAM-SHA-512 by default. */
    readonly mechanism?: Extract<SASLMechanismValue, "SCRAM-SHA-512" | "SCRAM-SHA-256" | "PLAIN">;
}

/** Who a client is: a user with a password, or the subject of a certificate. */
export type ClientCredentials = PasswordCredentials | KeyAndCertificate;

/** How a client reaches a Kafka cluster. */
export interface KafkaConnection {
    /** `host:port`, comma-separated. */
    readonly bootstrapServers: string;
    /** PEM certificates that the client trusts; plaintext without. */
    readonly caCertificates?: string;
    /** Nobody in particular without. */
    readonly credentials?: ClientCredentials;
}

/** The options of a `@platformatic/kafka` client for a connection. */
export function clientOptions(
    connection: KafkaConnection,
    clientId: string,
): {
    clientId: string;
    bootstrapBrokers: string[];
    tls?: { ca: string; cert?: string; key?: string };
    sasl?: SASLOptions;
} {
    const { bootstrapServers, caCertificates, credentials } = connection;
    const certificate = credentials && "certificate" in credentials ? credentials : undefined;
    const user = credentials && "username" in credentials ? credentials : undefined;
    return {
        clientId,
        bootstrapBrokers: bootstrapServers.split(","),
        ...(caCertificates && {
            tls: {
                ca: caCertificates,
                ...(certificate && { cert: certificate.certificate, key: certificate.key }),
            },
        }),
        ...(user && {
            sasl: {
                mechanism: user.mechanism ?? "SCRAM-SHA-512",
                username: user.username,
                password: user.password,
            },
        }),
    };
}
