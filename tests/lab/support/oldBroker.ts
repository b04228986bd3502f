import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KafkaClient } from "../../../kafka/kafkaClient";
import { formatProperties } from "../../../kafka/properties";
import { ensureArtifacts } from "../../../lab/artifacts/artifacts";
import kafka28 from "../../../lab/artifacts/kafka-2.8.lock.json";
import { prepareJvm } from "../../../lab/process/jvm";
import { freePorts } from "../../../lab/process/ports";
import type { Supervisor } from "../../../lab/process/supervisor";
import { waitFor } from "../../../lab/process/wait";

/** Where that broker keeps its logs. */
export function kafka28DataFolder({ folder }: Pick<Supervisor, "folder">): string {
    return join(folder, "broker", "data");
}

/** A broker of Kafka 2.8.2 with its ZooKeeper, on plaintext. @returns its address */
export async function startKafka28(
    supervisor: Supervisor,
    config: Readonly<Record<string, string>> = {},
): Promise<string> {
    const jars = (await ensureArtifacts(kafka28)).filter((file) => file.endsWith(".jar"));
    const [zooKeeperPort = 0, port = 0] = await freePorts(2);
    const start = async (
        name: string,
        mainClass: string,
        heapMegabytes: number,
        properties: Readonly<Record<string, string>>,
    ) => {
        const folder = join(supervisor.folder, name);
        const file = join(folder, "server.properties");
        await mkdir(folder, { recursive: true });
        await writeFile(file, formatProperties(properties));
        await supervisor.spawn(
            await prepareJvm({
                name,
                mainClass,
                args: [file],
                classPath: jars,
                heapMegabytes,
                folder,
                shortLived: true,
            }),
        );
    };
    await start("zookeeper", "org.apache.zookeeper.server.quorum.QuorumPeerMain", 64, {
        dataDir: join(supervisor.folder, "zookeeper", "data"),
        clientPort: String(zooKeeperPort),
        clientPortAddress: "127.0.0.1",
        "admin.enableServer": "false",
    });
    await start("broker", "kafka.Kafka", 256, {
        "broker.id": "0",
        "zookeeper.connect": `127.0.0.1:${zooKeeperPort}`,
        listeners: `PLAINTEXT://127.0.0.1:${port}`,
        "log.dirs": kafka28DataFolder(supervisor),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        ...config,
    });
    const address = `127.0.0.1:${port}`;
    const client = new KafkaClient({ bootstrapServers: address });
    try {
        await waitFor("the broker of Kafka 2.8 responds", async () => client.topics(), {
            timeoutMs: 120_000,
            signal: supervisor.signal,
        });
    } finally {
        await client.close();
    }
    return address;
}
