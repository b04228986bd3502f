import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { LabContext } from "../context";
import { prepareExporter, type JmxExporter } from "../metrics/jmxExporter";
import type { KafkaObject } from "../objects";
import { prepareJvm, type JvmOptions } from "../process/jvm";
import type { ManagedProcess } from "../process/managedProcess";
import { heapMegabytes } from "../process/memory";
import { freePorts } from "../process/ports";
import { formatProperties } from "../../kafka/properties";
import type { NodePorts } from "./nodeProperties";
import type { KafkaNode } from "./nodes";

/** Free ports for every listener of every node, by node id. */
export async function assignPorts(
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

/** Formats the storage of a node, and starts it. */
export async function startNode(
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
