import { mkdir, writeFile, rm } from "node:fs/promises";
import path from "node:path";
import { formatProperties } from "../../kafka/properties";
import type { LabContext } from "../context";
import { prepareExporter, type JmxExporter } from "../jmxExporter";
import { prepareJvm, type JvmOptions, heapMegabytes } from "../process/jvm";
import type { ManagedProcess } from "../process/managedProcess";
import type { KafkaNode } from "./nodes";

/** What the process of one node, a broker or a controller, needs. */
export interface BrokerSetup {
    readonly node: KafkaNode;
    /** The folder of its configuration, data and log. */
    readonly folder: string;
    readonly properties: Readonly<Record<string, string>>;
    readonly exporter: JmxExporter | undefined;
}

/** The folder of a node's log segments and metadata, inside its own folder. */
export function dataFolder(folder: string): string {
    return path.join(folder, "data");
}

function jvmOf(lab: LabContext, { node, folder }: BrokerSetup) {
    return {
        classPath: lab.classPath,
        ...(lab.shortLived && { shortLived: true }),
        heapMegabytes: heapMegabytes(node.jvmOptions, lab.heapLimitMegabytes),
        folder,
    } satisfies Partial<JvmOptions>;
}

/** Writes the configuration of a node and formats its storage, which must be empty. */
export async function formatStorage(
    lab: LabContext,
    setup: BrokerSetup,
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

/**
 * Starts the JVM of one node: a broker, a controller or both, as its `process.roles` say. The storage
 * must be formatted. Returns before the node answers; `waitForCluster` waits for that.
 */
export async function startBroker(lab: LabContext, setup: BrokerSetup): Promise<ManagedProcess> {
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

/** The processes of one cluster: starts, kills and restarts its brokers and controllers. */
export class ClusterProcesses {
    private readonly processes = new Map<number, ManagedProcess>();

    constructor(
        private readonly lab: LabContext,
        private readonly setups: readonly BrokerSetup[],
    ) {}

    /** The latest process of each node, by node id, running or not. */
    get byNode(): ReadonlyMap<number, ManagedProcess> {
        return this.processes;
    }

    /** Whether all nodes are running. */
    get running(): boolean {
        const all = [...this.processes.values()];
        return all.length > 0 && all.every((process) => process.running);
    }

    /** Formats empty storage and starts the nodes as a new cluster. Returns before they answer. */
    async startNew(clusterId: string): Promise<void> {
        await this.each(async (setup) => formatStorage(this.lab, setup, clusterId));
        await this.start();
    }

    /** Starts the nodes with their present data. Returns before they answer. */
    async start(): Promise<void> {
        await this.each(async (setup) => {
            this.processes.set(setup.node.id, await startBroker(this.lab, setup));
        });
    }

    /** Ends all nodes by SIGKILL; their data stays. */
    async kill(): Promise<void> {
        const all = [...this.processes.values()];
        for (const process of all) {
            process.kill("SIGKILL");
        }
        await Promise.all(all.map((process) => process.exited));
    }

    /** Deletes the data of all nodes, which must have ended. */
    async deleteData(): Promise<void> {
        await this.each(async ({ folder }) =>
            rm(dataFolder(folder), { recursive: true, force: true }),
        );
    }

    /** Waits for all nodes even if one fails, so that nothing continues in the background. */
    private async each(action: (setup: BrokerSetup) => Promise<void>): Promise<void> {
        const results = await Promise.allSettled(this.setups.map(action));
        for (const result of results) {
            if (result.status === "rejected") {
                throw result.reason;
            }
        }
    }
}
