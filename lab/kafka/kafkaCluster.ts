import { randomBytes } from "node:crypto";
import path from "node:path";
import type { ClientCredentials, KafkaConnection } from "../../kafka/connection";
import type { LabContext } from "../context";
import { exporterRules, jmxExporters, metricsUrl, type JmxExporter } from "../metrics/jmxExporter";
import type {
    ConfigMapLookup,
    KafkaNodePoolObject,
    KafkaNodePoolStatus,
    KafkaObject,
    KafkaStatus,
    SecretObject,
} from "../objects";
import {
    clientsCaCertSecret,
    clusterCaCertSecret,
    createClientsCa,
    createClusterCa,
    type ClientsCa,
    type ClusterCa,
} from "../pki/clusterCa";
import type { ManagedProcess } from "../process/managedProcess";
import { secretsFolder, writeSecretFiles } from "../secretFiles";
import { ClusterConnections } from "./clusterConnections";
import { kafkaStatus, nodePoolStatuses } from "./kafkaStatus";
import { unsupportedSecurity } from "./listenerSecurity";
import { nodeProperties, trustBundleName } from "./nodeProperties";
import { assignNodes, poolsOf, type KafkaNode } from "./nodes";
import { waitForBroker, waitForListener } from "./readiness";
import { assignPorts, startNode } from "./startNode";

/** Strimzi's Cluster Operator, a super user of every cluster with authorization. */
const SUPER_USER = "cluster-operator";
/** The subject with which the lab looks whether a listener for client certificates answers. */
const PROBE = "lab-readiness";

/** A cluster to run. */
export interface KafkaClusterOptions {
    readonly kafka: KafkaObject;
    /** Pools of any cluster; those of this one are picked by their label. */
    readonly nodePools: readonly KafkaNodePoolObject[];
    /** The Kafka version of the class path, for the status. */
    readonly kafkaVersion: string;
    /** Finds the ConfigMap that the object's `metricsConfig` names; none exists by default. */
    readonly configMaps?: ConfigMapLookup;
    /** The CA to use instead of a new one. */
    readonly ca?: ClusterCa;
    /** The CA of the users to use instead of a new one. */
    readonly clientsCa?: ClientsCa;
}

/** A running Kafka cluster of the lab. */
export interface LabKafkaCluster {
    readonly name: string;
    readonly namespace: string;
    readonly nodes: readonly KafkaNode[];
    /** What Strimzi would report now. */
    readonly status: KafkaStatus;
    readonly nodePoolStatuses: ReadonlyMap<string, KafkaNodePoolStatus>;
    /** The Secret `<cluster>-cluster-ca-cert`. */
    readonly caCertSecret: SecretObject;
    /** The Secret `<cluster>-clients-ca-cert`. */
    readonly clientsCaCertSecret: SecretObject;
    /** What issues the certificates of its users. */
    readonly clientsCa: ClientsCa;
    readonly kafka: KafkaObject;
    /** Bootstrap service names of the cluster with port, and where they are on this machine. */
    readonly services: ReadonlyMap<string, string>;
    /** Processes by node id. */
    readonly processes: ReadonlyMap<number, ManagedProcess>;
    /** Where the metrics of each node are, by node id; empty when the cluster has none. */
    readonly metricsUrls: ReadonlyMap<number, string>;
    /** How a client connects to a listener. @throws when there is no such listener */
    connection(listener: string, credentials?: ClientCredentials): KafkaConnection;
    /** How a super user connects, whatever the listeners of the Kafka object ask for. */
    adminConnection(): KafkaConnection;
    /** How to reach each listener of each node. */
    readonly connections: ClusterConnections;
}

function newClusterId(): string {
    // Kafka's cluster ids are 16 bytes in base64url, and must not begin with a dash.
    return randomBytes(16).toString("base64url").replace(/^-/, "A");
}

/** The exporter of each node, by node id; none without metrics. */
async function assignExporters(
    lab: LabContext,
    { kafka, configMaps }: KafkaClusterOptions,
    nodes: readonly KafkaNode[],
): Promise<Map<number, JmxExporter>> {
    const rules = exporterRules(kafka.metadata, kafka.spec.kafka.metricsConfig, configMaps);
    if (rules === undefined || (lab.metrics ?? "all") !== "all") {
        return new Map();
    }
    const exporters = await jmxExporters(rules, nodes.length);
    return new Map(exporters.map((exporter, index) => [nodes[index]?.id ?? index, exporter]));
}

/** Writes what the configurations of the nodes refer to. */
async function writeSecrets(
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

function bootstrapService({ metadata: { name, namespace } }: KafkaObject): string {
    return `${name}-kafka-bootstrap.${namespace}.svc`;
}

/** Waits until every broker is registered and every declared listener of it answers. */
async function waitUntilReady(
    lab: LabContext,
    kafka: KafkaObject,
    connections: ClusterConnections,
    clientsCa: ClientsCa,
): Promise<void> {
    const { brokers } = connections;
    const ids = brokers.map(({ id }) => id);
    const probe = await clientsCa.issue(PROBE);
    await Promise.all(
        brokers.flatMap((broker) => [
            waitForBroker(lab, broker.name, connections.replication(broker), ids),
            ...kafka.spec.kafka.listeners.map(({ name, authentication }) =>
                waitForListener(
                    lab,
                    `listener ${name} of ${broker.name}`,
                    connections.listener(
                        name,
                        authentication?.type === "tls" ? probe : undefined,
                        broker,
                    ),
                ),
            ),
        ]),
    );
}

/**
 * Runs the nodes of a Kafka object and its pools, each as a JVM, and returns when every broker is
 * registered and every declared listener of every broker answers.
 * @throws when the lab cannot run what the object asks for, a node crashes, or time runs out
 */
export async function startKafkaCluster(
    lab: LabContext,
    options: KafkaClusterOptions,
): Promise<LabKafkaCluster> {
    const { kafka } = options;
    const { name, namespace } = kafka.metadata;
    const unsupported = unsupportedSecurity(kafka);
    if (unsupported.length > 0) {
        throw new Error(`Kafka ${name}: not available on one machine: ${unsupported.join("; ")}`);
    }
    const nodes = assignNodes(name, poolsOf(kafka.metadata, options.nodePools));
    if (!["broker", "controller"].every((role) => hasRole(nodes, role))) {
        throw new Error(`Kafka ${name}: its pools have no broker or no controller`);
    }
    const exporters = await assignExporters(lab, options, nodes);
    const ca = options.ca ?? (await createClusterCa(name));
    const clientsCa = options.clientsCa ?? (await createClientsCa(name));
    const ports = await assignPorts(kafka, nodes);
    const clusterId = newClusterId();
    const processes = new Map<number, ManagedProcess>();
    await writeSecrets(lab, kafka, nodes, { ca, clientsCa });
    await Promise.all(
        nodes.map(async (node) => {
            const folder = path.join(lab.supervisor.folder, namespace, node.name);
            const properties = nodeProperties({
                kafka,
                node,
                nodes,
                ports,
                dataFolder: path.join(folder, "data"),
                secretsFolder: secretsFolder(lab),
            });
            const exporter = exporters.get(node.id);
            processes.set(
                node.id,
                await startNode(lab, node, folder, properties, clusterId, exporter),
            );
        }),
    );
    const connections = new ClusterConnections({
        kafka,
        nodes,
        ports,
        caCertificate: ca.certificate,
        superUser: await ca.issue(SUPER_USER),
    });
    await waitUntilReady(lab, kafka, connections, clientsCa);
    const bootstrap = new Map(
        kafka.spec.kafka.listeners.map((listener) => [
            listener.name,
            connections.listener(listener.name).bootstrapServers,
        ]),
    );
    return {
        name,
        namespace,
        kafka,
        nodes,
        processes,
        metricsUrls: new Map([...exporters].map(([id, exporter]) => [id, metricsUrl(exporter)])),
        connections,
        connection: (listener, credentials) => connections.listener(listener, credentials),
        adminConnection: () => connections.replication(),
        clientsCa,
        caCertSecret: clusterCaCertSecret(namespace, name, ca.certificate),
        clientsCaCertSecret: clientsCaCertSecret(namespace, name, clientsCa.certificate),
        services: new Map(
            kafka.spec.kafka.listeners.map((listener) => [
                `${bootstrapService(kafka)}:${listener.port}`,
                bootstrap.get(listener.name) ?? "",
            ]),
        ),
        nodePoolStatuses: nodePoolStatuses(name, clusterId, nodes),
        status: kafkaStatus({
            kafka,
            nodes,
            clusterId,
            caCertificate: ca.certificate,
            bootstrapServers: bootstrap,
            kafkaVersion: options.kafkaVersion,
            now: new Date(),
        }),
    };
}

function hasRole(nodes: readonly KafkaNode[], role: string): boolean {
    return nodes.some(({ roles }) => roles.some((candidate) => candidate === role));
}
