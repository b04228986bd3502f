/** How a client reaches a Kafka cluster. */
export interface KafkaConnection {
    /** `host:port`, comma-separated. */
    readonly bootstrapServers: string;
    /** PEM certificates that the client trusts; plaintext without. */
    readonly caCertificates?: string;
}

/** The options of a `@platformatic/kafka` client for a connection. */
export function clientOptions(
    connection: KafkaConnection,
    clientId: string,
): {
    clientId: string;
    bootstrapBrokers: string[];
    tls?: { ca: string };
} {
    return {
        clientId,
        bootstrapBrokers: connection.bootstrapServers.split(","),
        ...(connection.caCertificates ? { tls: { ca: connection.caCertificates } } : {}),
    };
}
