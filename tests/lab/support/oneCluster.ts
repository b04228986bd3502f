import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Admin, Producer } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../../kafka/connection";
import { KafkaClient } from "../../../kafka/kafkaClient";
import { KAFKA_VERSION, kafkaClassPath } from "../../../lab/artifacts/artifacts";
import { type LabKafkaCluster, startKafkaCluster } from "../../../lab/kafka/kafkaCluster";
import { dataFolder } from "../../../lab/kafka/startBroker";
import { prepareJvm } from "../../../lab/process/jvm";
import { Supervisor } from "../../../lab/process/supervisor";
import { kafkaObject, nodePool } from "./objects";

/** A cluster of brokers with a plaintext listener, and Kafka's own tools to check a view of it. */
export class OneCluster {
    readonly connection: KafkaConnection;
    readonly client: KafkaClient;
    readonly admin: Admin;
    private tools = 0;

    private constructor(
        readonly supervisor: Supervisor,
        readonly cluster: LabKafkaCluster,
        private readonly classPath: readonly string[],
    ) {
        this.connection = cluster.connection("plain");
        this.client = new KafkaClient(this.connection);
        this.admin = new Admin(clientOptions(this.connection, "test"));
    }

    static async start(config: Record<string, unknown> = {}, replicas = 1): Promise<OneCluster> {
        const supervisor = await Supervisor.create();
        try {
            const classPath = await kafkaClassPath();
            const cluster = await startKafkaCluster(
                { supervisor, classPath, shortLived: true, heapLimitMegabytes: 512 },
                {
                    kafka: kafkaObject("one", config),
                    nodePools: [
                        nodePool("one", "combined", ["controller", "broker"], { replicas }),
                    ],
                    kafkaVersion: KAFKA_VERSION,
                },
            );
            return new OneCluster(supervisor, cluster, classPath);
        } catch (error) {
            await supervisor.stop();
            throw error;
        }
    }

    async stop(): Promise<void> {
        await Promise.all([this.client.close(), this.admin.close()]);
        await this.supervisor.stop();
    }

    /** The folder of a partition's log at the first broker. */
    logFolder(topic: string, partition = 0): string {
        const { nodes, namespace } = this.cluster;
        const folder = join(this.supervisor.folder, namespace, nodes[0]?.name ?? "");
        return join(dataFolder(folder), `${topic}-${partition}`);
    }

    /** Runs one of Kafka's tools. @returns what it printed; throws when it fails */
    async tool(mainClass: string, args: readonly string[], input = ""): Promise<string> {
        this.tools += 1;
        const name = `tool-${this.tools}`;
        const jvm = await prepareJvm({
            name,
            mainClass,
            args,
            classPath: this.classPath,
            heapMegabytes: 128,
            folder: join(this.supervisor.folder, name),
            shortLived: true,
        });
        // The lab's programs log to standard output, between the lines that a tool prints.
        await writeFile(join(jvm.cwd, "log4j2.properties"), "rootLogger.level = off\n");
        const child = spawn(jvm.command, jvm.args, { cwd: jvm.cwd, stdio: "pipe" });
        child.stdin.end(input);
        const closed = once(child, "close") as Promise<[code: number | null]>;
        const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
        const [code] = await closed;
        if (code !== 0) {
            throw new Error(`${mainClass} ended with ${code}: ${problems}${out}`);
        }
        return out;
    }

    /** Offsets of a topic by Kafka's own tool, by partition. @param time -1 latest, -2 earliest */
    async offsets(topic: string, time: -1 | -2): Promise<number[]> {
        const lines = await this.tool("org.apache.kafka.tools.GetOffsetShell", [
            ...["--bootstrap-server", this.connection.bootstrapServers],
            ...["--topic-partitions", `${topic}:`, "--time", String(time)],
        ]);
        return [...lines.matchAll(/^[^:\n]+:(\d+):(\d+)$/gm)]
            .sort((one, other) => Number(one[1]) - Number(other[1]))
            .map(([, , offset]) => Number(offset));
    }
}

/** A producer for a transaction that a test leaves open. */
export function openProducer({ connection }: Pick<OneCluster, "connection">) {
    return new Producer({
        ...clientOptions(connection, "test"),
        transactionalId: `open-${randomUUID()}`,
        idempotent: true,
        retries: 30,
        // The timeout of the transaction too: by default the broker aborts it after a few seconds.
        timeout: 600_000,
    });
}
