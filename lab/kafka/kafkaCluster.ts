import { randomBytes } from "node:crypto";
import path from "node:path";
import type { ClientCredentials, KafkaConnection } from "../../kafka/connection";
import type { LabContext } from "../context";
import { exporterRules, jmxExporters, metricsUrl, type JmxExporter } from "../jmxExporter";
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
} from "./certificateAuthorities";
import type { ManagedProcess } from "../process/managedProcess";
import { secretsFolder } from "../secretFiles";
import { ClusterConnections } from "./clusterConnections";
import { ClusterProcesses } from "./startBroker";
import { kafkaStatus, nodePoolStatuses } from "./kafkaStatus";
import { unsupportedSecurity } from "./listenerSecurity";
import { nodeProperties } from "./nodeConfiguration";
import { bootstrapService, writeNodeSecrets } from "./nodeConfiguration";
import { assignNodes, poolsOf, type KafkaNode, assignPorts } from "./nodes";
import { waitForCluster } from "./readiness";
import { dataFolder } from "./startBroker";

/** The user of Strimzi's Cluster Operator, a super user of every cluster with authorization. */
const SUPER_USER = "cluster-operator";
/** The subject of the client certificate with which the lab probes listeners. */
const PROBE = "lab-readiness";

/** A cluster to run. */
export interface KafkaClusterOptions {
    readonly kafka: KafkaObject;
    /** Node pools of any cluster; those of this one are selected by their label. */
    readonly nodePools: readonly KafkaNodePoolObject[];
    /** The Kafka version that the status reports. */
    readonly kafkaVersion: string;
    /** Finds the ConfigMap that `metricsConfig` names; finds none by default. */
    readonly configMaps?: ConfigMapLookup;
    /** The cluster CA; a new one by default. */
    readonly ca?: ClusterCa;
    /** The clients CA; a new one by default. */
    readonly clientsCa?: ClientsCa;
}

/** A running Kafka cluster of the lab. */
export interface LabKafkaCluster {
    readonly name: string;
    readonly namespace: string;
    readonly nodes: readonly KafkaNode[];
    /** The status that Strimzi would report now. */
    readonly status: KafkaStatus;
    readonly nodePoolStatuses: ReadonlyMap<string, KafkaNodePoolStatus>;
    /** The Secret `<cluster>-cluster-ca-cert`. */
    readonly caCertSecret: SecretObject;
    /** The Secret `<cluster>-clients-ca-cert`. */
    readonly clientsCaCertSecret: SecretObject;
    /** The CA that issues the certificates of its users. */
    readonly clientsCa: ClientsCa;
    readonly kafka: KafkaObject;
    /** Addresses on this machine by `<bootstrap service>:<port>`. */
    readonly services: ReadonlyMap<string, string>;
    /** The latest process of each node, by node id. */
    readonly processes: ReadonlyMap<number, ManagedProcess>;
    /** `log.dirs` of each node. */
    readonly dataFolders: readonly string[];
    /** Whether all nodes run. */
    readonly running: boolean;
    /** Ends all nodes by SIGKILL, as a power failure would; their data stays. */
    kill(): Promise<void>;
    /** Kills all nodes and starts them again with their data, on the same ports. */
    restart(): Promise<void>;
    /**
     * Replaces it by an empty cluster with a new cluster id, on the same ports and with the same
     * CAs. Topics and users are lost as well: `LabDeployment.reconcile` creates them again.
     */
    rebuild(): Promise<void>;
    /** Ends all nodes and deletes their data. */
    remove(): Promise<void>;
    /** The metrics URL of each node, by node id; empty for a cluster without metrics. */
    readonly metricsUrls: ReadonlyMap<number, string>;
    /** How a client connects to a listener. @throws when the Kafka has no such listener */
    connection(listener: string, credentials?: ClientCredentials): KafkaConnection;
    /** How a super user connects, independent of the listeners of the Kafka object. */
    adminConnection(): KafkaConnection;
    /** How to reach each listener of each node. */
    readonly connections: ClusterConnections;
}

function newClusterId(): string {
    // Kafka's cluster ids are 16 bytes in base64url, and must not begin with a dash.
    return randomBytes(16).toString("base64url").replace(/^-/, "A");
}

/** The JMX exporter of each node, by node id; empty without metrics. */
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

/**
 * Runs each node of a Kafka object and its node pools as a JVM. Returns when every broker is
 * registered and every declared listener of every broker answers.
 * @throws when the object asks for something that the lab does not support, a node crashes, or the
 *     time is over
 */
export async function startKafkaCluster(
    lab: LabContext,
    options: KafkaClusterOptions,
): Promise<LabKafkaCluster> {
    const { kafka } = options;
    const { name, namespace } = kafka.metadata;
    const unsupported = unsupportedSecurity(kafka);
    if (unsupported.length > 0) {
        throw new Error(`Kafka ${name}: the lab does not support ${unsupported.join("; ")}`);
    }
    const nodes = assignNodes(name, poolsOf(kafka.metadata, options.nodePools));
    if (!["broker", "controller"].every((role) => hasRole(nodes, role))) {
        throw new Error(
            `Kafka ${name}: its node pools need at least one broker and one controller`,
        );
    }
    const exporters = await assignExporters(lab, options, nodes);
    const ca = options.ca ?? (await createClusterCa(name));
    const clientsCa = options.clientsCa ?? (await createClientsCa(name));
    const ports = await assignPorts(lab, kafka, nodes);
    let clusterId = newClusterId();
    await writeNodeSecrets(lab, kafka, nodes, { ca, clientsCa });
    const folderOf = (node: KafkaNode) => path.join(lab.supervisor.folder, namespace, node.name);
    const processes = new ClusterProcesses(
        { ...lab, classPath: lab.brokerClassPath?.({ name, namespace }) ?? lab.classPath },
        nodes.map((node) => {
            const folder = folderOf(node);
            const input = { kafka, node, nodes, ports, secretsFolder: secretsFolder(lab) };
            const properties = nodeProperties({ ...input, dataFolder: dataFolder(folder) });
            return { node, folder, properties, exporter: exporters.get(node.id) };
        }),
    );
    const connections = new ClusterConnections({
        kafka,
        nodes,
        ports,
        caCertificate: ca.certificate,
        superUser: await ca.issue(SUPER_USER),
    });
    const probe = await clientsCa.issue(PROBE);
    const up = async (start: () => Promise<void>): Promise<void> => {
        try {
            await start();
            await waitForCluster(lab, kafka, connections, probe);
        } catch (error) {
            await processes.kill();
            throw error;
        }
    };
    await up(() => processes.startNew(clusterId));
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
        processes: processes.byNode,
        dataFolders: nodes.map((node) => dataFolder(folderOf(node))),
        get running() {
            return processes.running;
        },
        kill: () => processes.kill(),
        restart: async () => {
            await processes.kill();
            await up(() => processes.start());
        },
        rebuild: async () => {
            await processes.kill();
            await processes.deleteData();
            clusterId = newClusterId();
            await up(() => processes.startNew(clusterId));
        },
        remove: async () => {
            await processes.kill();
            await processes.deleteData();
        },
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
        get nodePoolStatuses() {
            return nodePoolStatuses(name, clusterId, nodes);
        },
        get status() {
            return kafkaStatus({
                kafka,
                nodes,
                clusterId,
                caCertificate: ca.certificate,
                bootstrapServers: bootstrap,
                kafkaVersion: options.kafkaVersion,
                now: new Date(),
            });
        },
    };
}

function hasRole(nodes: readonly KafkaNode[], role: string): boolean {
    return nodes.some(({ roles }) => roles.some((candidate) => candidate === role));
}
