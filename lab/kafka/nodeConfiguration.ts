import { configEntries, prefixMatcher } from "../../kafka/properties";
import type { LabContext } from "../context";
import type { KafkaListener, KafkaObject } from "../objects";
import { LOOPBACK } from "../process/ports";
import {
    secretProviderProperties,
    secretReference,
    secretsFolder,
    writeSecretFiles,
} from "../secretFiles";
import type { ClientsCa, ClusterCa } from "./certificateAuthorities";
import {
    authorizationProperties,
    internalListenerSecurity,
    listenerSecurity,
    type ListenerSecurity,
    type NodeSecrets,
} from "./listenerSecurity";
import type { KafkaNode, NodePorts } from "./nodes";

const CONTROLLER_LISTENER = "CONTROLPLANE-9090";
const REPLICATION_LISTENER = "REPLICATION-9091";

export interface NodePropertiesInput {
    readonly kafka: KafkaObject;
    readonly node: KafkaNode;
    readonly nodes: readonly KafkaNode[];
    /** By node id. */
    readonly ports: ReadonlyMap<number, NodePorts>;
    /** Folder of the node's log segments and metadata. */
    readonly dataFolder: string;
    /** Absolute path of the folder with the Secrets, under the names that Strimzi gives them. */
    readonly secretsFolder: string;
}

/** The name that Strimzi gives a listener in Kafka's configuration. */
export function listenerName(listener: KafkaListener): string {
    return `${listener.name}-${listener.port}`.toUpperCase();
}

// The keys of spec.kafka.config that Strimzi drops with a warning, according to its API.
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

/** The Secret with the CAs that the nodes trust, keys `cluster-ca.crt` and `clients-ca.crt`. */
export function trustBundleName(clusterName: string): string {
    return `${clusterName}-trustbundle`;
}

/** The Secret of a node has the node's name and the keys `<name>.crt` and `<name>.key`. */
function nodeSecrets({ kafka, node, secretsFolder }: NodePropertiesInput): NodeSecrets {
    const { name, namespace } = kafka.metadata;
    const reference = (secretName: string, key: string): string =>
        secretReference(secretsFolder, namespace, secretName, key);
    return {
        certificate: reference(node.name, `${node.name}.crt`),
        key: reference(node.name, `${node.name}.key`),
        clusterCa: reference(trustBundleName(name), "cluster-ca.crt"),
        clientsCa: reference(trustBundleName(name), "clients-ca.crt"),
    };
}

/**
 * The server.properties of one node as Strimzi's operator generates them, with two differences:
 * every address is a loopback port, and the config provider `strimzisecrets` reads files.
 * `spec.kafka.config` is applied unchanged.
 */
export function nodeProperties(input: NodePropertiesInput): Record<string, string> {
    const { kafka, node, nodes } = input;
    const own = port(input, node.id);
    const secrets = nodeSecrets(input);
    const addresses: string[] = [];
    const advertised: string[] = [];
    const protocols: string[] = [];
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
    const secure = (name: string, security: ListenerSecurity): void => {
        protocols.push(`${name}:${security.protocol}`);
        Object.assign(properties, security.properties);
    };
    const listen = (name: string, at: number | undefined, advertisedPort = at): void => {
        addresses.push(`${name}://${LOOPBACK}:${String(at)}`);
        if (name === CONTROLLER_LISTENER) {
            // Kafka before 3.9 refuses to advertise it, and later versions do it by themselves.
            return;
        }
        advertised.push(`${name}://${LOOPBACK}:${String(advertisedPort)}`);
    };
    // On every node, because a broker is a client of the controllers.
    secure(CONTROLLER_LISTENER, internalListenerSecurity(CONTROLLER_LISTENER, secrets));
    if (node.roles.includes("controller")) {
        listen(CONTROLLER_LISTENER, own.controller);
    }
    if (node.roles.includes("broker")) {
        secure(REPLICATION_LISTENER, internalListenerSecurity(REPLICATION_LISTENER, secrets));
        listen(REPLICATION_LISTENER, own.replication);
        properties["inter.broker.listener.name"] = REPLICATION_LISTENER;
        for (const listener of kafka.spec.kafka.listeners) {
            const name = listenerName(listener);
            secure(name, listenerSecurity(name, listener, secrets));
            listen(name, own.listeners.get(listener.name), own.advertised?.get(listener.name));
        }
    }
    const user = configEntries(kafka.spec.kafka.config, isForbidden);
    return {
        ...properties,
        "listener.security.protocol.map": protocols.join(","),
        listeners: addresses.join(","),
        ...(advertised.length > 0 && { "advertised.listeners": advertised.join(",") }),
        "sasl.enabled.mechanisms": "",
        "ssl.endpoint.identification.algorithm": "HTTPS",
        ...authorizationProperties(kafka),
        ...user,
        "config.providers": [user["config.providers"], "strimzisecrets"].filter(Boolean).join(","),
        ...secretProviderProperties(input.secretsFolder),
    };
}

/** Writes the Secrets to which the configurations of the nodes refer. */
export async function writeNodeSecrets(
    lab: LabContext,
    kafka: KafkaObject,
    nodes: readonly KafkaNode[],
    { ca, clientsCa }: { readonly ca: ClusterCa; readonly clientsCa: ClientsCa },
): Promise<void> {
    const { name, namespace } = kafka.metadata;
    const folder = secretsFolder(lab);
    await writeSecretFiles(folder, namespace, trustBundleName(name), {
        "cluster-ca.crt": ca.certificate,
        "clients-ca.crt": clientsCa.certificate,
    });
    await Promise.all(
        nodes.map(async (node) => {
            const { certificate, key } = await ca.issue(`${name}-kafka`, [bootstrapService(kafka)]);
            await writeSecretFiles(folder, namespace, node.name, {
                [`${node.name}.crt`]: certificate,
                [`${node.name}.key`]: key,
            });
        }),
    );
}

/** The name of the bootstrap service of a cluster. */
export function bootstrapService({ metadata: { name, namespace } }: KafkaObject): string {
    return `${name}-kafka-bootstrap.${namespace}.svc`;
}
