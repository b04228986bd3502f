import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { clientProperties, type KafkaConnection } from "../../kafka/connection";
import { mirrorUserName } from "../../strimzi/builders/names";
import { kafkaClassPath } from "../artifacts/artifacts";
import { prepareJvm } from "../process/jvm";
import type { ManagedProcess } from "../process/managedProcess";
import type { Supervisor } from "../process/supervisor";
import type { BenchPair } from "./benchPair";
import { HEAP_MEGABYTES, MIRROR } from "./benchStack";
import type { Cell } from "./result";

/** The load that Kafka's ProducerPerformance writes. */
export interface Load {
    readonly connection: KafkaConnection;
    readonly topic: string;
    readonly records: number;
    readonly recordBytes: number;
    /** Records per second; unlimited by default. */
    readonly recordsPerSecond?: number;
}

let runs = 0;

/** Starts org.apache.kafka.tools.ProducerPerformance, with the tutorial's options. */
export async function startProducer(supervisor: Supervisor, load: Load): Promise<ManagedProcess> {
    const { connection, topic, records, recordBytes, recordsPerSecond = -1 } = load;
    runs += 1;
    const name = `producer-${runs}`;
    const folder = join(supervisor.folder, name);
    await mkdir(folder, { recursive: true });
    const config = join(folder, "client.properties");
    await writeFile(config, clientProperties(connection), { mode: 0o600 });
    const jvm = await prepareJvm({
        name,
        mainClass: "org.apache.kafka.tools.ProducerPerformance",
        args: [
            ...["--bootstrap-server", connection.bootstrapServers],
            ...["--command-config", config],
            ...["--topic", topic],
            ...["--num-records", String(records)],
            ...["--record-size", String(recordBytes)],
            ...["--throughput", String(Math.round(recordsPerSecond))],
        ],
        classPath: await kafkaClassPath(),
        heapMegabytes: HEAP_MEGABYTES.source,
        folder,
    });
    return supervisor.spawn(jvm, { mayEnd: true });
}

/** The summary line of the tool: 9 records sent, 9.9 records/sec (0.0 MB/sec), ... */
const SUMMARY = /^(\d+) records sent, ([\d.]+) records\/sec .* max latency/gm;

/**
 * Waits for the end of the tool and returns the rate that it reports, in records per second.
 * @throws with the end of its log when it failed
 */
export async function producerRate(producer: ManagedProcess): Promise<number> {
    const { code } = await producer.exited;
    const log = await readFile(producer.logFile, "utf8");
    const summary = [...log.matchAll(SUMMARY)].at(-1);
    if (code !== 0 || summary === undefined) {
        throw new Error(`ProducerPerformance failed:\n${log.slice(-2000)}`);
    }
    return Number(summary[2]);
}

/** The approximate rate of the tool on two cores, in records per second. */
const ROUGH_RATE = 500_000;

/**
 * Measures Kafka's ProducerPerformance with the target's broker, as MM2's user and through the same
 * listener: the rate of a mirror for which reading and Connect would cost nothing.
 */
export async function producerRun(pair: BenchPair, cell: Cell, seconds: number) {
    const topic = `bench-producer-${cell.recordBytes}-${cell.partitions}p`;
    await pair.reset();
    // MM2's user may write only to the topics of its pattern.
    await pair.update({ "kafka-dr:mirror.topicsPattern": topic });
    await pair.clients.target.createTopic(topic, { partitions: cell.partitions });
    pair.networks.target.delay(cell.roundTripMs / 2);
    const listener = cell.transport === "tls" ? "tlsfar" : "plainfar";
    const user = mirrorUserName({ name: MIRROR, credentialsRevision: 1 }, "target");
    const records = Math.round((ROUGH_RATE * seconds * 100) / cell.recordBytes);
    const producer = await startProducer(pair.supervisor, {
        connection: pair.connectionAs(user, "target", listener),
        topic,
        records,
        recordBytes: cell.recordBytes,
    });
    return { records, seconds: records / (await producerRate(producer)) };
}
