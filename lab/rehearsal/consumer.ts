import { Consumer, type MessagesStream } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../kafka/connection";

const COMMIT_INTERVAL_MS = 500;
const SESSION_TIMEOUT_MS = 10_000;

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/** An application that reads as a member of a group and counts how often it read each value. */
export class GroupConsumer {
    /** Reads of each value, at both sites together. */
    readonly read = new Map<string, number>();
    private consumer: Consumer | undefined;
    private stream: Stream | undefined;

    constructor(
        private readonly group: string,
        private readonly topic: string,
    ) {}

    /** Reads beyond the first of each value. */
    get repeated(): number {
        return [...this.read.values()].reduce((sum, times) => sum + times - 1, 0);
    }

    /** Continues from the group's committed offsets, or from the beginning without any. */
    async start(connection: KafkaConnection): Promise<void> {
        const consumer = new Consumer({
            ...clientOptions(connection, this.group),
            groupId: this.group,
            sessionTimeout: SESSION_TIMEOUT_MS,
            heartbeatInterval: 1000,
            maxWaitTime: 200,
        });
        // A phase may take the right to read from the group, and a lost site answers nothing.
        consumer.on("error", () => undefined);
        this.consumer = consumer;
        const stream = await consumer.consume({
            topics: [this.topic],
            mode: "committed",
            fallbackMode: "earliest",
            autocommit: COMMIT_INTERVAL_MS,
        });
        this.stream = stream;
        stream.on("data", ({ value }) => {
            const text = value.toString();
            this.read.set(text, (this.read.get(text) ?? 0) + 1);
        });
        // A lost site ends the stream; the reads up to then count.
        stream.on("error", () => undefined);
    }

    /** Commits what was read, and leaves the group. */
    async end(): Promise<void> {
        const [stream, consumer] = [this.stream, this.consumer];
        this.stream = undefined;
        this.consumer = undefined;
        try {
            if (stream !== undefined) {
                await closed(stream);
            }
            if (consumer !== undefined) {
                await left(consumer);
            }
        } catch {
            // The site is lost: the group's member times out.
        }
    }
}

/** The stream's own promise is typed like that of a Node stream, which returns none. */
async function closed(stream: Stream): Promise<void> {
    await new Promise<void>((resolve) => {
        stream.close(() => {
            resolve();
        });
    });
}

async function left(consumer: Consumer): Promise<void> {
    await new Promise<void>((resolve) => {
        consumer.close(true, () => {
            resolve();
        });
    });
}
