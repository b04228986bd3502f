import {
    Connection,
    instancesChannel,
    type SASLMechanismValue,
    type SASLOptions,
} from "@platformatic/kafka";
import { formatProperties } from "./properties";

/*
 * The library listens for the first error of a connection only. A broker that refuses a login and then
 * resets the connection causes a second one, which would end the process. Callers lose nothing: an
 * error rejects the requests that it concerns.
 */
instancesChannel.subscribe((created) => {
    const { instance } = created as { readonly instance: unknown };
    if (instance instanceof Connection) {
        instance.on("error", () => undefined);
    }
});

/** A private key and the chain of its certificate, both PEM. */
export interface KeyAndCertificate {
    readonly key: string;
    readonly certificate: string;
}

/** A user with a password, for a listener with SASL. */
export interface PasswordCredentials {
    readonly username: string;
    readonly password: string;
    /** SCRAM-SHA-512 by default. */
    readonly mechanism?: Extract<SASLMechanismValue, "SCRAM-SHA-512" | "SCRAM-SHA-256" | "PLAIN">;
}

/** The identity of a client: a user with a password, or the subject of a certificate. */
export type ClientCredentials = PasswordCredentials | KeyAndCertificate;

/** How a client reaches a Kafka cluster. */
export interface KafkaConnection {
    /** `host:port`, comma-separated. */
    readonly bootstrapServers: string;
    /** PEM certificates that the client trusts; without them, the connection is plaintext. */
    readonly caCertificates?: string;
    /** Without them, the client is anonymous. */
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

/** The properties of Kafka's own tools for a connection; they contain the credentials in plaintext. */
export function clientProperties({ caCertificates, credentials }: KafkaConnection): string {
    const tls = caCertificates !== undefined;
    const user = credentials && "username" in credentials ? credentials : undefined;
    const certificate = credentials && "certificate" in credentials ? credentials : undefined;
    const transport = tls ? "SSL" : "PLAINTEXT";
    return formatProperties({
        "security.protocol": user === undefined ? transport : `SASL_${transport}`,
        ...(tls && {
            "ssl.truststore.type": "PEM",
            "ssl.truststore.certificates": caCertificates,
        }),
        ...(certificate && {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.certificate.chain": certificate.certificate,
            "ssl.keystore.key": certificate.key,
        }),
        ...(user && {
            "sasl.mechanism": user.mechanism ?? "SCRAM-SHA-512",
            "sasl.jaas.config":
                "org.apache.kafka.common.security.scram.ScramLoginModule required " +
                `username="${user.username}" password="${user.password}";`,
        }),
    });
}

/**
 * Connects to the first of the bootstrap servers and discovers no other brokers: for requests that a
 * certain broker must answer. Close it after use.
 * @param timeoutMs of connecting, and of each request
 */
export async function openConnection(
    connection: KafkaConnection,
    clientId: string,
    timeoutMs: number,
): Promise<Connection> {
    const { bootstrapBrokers, ...options } = clientOptions(connection, clientId);
    const [host = "", port] = bootstrapBrokers[0]?.split(":") ?? [];
    const raw = new Connection(clientId, {
        ...options,
        connectTimeout: timeoutMs,
        requestTimeout: timeoutMs,
    });
    try {
        await raw.connect(host, Number(port));
        return raw;
    } catch (error) {
        await raw.close();
        throw error;
    }
}

/** Opens such a connection, and closes it after use. */
export async function withConnection<T>(
    connection: KafkaConnection,
    clientId: string,
    timeoutMs: number,
    use: (raw: Connection) => Promise<T>,
): Promise<T> {
    const raw = await openConnection(connection, clientId, timeoutMs);
    try {
        return await use(raw);
    } finally {
        await raw.close();
    }
}
