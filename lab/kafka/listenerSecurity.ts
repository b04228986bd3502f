import type { KafkaListener, KafkaObject } from "../objects";

/** References, for a node's configuration, to its certificate and to the CAs that it trusts. */
export interface NodeSecrets {
    /** The certificate of the node, issued by the cluster CA. */
    readonly certificate: string;
    readonly key: string;
    readonly clusterCa: string;
    readonly clientsCa: string;
}

/** The security protocol of a listener, and its properties with their prefix. */
export interface ListenerSecurity {
    readonly protocol: "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";
    readonly properties: Readonly<Record<string, string>>;
}

const AUTHORIZER = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
const SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required ;";
/** Strimzi's components that are super users of their cluster. */
const OWN_COMPONENTS = [
    "kafka",
    "entity-topic-operator",
    "entity-user-operator",
    "kafka-exporter",
    "cruise-control",
];

function withPrefix(
    listenerName: string,
    properties: Readonly<Record<string, string>>,
): Record<string, string> {
    const prefix = `listener.name.${listenerName.toLowerCase()}.`;
    return Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [`${prefix}${key}`, value]),
    );
}

function keyStore({ certificate, key }: NodeSecrets): Record<string, string> {
    return {
        "ssl.keystore.certificate.chain": certificate,
        "ssl.keystore.key": key,
        "ssl.keystore.type": "PEM",
    };
}

/** Requires a client certificate of the given CA. */
function clientCertificates(ca: string): Record<string, string> {
    return {
        "ssl.truststore.certificates": ca,
        "ssl.truststore.type": "PEM",
        "ssl.client.auth": "required",
    };
}

/** The replication and controller listeners, which always use mutual TLS. */
export function internalListenerSecurity(
    listenerName: string,
    secrets: NodeSecrets,
): ListenerSecurity {
    const properties = { ...keyStore(secrets), ...clientCertificates(secrets.clusterCa) };
    return { protocol: "SSL", properties: withPrefix(listenerName, properties) };
}

/** The security of a listener of the Kafka object; `listenerName` is its name in Kafka's configuration. */
export function listenerSecurity(
    listenerName: string,
    { tls, authentication }: KafkaListener,
    secrets: NodeSecrets,
): ListenerSecurity {
    const transport = tls ? "SSL" : "PLAINTEXT";
    const scram = authentication?.type === "scram-sha-512";
    return {
        protocol: scram ? `SASL_${transport}` : transport,
        properties: withPrefix(listenerName, {
            ...(scram && {
                "scram-sha-512.sasl.jaas.config": SCRAM_LOGIN,
                "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            }),
            ...(authentication?.type === "tls" && clientCertificates(secrets.clientsCa)),
            ...(tls && keyStore(secrets)),
        }),
    };
}

/** The authorizer of a node and its super users; none without `spec.kafka.authorization`. */
export function authorizationProperties(kafka: KafkaObject): Record<string, string> {
    const { authorization } = kafka.spec.kafka;
    if (authorization === undefined) {
        return {};
    }
    const superUsers = [
        ...OWN_COMPONENTS.map((component) => `CN=${kafka.metadata.name}-${component},O=io.strimzi`),
        "CN=cluster-operator,O=io.strimzi",
        ...(authorization.superUsers ?? []),
    ];
    return {
        "authorizer.class.name": AUTHORIZER,
        "super.users": superUsers.map((name) => `User:${name}`).join(";"),
    };
}

/**
 * The security settings of a Kafka object that the lab does not support, each with its place; empty
 * when it supports all of them.
 */
export function unsupportedSecurity(kafka: KafkaObject): string[] {
    const { listeners, authorization } = kafka.spec.kafka;
    const available = ["tls", "scram-sha-512", undefined];
    return [
        ...listeners.flatMap(({ name, tls, authentication }) => {
            const type = authentication?.type;
            const where = `listener ${name}: authentication ${type ?? "none"}`;
            if (!available.includes(type)) {
                return [`${where} (use tls or scram-sha-512)`];
            }
            return type === "tls" && !tls ? [`${where} without tls: true`] : [];
        }),
        ...(authorization === undefined || authorization.type === "simple"
            ? []
            : [`authorization ${authorization.type} (use simple)`]),
    ];
}
