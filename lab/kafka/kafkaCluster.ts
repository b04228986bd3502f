import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Admin } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../client/connection";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import {
    exporterRules,
    jmxExporters,
    metricsUrl,
    prepareExporter,
    type JmxExporter,
} from "../metrics/jmxExporter";
import type {
    ConfigMapLookup,
    KafkaNodePoolObject,
    KafkaNodePoolStatus,
    KafkaObject,
    KafkaStatus,
    SecretObject,
} from "../objects";
import { clusterCaCertSecret, createClusterCa, type ClusterCa } from "../pki/clusterCa";
import { prepareJvm, type JvmOptions } from "../process/jvm";
import type { ManagedProcess } from "../process/managedProcess";
import { heapMegabytes } from "../process/memory";
import { freePorts } from "../process/ports";
import { waitFor } from "../process/wait";
import { formatProperties } from "../properties";
import { kafkaStatus, nodePoolStatuses } from "./kafkaStatus";
import { LOOPBACK, nodeProperties, unsupportedKafka, type NodePorts } from "./nodeProperties";
import { assignNodes, poolsOf, type KafkaNode } from "./nodes";

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
    /** Bootstrap service names of the cluster with port, and where they are on this machine. */
    readonly services: ReadonlyMap<string, string>;
    /** Processes by node id. */
    readonly processes: ReadonlyMap<number, ManagedProcess>;
    /** Where the metrics of each node are, by node id; empty when the cluster has none. */
    readonly metricsUrls: ReadonlyMap<number, string>;
    /** How a client connects to a listener. @throws when there is no such listener */
    connection(listener: string): KafkaConnection;
}

function newClusterId(): string {
    // Kafka's cluster ids are 16 bytes in base64url, and must not begin with a dash.
    return randomBytes(16).toString("base64url").replace(/^-/, "A");
}

async function assignPorts(
    kafka: KafkaObject,
    nodes: readonly KafkaNode[],
): Promise<Map<number, NodePorts>> {
    const listeners = kafka.spec.kafka.listeners;
    const ports = new Map<number, NodePorts>();
    for (const node of nodes) {
        const isBroker = node.roles.includes("broker");
        const free = await freePorts(2 + (isBroker ? listeners.length : 0));
        ports.set(node.id, {
            ...(node.roles.includes("controller") ? { controller: free[0] } : {}),
            ...(isBroker ? { replication: free[1] } : {}),
            listeners: new Map(
                isBroker ? listeners.map(({ name }, i) => [name, free[i + 2] ?? 0]) : [],
            ),
        });
    }
    return ports;
}

async function startNode(
    lab: LabContext,
    node: KafkaNode,
    folder: string,
    properties: Record<string, string>,
    clusterId: string,
    exporter: JmxExporter | undefined,
): Promise<ManagedProcess> {
    const configFile = path.join(folder, "server.properties");
    await mkdir(folder, { recursive: true });
    await writeFile(configFile, formatProperties(properties), { mode: 0o600 });
    const jvm: Omit<JvmOptions, "name" | "mainClass" | "args"> = {
        classPath: lab.classPath,
        heapMegabytes: heapMegabytes(node.jvmOptions, lab.heapLimitMegabytes),
        folder,
    };
    await lab.supervisor.run(
        await prepareJvm({
            ...jvm,
            name: `${node.name}-format`,
            mainClass: "kafka.tools.StorageTool",
            args: ["format", "--cluster-id", clusterId, "--config", configFile],
            heapMegabytes: 64,
            shortLived: true,
        }),
    );
    return lab.supervisor.spawn(
        await prepareJvm({
            ...jvm,
            name: node.name,
            mainClass: "kafka.Kafka",
            args: [configFile],
            ...(exporter && { vmOptions: [await prepareExporter(exporter, folder)] }),
        }),
    );
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

/** Waits until a listener of one broker answers and names every broker of the cluster. */
async function waitForListener(
    lab: LabContext,
    what: string,
    connection: KafkaConnection,
    brokerIds: readonly number[],
): Promise<void> {
    const probe = async (): Promise<true | undefined> => {
        const admin = new Admin({
            ...clientOptions(connection, "lab-readiness"),
            retries: 0,
            connectTimeout: 2000,
            requestTimeout: 2000,
        });
        try {
            const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
            return brokerIds.every((id) => brokers.has(id)) ? true : undefined;
        } finally {
            await admin.close();
        }
    };
    await waitFor(`${what} answers and knows brokers ${brokerIds.join(", ")}`, probe, {
        timeoutMs: lab.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
        intervalMs: 100,
        signal: lab.supervisor.signal,
    });
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
    const unsupported = unsupportedKafka(kafka);
    if (unsupported.length > 0) {
        throw new Error(`Kafka ${name}: not available on one machine: ${unsupported.join("; ")}`);
    }
    const nodes = assignNodes(name, poolsOf(kafka.metadata, options.nodePools));
    const brokers = nodes.filter(({ roles }) => roles.includes("broker"));
    if (brokers.length === 0 || !nodes.some(({ roles }) => roles.includes("controller"))) {
        throw new Error(`Kafka ${name}: its pools have no broker or no controller`);
    }
    const exporters = await assignExporters(lab, options, nodes);
    const ca = options.ca ?? (await createClusterCa(name));
    const serviceName = `${name}-kafka-bootstrap.${namespace}.svc`;
    const ports = await assignPorts(kafka, nodes);
    const clusterId = newClusterId();
    const processes = new Map<number, ManagedProcess>();
    const address = (node: KafkaNode, listener: string): string =>
        `${LOOPBACK}:${String(ports.get(node.id)?.listeners.get(listener))}`;

    await Promise.all(
        nodes.map(async (node) => {
            const folder = path.join(lab.supervisor.folder, namespace, node.name);
            const identity = await ca.issue(node.name, [serviceName]);
            const dataFolder = path.join(folder, "data");
            const properties = nodeProperties({
                kafka,
                node,
                nodes,
                ports,
                dataFolder,
                identity,
            });
            const exporter = exporters.get(node.id);
            processes.set(
                node.id,
                await startNode(lab, node, folder, properties, clusterId, exporter),
            );
        }),
    );
    const bootstrap = new Map(
        kafka.spec.kafka.listeners.map((listener) => [
            listener.name,
            brokers.map((node) => address(node, listener.name)).join(","),
        ]),
    );
    const connection = (listener: string): KafkaConnection => {
        const declared = kafka.spec.kafka.listeners.find(
            (candidate) => candidate.name === listener,
        );
        if (declared === undefined) {
            throw new Error(`Kafka ${name} has no listener ${listener}`);
        }
        return {
            bootstrapServers: bootstrap.get(listener) ?? "",
            ...(declared.tls ? { caCertificates: ca.certificate } : {}),
        };
    };
    await Promise.all(
        brokers.flatMap((node) =>
            kafka.spec.kafka.listeners.map((listener) =>
                waitForListener(
                    lab,
                    `listener ${listener.name} of ${node.name}`,
                    {
                        ...connection(listener.name),
                        bootstrapServers: address(node, listener.name),
                    },
                    brokers.map(({ id }) => id),
                ),
            ),
        ),
    );
    return {
        name,
        namespace,
        nodes,
        processes,
        metricsUrls: new Map([...exporters].map(([id, exporter]) => [id, metricsUrl(exporter)])),
        connection,
        caCertSecret: clusterCaCertSecret(namespace, name, ca.certificate),
        services: new Map(
            kafka.spec.kafka.listeners.map((listener) => [
                `${serviceName}:${listener.port}`,
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
