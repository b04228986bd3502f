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
import { waitUntil } from "../process/wait";
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

/** Kafka's internal topics, which stay at the target. */
const KAFKA_TOPICS = /^__(consumer_offsets|transaction_state|share_group_state)$/;

/** The folder of a partition of a benchmark topic; folders that Kafka is deleting have another name. */
const BENCH_PARTITION = /^bench-.*-\d+$/;

export interface BenchPairOptions {
    readonly supervisor: Supervisor;
    readonly garbageCollector: GarbageCollector;
    /** Further options of every JVM. */
    readonly vmOptions?: (name: string) => readonly string[];
    readonly onStep?: (text: string) => void;
}

/** The stack of the benchmark on this machine, with a network of adjustable delay in front of each site. */
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
        // Only the steps of the start are reported; runs report their results instead.
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
                    // As with `jvmHeap` in a pod: the heap does not grow during a measurement.
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

    /** The connection of a user of the stack to a listener of a site. */
    connectionAs(user: string, side: Side, listener: ListenerName): KafkaConnection {
        return connectionAs(this.stack, this.cluster(side), user, listener);
    }

    get mirrorMaker(): LabMirrorMaker {
        return mirrorMakerOf(this.stack, { namespace: TARGET.namespace, name: MIRROR });
    }

    /** The data folder of the only broker of a site. */
    dataFolder(side: Side): string {
        const { nodes, namespace } = this.cluster(side);
        const node = running(nodes[0], "a broker");
        return dataFolder(join(this.supervisor.folder, namespace, node.name));
    }

    /** The partition folders of benchmark topics at the target. */
    private mirroredFolders(): string[] {
        return readdirSync(this.dataFolder("target")).filter((name) => BENCH_PARTITION.test(name));
    }

    /** Process id and GC log of each JVM; MM2 must be running. */
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
     * Kills the broker of a site and starts it again with its data, as Kubernetes restarts a pod.
     * @returns the number of records in its benchmark topics when it was killed
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
     * Scales MM2 to 0 and deletes every trace of the mirror at the target: mirrored topics, offset
     * syncs, and Connect's internal topics.
     */
    async reset(): Promise<void> {
        await this.update({ "kafka-dr:mirror.replicas": 0 });
        const { target } = this.clients;
        for (const topic of await target.topics()) {
            if (!KAFKA_TOPICS.test(topic)) {
                await target.deleteTopic(topic);
            }
        }
        // Kafka deletes the files later, and a run must not read those of an earlier one.
        await waitUntil(
            "the target has deleted the files of deleted topics",
            () => this.mirroredFolders().length === 0,
            { timeoutMs: 30_000, intervalMs: 50, signal: this.supervisor.signal },
        );
    }
}

function gcLogFile({ folder }: Supervisor, name: string): string {
    return join(folder, `${name}-gc.log`);
}
