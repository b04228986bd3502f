import { formatProperties } from "./properties";
import type { KafkaConnection } from "./connection";

/** The properties with which Kafka's own tools connect, with the credentials in plain. */
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
