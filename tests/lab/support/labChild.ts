/*
 * A lab in its own process, for tests that kill it. Prints its folder, then a line for each
 * step: "spawning", "up". Arguments: what to run (`sleepers`, `kafka`, or `flood`: a Kafka that is
 * sent records without end), and the folder in which to make the lab's.
 */
import { kafkaClassPath, KAFKA_VERSION } from "../../../lab/artifacts/artifacts";
import { KafkaClient } from "../../../kafka/kafkaClient";
import { type LabKafkaCluster, startKafkaCluster } from "../../../lab/kafka/kafkaCluster";
import { withSupervisor, type Supervisor } from "../../../lab/process/supervisor";
import { kafkaObject, nodePool } from "./objects";

const [, , what = "", parentFolder = ""] = process.argv;

async function sleepers(supervisor: Supervisor): Promise<void> {
    for (let i = 0; i < 20; i++) {
        await supervisor.spawn({
            name: `sleeper-${i}`,
            command: "sleep",
            args: ["600"],
            cwd: supervisor.folder,
            logFile: `${supervisor.folder}/sleeper-${i}.log`,
        });
    }
}

async function kafka(supervisor: Supervisor): Promise<LabKafkaCluster> {
    return startKafkaCluster(
        {
            supervisor,
            classPath: await kafkaClassPath(),
            heapLimitMegabytes: 256,
            shortLived: true,
        },
        {
            kafka: kafkaObject("c"),
            nodePools: [nodePool("c", "combined", ["controller", "broker"])],
            kafkaVersion: KAFKA_VERSION,
        },
    );
}

async function flood(supervisor: Supervisor): Promise<void> {
    const cluster = await kafka(supervisor);
    const client = new KafkaClient(cluster.connection("plain"));
    try {
        await client.createTopic("flood", { partitions: 1 });
        const count = Number.MAX_SAFE_INTEGER;
        await client.produceRecords({ topic: "flood", count, signal: supervisor.signal });
    } finally {
        await client.close();
    }
}

const RUNS: Readonly<Record<string, (supervisor: Supervisor) => Promise<unknown>>> = {
    sleepers,
    kafka,
    flood,
};

async function main(): Promise<void> {
    await withSupervisor(
        async (supervisor) => {
            console.log(supervisor.folder);
            console.log("spawning");
            await RUNS[what]?.(supervisor);
            console.log("up");
            await new Promise((resolve) => setTimeout(resolve, 600_000));
        },
        { parentFolder },
    );
}

main().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    // Clients of a stopped cluster would retry for half a minute.
    process.stderr.write(`${message}\n`, () => process.exit(1));
});
