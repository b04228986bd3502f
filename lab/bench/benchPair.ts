import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { KafkaConnection } from "../../kafka/connection";
import { KafkaClient } from "../../kafka/kafkaClient";
import type { LabMirrorMaker } from "../connect/mirrorMaker";
import { SiteNetwork } from "../network/siteNetwork";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import { dataFolder } from "../kafka/startBroker";
import type { GarbageCollector } from "../process/jvm";
import type { Supervisor } from "../process/supervisor";
import { waitFor } from "../process/wait";
import type { ConfigChanges } from "../stack/stackConfig";
import {
    type RunningStack,
    runStack,
    clusterOf,
    connectionAs,
    mirrorMakerOf,
    running,
} from "../stack/runStack";
import { withTemporaryStack } from "../stack/temporaryStack";
import {
    CONFIG,
    FAR_LISTENERS,
    HEAP_MEGABYTES,
    type ListenerName,
    MEMORY_MEGABYTES,
    MIRROR,
    SOURCE,
    STACK,
    TARGET,
} from "./benchStack";
import { LogEnd } from "./log/logEnd";
import { gcLogOption } from "./usage";

type Side = "source" | "target";
const SITES = { source: SOURCE, target: TARGET } as const;

/** Topics of the target that are Kafka's own and stay. */
const KAFKA_TOPICS = /^__(consumer_offsets|transaction_state|share_group_state)$/;

/** Folder of a partition of a topic of the benchmark that is not about to be deleted. */
const BENCH_PARTITION = /^bench-.*-\d+$/;

export interface BenchPairOptions {
    readonly supervisor: Supervisor;
    readonly garbageCollector: GarbageCollector;
    /** Further options of every JVM. */
    readonly vmOptions?: (name: string) => readonly string[];
    readonly onStep?: (text: string) => void;
}

/** The stack of the benchmark on this machine, with a network of any length before each site. */
export class BenchPair {
    readonly clients: Readonly<Record<Side, KafkaClient>>;

    private constructor(
        private readonly stack: RunningStack,
        readonly supervisor: Supervisor,
        readonly networks: Readonly<Record<Side, SiteNetwork>>,
    ) {
        this.clients = {
            source: new KafkaClient(this.cluster("source").adminConnection()),
            target: new KafkaClient(this.cluster("target").adminConnection()),
        };
    }

    static async start(options: BenchPairOptions): Promise<BenchPair> {
        const { supervisor, garbageCollector, vmOptions, onStep } = options;
        const networkOf = (side: Side) =>
            new SiteNetwork({ namespace: SITES[side].namespace, listeners: FAR_LISTENERS });
        const networks = { source: networkOf("source"), target: networkOf("target") };
        // Later steps are those of the runs, which tell their results.
        let isStarting = true;
        return withTemporaryStack(STACK, CONFIG, async (folder) => {
            const stack = await runStack({
                folder,
                stack: STACK,
                supervisor,
                metrics: "mirrorMaker",
                garbageCollector,
                memoryMegabytes: MEMORY_MEGABYTES,
                vmOptions: (name) => [
                    // As `jvmHeap` has it in a pod: no growth of the heap while it is measured.
                    `-Xms${name.startsWith(MIRROR) ? HEAP_MEGABYTES.mirrorMaker : HEAP_MEGABYTES.source}m`,
                    gcLogOption(gcLogFile(supervisor, name)),
                    ...(vmOptions?.(name) ?? []),
                ],
                advertise: async (at) =>
                    (await networks.source.advertise(at)) ?? networks.target.advertise(at),
                onStep: (text) => {
                    if (isStarting) {
                        onStep?.(text);
                    }
                },
            });
            isStarting = false;
            return new BenchPair(stack, supervisor, networks);
        });
    }

    async close(): Promise<void> {
        await Promise.all([this.clients.source.close(), this.clients.target.close()]);
        await Promise.all([this.networks.source.close(), this.networks.target.close()]);
    }

    cluster(side: Side): LabKafkaCluster {
        return clusterOf(this.stack, SITES[side]);
    }

    /** How a user of the stack reaches a listener of a site. */
    connectionAs(user: string, side: Side, listener: ListenerName): KafkaConnection {
        return connectionAs(this.stack, this.cluster(side), user, listener);
    }

    get mirrorMaker(): LabMirrorMaker {
        return mirrorMakerOf(this.stack, { namespace: TARGET.namespace, name: MIRROR });
    }

    /** The folder with the logs of the one broker of a site. */
    dataFolder(side: Side): string {
        const { nodes, namespace } = this.cluster(side);
        const node = running(nodes[0], "a broker");
        return dataFolder(join(this.supervisor.folder, namespace, node.name));
    }

    /** Of topics of the benchmark at the target; those that are to be deleted have another name. */
    private mirroredFolders(): string[] {
        return readdirSync(this.dataFolder("target")).filter((name) => BENCH_PARTITION.test(name));
    }

    /** Process id and garbage collector's log of each JVM; MM2 must run. */
    get jvms(): Readonly<Record<Side | "mirrorMaker", { pid: number; gcLog: string }>> {
        const broker = (side: Side) => {
            const { nodes, processes } = this.cluster(side);
            const { id, name } = running(nodes[0], "a broker");
            return {
                pid: running(processes.get(id)?.pid, `the process of ${name}`),
                gcLog: gcLogFile(this.supervisor, name),
            };
        };
        const worker = running(this.mirrorMaker.workers[0], "a worker");
        return {
            source: broker("source"),
            target: broker("target"),
            mirrorMaker: {
                pid: running(worker.process.pid, "the process of the worker"),
                gcLog: gcLogFile(this.supervisor, worker.options.name),
            },
        };
    }

    /** `pulumi config set`, then `pulumi up`. */
    async update(changes: ConfigChanges): Promise<void> {
        await this.stack.update(changes);
    }

    /**
     * Kills the broker of a site and starts it again with its data, as its pod would be.
     * @returns how many records its topics of the benchmark had when it was killed
     */
    async restartBroker(side: Side): Promise<number> {
        const { namespace, name } = SITES[side];
        await this.cluster(side).kill();
        const records = readdirSync(this.dataFolder(side))
            .filter((folder) => BENCH_PARTITION.test(folder))
            .map((folder) => {
                const end = new LogEnd(join(this.dataFolder(side), folder));
                try {
                    return end.records();
                } finally {
                    end.close();
                }
            });
        await this.cluster(side).restart();
        // Kafka 4.3.1 can lose SCRAM credentials when it starts; the User Operator sets them again.
        await this.stack.reconcile(`${namespace}/${name}`);
        return records.reduce((sum, count) => sum + count, 0);
    }

    /**
     * Scales MM2 to 0 and makes the target forget the mirror: its copies of topics, its offset
     * syncs, and the topics in which Connect keeps connectors and offsets.
     */
    async reset(): Promise<void> {
        await this.update({ "kafka-dr:mirror.replicas": 0 });
        const { target } = this.clients;
        for (const topic of await target.topics()) {
            if (!KAFKA_TOPICS.test(topic)) {
                await target.deleteTopic(topic);
            }
        }
        // The files go a little later, and a look at them must not find the copy of an earlier run.
        await waitFor(
            "the target's files of deleted topics are gone",
            () => Promise.resolve(this.mirroredFolders().length === 0 || undefined),
            { timeoutMs: 30_000, intervalMs: 50, signal: this.supervisor.signal },
        );
    }
}

function gcLogFile({ folder }: Supervisor, name: string): string {
    return join(folder, `${name}-gc.log`);
}
