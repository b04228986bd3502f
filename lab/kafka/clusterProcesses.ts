import { rm } from "node:fs/promises";
import type { LabContext } from "../context";
import type { ManagedProcess } from "../process/managedProcess";
import { dataFolder, formatNode, type NodeSetup, spawnNode } from "./startNode";

/** The JVMs of one cluster. */
export class ClusterProcesses {
    private readonly processes = new Map<number, ManagedProcess>();

    constructor(
        private readonly lab: LabContext,
        private readonly setups: readonly NodeSetup[],
    ) {}

    /** The latest process of each node, by node id, whether it still runs or not. */
    get byNode(): ReadonlyMap<number, ManagedProcess> {
        return this.processes;
    }

    /** Whether all nodes run. */
    get running(): boolean {
        const all = [...this.processes.values()];
        return all.length > 0 && all.every((process) => process.running);
    }

    /** Starts nodes with empty storage as a new cluster. Returns before they answer. */
    async startNew(clusterId: string): Promise<void> {
        await this.each(async (setup) => formatNode(this.lab, setup, clusterId));
        await this.start();
    }

    /** Starts the nodes with the data that they have. Returns before they answer. */
    async start(): Promise<void> {
        await this.each(async (setup) => {
            this.processes.set(setup.node.id, await spawnNode(this.lab, setup));
        });
    }

    /** Ends all nodes by SIGKILL at once; they keep their data. */
    async kill(): Promise<void> {
        const all = [...this.processes.values()];
        for (const process of all) {
            process.kill("SIGKILL");
        }
        await Promise.all(all.map((process) => process.exited));
    }

    /** Deletes the data of nodes that do not run. */
    async deleteData(): Promise<void> {
        await this.each(async ({ folder }) =>
            rm(dataFolder(folder), { recursive: true, force: true }),
        );
    }

    /** Waits for all, also when one of them fails, so that nothing goes on unseen. */
    private async each(action: (setup: NodeSetup) => Promise<void>): Promise<void> {
        const results = await Promise.allSettled(this.setups.map(action));
        for (const result of results) {
            if (result.status === "rejected") {
                throw result.reason;
            }
        }
    }
}
