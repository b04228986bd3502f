/*
 * A lab in a process of its own, for tests that kill it. Prints its folder, then a line for each
 * step: "spawning", "up". Argument: what to run, and the folder in which to make the lab's.
 */
import { kafkaClassPath, KAFKA_VERSION } from "../../../lab/classPath";
import { startKafkaCluster } from "../../../lab/kafka/kafkaCluster";
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

async function kafka(supervisor: Supervisor): Promise<void> {
    await startKafkaCluster(
        { supervisor, classPath: await kafkaClassPath(), heapLimitMegabytes: 256 },
        {
            kafka: kafkaObject("c"),
            nodePools: [nodePool("c", "combined", ["controller", "broker"])],
            kafkaVersion: KAFKA_VERSION,
        },
    );
}

async function main(): Promise<void> {
    await withSupervisor(
        async (supervisor) => {
            console.log(supervisor.folder);
            console.log("spawning");
            await (what === "kafka" ? kafka(supervisor) : sleepers(supervisor));
            console.log("up");
            await new Promise((resolve) => setTimeout(resolve, 600_000));
        },
        { parentFolder },
    );
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
