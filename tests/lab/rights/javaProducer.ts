import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { KafkaConnection } from "../../../kafka/connection";
import type { LabContext } from "../../../lab/context";
import { prepareJvm } from "../../../lab/process/jvm";
import type { ManagedProcess, ProcessOptions } from "../../../lab/process/managedProcess";
import { formatProperties } from "../../../kafka/properties";

const HEAP_MEGABYTES = 96;
const RECORDS_PER_SECOND = 200;

/** Options with which a Kafka tool runs as a user. */
async function toolOf(
    { supervisor, classPath }: LabContext,
    name: string,
    mainClass: string,
    connection: KafkaConnection,
    args: readonly string[],
): Promise<ProcessOptions> {
    const { bootstrapServers, caCertificates, credentials } = connection;
    if (caCertificates === undefined || credentials === undefined || !("username" in credentials)) {
        throw new Error(`${name} needs a listener with TLS, and a user with a password`);
    }
    const folder = path.join(supervisor.folder, name);
    const configFile = path.join(folder, "client.properties");
    const config = {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.jaas.config":
            "org.apache.kafka.common.security.scram.ScramLoginModule required " +
            `username="${credentials.username}" password="${credentials.password}";`,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.certificates": caCertificates,
    };
    await mkdir(folder, { recursive: true });
    await writeFile(configFile, formatProperties(config), { mode: 0o600 });
    return prepareJvm({
        name,
        mainClass,
        args: [
            ...["--bootstrap-server", bootstrapServers],
            ...["--command-config", configFile],
            ...args,
        ],
        classPath,
        heapMegabytes: HEAP_MEGABYTES,
        folder,
        shortLived: true,
    });
}

/**
 * Writes some records in a transaction with Kafka's Java producer: the Node.js client starts
 * transactions with a request that only brokers may send.
 * @throws ProcessCrashError with the end of the log when it is refused
 */
export async function produceInTransaction(
    lab: LabContext,
    connection: KafkaConnection,
    options: { readonly name: string; readonly topic: string; readonly transactionalId: string },
): Promise<void> {
    const mainClass = "org.apache.kafka.tools.ProducerPerformance";
    await lab.supervisor.run(
        await toolOf(lab, options.name, mainClass, connection, [
            ...["--topic", options.topic],
            ...["--transactional-id", options.transactionalId],
            ...["--num-records", "10", "--record-size", "10", "--throughput", "-1"],
        ]),
    );
}

/** Kafka's Java producer in its own process, which continues after an error. */
export class JavaProducer {
    private constructor(private readonly process: ManagedProcess) {}

    /** Produces numbers to a topic, {@link RECORDS_PER_SECOND} a second, until it is stopped. */
    static async start(
        lab: LabContext,
        connection: KafkaConnection,
        { name, topic }: { readonly name: string; readonly topic: string },
    ): Promise<JavaProducer> {
        const mainClass = "org.apache.kafka.tools.VerifiableProducer";
        const tool = await toolOf(lab, name, mainClass, connection, [
            ...["--topic", topic],
            ...["--throughput", String(RECORDS_PER_SECOND)],
        ]);
        return new JavaProducer(await lab.supervisor.spawn(tool, { mayEnd: true }));
    }

    /** Counts of the records written so far, and of those refused, by exception. */
    async results(): Promise<{ written: number; refused: ReadonlyMap<string, number> }> {
        const refused = new Map<string, number>();
        let written = 0;
        for (const line of (await readFile(this.process.logFile, "utf8")).split("\n")) {
            if (line.includes('"name":"producer_send_success"')) {
                written += 1;
            }
            const [, exception] =
                /"producer_send_error".*"exception":"class ([\w.]+)"/.exec(line) ??
                /"exception":"class ([\w.]+)".*"producer_send_error"/.exec(line) ??
                [];
            if (exception !== undefined) {
                refused.set(exception, (refused.get(exception) ?? 0) + 1);
            }
        }
        return { written, refused };
    }

    async stop(): Promise<void> {
        await this.process.stop(0);
    }
}
