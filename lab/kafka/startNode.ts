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

/** Free ports for every listener of every node, by node id, and what the lab advertises instead. */
export async function assignPorts(
    lab: Pick<LabContext, "advertise">,
    kafka: KafkaObject,
    nodes: readonly KafkaNode[],
): Promise<Map<number, NodePorts>> {
    const { name: cluster, namespace } = kafka.metadata;
    const names = kafka.spec.kafka.listeners.map(({ name }) => name);
    const ports = new Map<number, NodePorts>();
    for (const { id: nodeId, roles } of nodes) {
        const isBroker = roles.includes("broker");
        const [controller, replication, ...others] = await freePorts(
            2 + (isBroker ? names.length : 0),
        );
        const listeners = new Map(isBroker ? names.map((name, i) => [name, others[i] ?? 0]) : []);
        const advertised = new Map<string, number>();
        for (const [listener, port] of listeners) {
            const other = await lab.advertise?.({ cluster, namespace, nodeId, listener, port });
            if (other !== undefined) {
                advertised.set(listener, other);
            }
        }
        ports.set(nodeId, {
            ...(roles.includes("controller") && controller !== undefined && { controller }),
            ...(isBroker && replication !== undefined && { replication }),
            listeners,
            ...(advertised.size > 0 && { advertised }),
        });
    }
    return ports;
}

/** What a node runs with. */
export interface NodeSetup {
    readonly node: KafkaNode;
    /** Its configuration, data and log. */
    readonly folder: string;
    readonly properties: Readonly<Record<string, string>>;
    readonly exporter: JmxExporter | undefined;
}

/** The folder of the node's log segments and metadata. */
export function dataFolder(folder: string): string {
    return path.join(folder, "data");
}

function jvmOf(lab: LabContext, { node, folder }: NodeSetup) {
    return {
        classPath: lab.classPath,
        heapMegabytes: heapMegabytes(node.jvmOptions, lab.heapLimitMegabytes),
        folder,
    } satisfies Partial<JvmOptions>;
}

/** Writes the configuration of a node, and formats its storage, which must be empty. */
export async function formatNode(
    lab: LabContext,
    setup: NodeSetup,
    clusterId: string,
): Promise<void> {
    const { node, folder, properties } = setup;
    await mkdir(folder, { recursive: true });
    const config = configFile(folder);
    await writeFile(config, formatProperties(properties), { mode: 0o600 });
    await lab.supervisor.run(
        await prepareJvm({
            ...jvmOf(lab, setup),
            name: `${node.name}-format`,
            mainClass: "kafka.tools.StorageTool",
            args: ["format", "--cluster-id", clusterId, "--config", config],
            heapMegabytes: 64,
            shortLived: true,
        }),
    );
}

/** Starts a node whose storage is formatted, and returns at once. */
export async function spawnNode(lab: LabContext, setup: NodeSetup): Promise<ManagedProcess> {
    const { node, folder, exporter } = setup;
    return lab.supervisor.spawn(
        await prepareJvm({
            ...jvmOf(lab, setup),
            name: node.name,
            mainClass: "kafka.Kafka",
            args: [configFile(folder)],
            ...(lab.garbageCollector && { garbageCollector: lab.garbageCollector }),
            vmOptions: [
                ...(exporter ? [await prepareExporter(exporter, folder)] : []),
                ...(lab.vmOptions?.(node.name) ?? []),
            ],
        }),
    );
}

function configFile(folder: string): string {
    return path.join(folder, "server.properties");
}
