import type { KafkaListener, KafkaObject } from "../objects";
import { configEntries, prefixMatcher } from "../properties";
import type { KeyAndCertificate } from "../pki/clusterCa";
import type { KafkaNode } from "./nodes";

/** The host of every listener in the lab. */
export const LOOPBACK = "127.0.0.1";

const CONTROLLER_LISTENER = "CONTROLPLANE-9090";
const REPLICATION_LISTENER = "REPLICATION-9091";

/** Where the listeners of one node are on this machine. */
export interface NodePorts {
    readonly controller?: number;
    readonly replication?: number;
    /** By the name of the listener in the Kafka object. */
    readonly listeners: ReadonlyMap<string, number>;
}

export interface NodePropertiesInput {
    readonly kafka: KafkaObject;
    readonly node: KafkaNode;
    readonly nodes: readonly KafkaNode[];
    /** By node id. */
    readonly ports: ReadonlyMap<number, NodePorts>;
    /** Folder of the node's log segments and metadata. */
    readonly dataFolder: string;
    /** The node's certificate, for listeners with TLS. */
    readonly identity: KeyAndCertificate;
}

/** The name by which Strimzi calls a listener in Kafka's configuration. */
export function listenerName(listener: KafkaListener): string {
    return `${listener.name}-${listener.port}`.toUpperCase();
}

// What the Strimzi API says it does not accept in spec.kafka.config, and drops with a warning.
const isForbidden = prefixMatcher(
    (
        "listeners, advertised., broker., listener., host.name, port, inter.broker.listener.name, " +
        "sasl., ssl., security., password., log.dir, zookeeper.connect, zookeeper.set.acl, " +
        "zookeeper.ssl, zookeeper.clientCnxnSocket, authorizer., super.user, " +
        "cruise.control.metrics.topic, cruise.control.metrics.reporter.bootstrap.servers, " +
        "node.id, process.roles, controller., metadata.log.dir, " +
        "zookeeper.metadata.migration.enable, client.quota.callback.static.kafka.admin., " +
        "client.quota.callback.static.produce, client.quota.callback.static.fetch, " +
        "client.quota.callback.static.storage.per.volume.limit.min.available., " +
        "client.quota.callback.static.excluded.principal.name.list, " +
        "prometheus.metrics.reporter., cordoned.log.dirs"
    ).split(", "),
    (
        "zookeeper.connection.timeout.ms, sasl.server.max.receive.size, ssl.cipher.suites, " +
        "ssl.protocol, ssl.enabled.protocols, ssl.secure.random.implementation, " +
        "broker.session.timeout.ms, broker.heartbeat.interval.ms, controller.socket.timeout.ms, " +
        "controller.quorum.election.backoff.max.ms, controller.quorum.election.timeout.ms, " +
        "controller.quorum.fetch.timeout.ms"
    ).split(", "),
);

function port(input: NodePropertiesInput, nodeId: number): NodePorts {
    const ports = input.ports.get(nodeId);
    if (ports === undefined) {
        throw new Error(`no ports for node ${nodeId}`);
    }
    return ports;
}

/**
 * The server.properties of one node as Strimzi's operator makes them, except for what a single
 * machine changes: every address is a port of the loopback interface, and the traffic among the
 * nodes themselves is plaintext. `spec.kafka.config` is applied as it is.
 */
export function nodeProperties(input: NodePropertiesInput): Record<string, string> {
    const { kafka, node, nodes } = input;
    const own = port(input, node.id);
    const isController = node.roles.includes("controller");
    const isBroker = node.roles.includes("broker");
    const addresses: string[] = [];
    const protocols = [`${CONTROLLER_LISTENER}:PLAINTEXT`];
    const properties: Record<string, string> = {
        "node.id": String(node.id),
        "process.roles": [...node.roles].sort().join(","),
        "controller.listener.names": CONTROLLER_LISTENER,
        "controller.quorum.voters": nodes
            .filter(({ roles }) => roles.includes("controller"))
            .map(({ id }) => `${id}@${LOOPBACK}:${String(port(input, id).controller)}`)
            .join(","),
        "log.dirs": input.dataFolder,
    };
    if (isController) {
        addresses.push(`${CONTROLLER_LISTENER}://${LOOPBACK}:${String(own.controller)}`);
    }
    if (isBroker) {
        addresses.push(`${REPLICATION_LISTENER}://${LOOPBACK}:${String(own.replication)}`);
        protocols.push(`${REPLICATION_LISTENER}:PLAINTEXT`);
        properties["inter.broker.listener.name"] = REPLICATION_LISTENER;
        for (const listener of kafka.spec.kafka.listeners) {
            const name = listenerName(listener);
            addresses.push(`${name}://${LOOPBACK}:${String(own.listeners.get(listener.name))}`);
            protocols.push(`${name}:${listener.tls ? "SSL" : "PLAINTEXT"}`);
            if (listener.tls) {
                const prefix = `listener.name.${name.toLowerCase()}.`;
                properties[`${prefix}ssl.keystore.type`] = "PEM";
                properties[`${prefix}ssl.keystore.certificate.chain`] = input.identity.certificate;
                properties[`${prefix}ssl.keystore.key`] = input.identity.key;
            }
        }
    }
    return {
        ...properties,
        "listener.security.protocol.map": protocols.join(","),
        listeners: addresses.join(","),
        "advertised.listeners": addresses.join(","),
        "sasl.enabled.mechanisms": "",
        ...configEntries(kafka.spec.kafka.config, isForbidden),
    };
}

/**
 * What in a Kafka object the lab cannot run, each with its path; empty when it can run it all.
 */
export function unsupportedKafka(kafka: KafkaObject): string[] {
    const { listeners, authorization } = kafka.spec.kafka;
    return [
        ...listeners.flatMap((listener) =>
            listener.authentication === undefined
                ? []
                : [`listener ${listener.name}: authentication ${listener.authentication.type}`],
        ),
        ...(authorization === undefined ? [] : [`authorization ${authorization.type}`]),
    ];
}
