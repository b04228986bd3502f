import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { KafkaConnection } from "../../../kafka/connection";
import { prepareJvm } from "../../../lab/process/jvm";
import type { Supervisor } from "../../../lab/process/supervisor";

/** A record to write: keys and values as bytes, null for none. */
export interface WrittenRecord {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    /** Milliseconds since 1970; the producer's clock by default. */
    readonly timestamp?: number;
}

/** Kafka's own clients in a process of their own, which write and read logs for tests. */
export class LogWriter {
    private readonly answers: AsyncIterator<string, undefined>;
    private readonly errors: string[] = [];

    private constructor(private readonly child: ChildProcessWithoutNullStreams) {
        this.answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        child.stderr.on("data", (chunk: Buffer) => this.errors.push(chunk.toString()));
    }

    static async start(
        supervisor: Supervisor,
        classPath: readonly string[],
        { bootstrapServers }: Pick<KafkaConnection, "bootstrapServers">,
    ): Promise<LogWriter> {
        const { command, args, cwd } = await prepareJvm({
            name: "log-writer",
            mainClass: join(__dirname, "java", "LogWriter.java"),
            args: [bootstrapServers],
            classPath,
            heapMegabytes: 192,
            folder: join(supervisor.folder, "log-writer"),
            shortLived: true,
            systemProperties: { "log4j2.level": "OFF" },
        });
        return new LogWriter(spawn(command, args, { cwd, stdio: "pipe" }));
    }

    /** Ends the process; open transactions stay open. */
    stop(): void {
        this.child.stdin.end();
    }

    /** A producer with a codec; with a transactional id, it writes in transactions alone. */
    async producer(name: string, codec: string, transactionalId = ""): Promise<void> {
        await this.command("producer", name, codec, transactionalId);
    }

    /** Frees the memory of a producer; its transaction stays open. */
    async close(name: string): Promise<void> {
        await this.command("close", name);
    }

    async transaction(name: string, step: "begin" | "commit" | "abort"): Promise<void> {
        await this.command(step, name);
    }

    /** Writes records as one batch. @returns their offsets */
    async send(
        producer: string,
        topic: string,
        records: readonly WrittenRecord[],
        partition = 0,
    ): Promise<number[]> {
        const text = (bytes: Buffer | null) => bytes?.toString("base64") ?? "-";
        const fields = records.map(({ key, value, timestamp }) =>
            [text(key), text(value), timestamp ?? ""].join(","),
        );
        const offsets = await this.command(
            ...["send", producer, topic, String(partition), fields.join(";")],
        );
        return offsets.map(Number);
    }

    async setConfig(topic: string, name: string, value: string): Promise<void> {
        await this.command("config", topic, name, value);
    }

    /** Where a consumer of an isolation level finds the end. */
    async endOffset(topic: string, isolation: Isolation, partition = 0): Promise<number> {
        const [offset] = await this.command("end", topic, String(partition), isolation);
        return Number(offset);
    }

    /**
     * What a consumer of an isolation level reads, up to the end: offset, timestamp, key, value and
     * headers of each record between tabs, the bytes in Base64.
     */
    async read(topic: string, isolation: Isolation, partition = 0): Promise<string[]> {
        return this.command("read", topic, String(partition), isolation);
    }

    private async command(...fields: string[]): Promise<string[]> {
        this.child.stdin.write(`${fields.join("\t")}\n`);
        const answers: string[] = [];
        // What the virtual machine prints before it ends.
        const others: string[] = [];
        for (;;) {
            const { value: line } = await this.answers.next();
            if (line === undefined) {
                throw new Error(`the program ended: ${[...others, ...this.errors].join("\n")}`);
            }
            if (line.startsWith("failed\t")) {
                throw new Error(`${fields.slice(0, 3).join(" ")}: ${line}`);
            }
            if (line.startsWith("answer\t")) {
                answers.push(line.slice("answer\t".length));
            } else if (line === "end") {
                return answers;
            } else {
                others.push(line);
            }
        }
    }
}

export type Isolation = "read_committed" | "read_uncommitted";
