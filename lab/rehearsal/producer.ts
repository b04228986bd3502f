import { setTimeout as sleep } from "node:timers/promises";
import { type MessageToProduce, Producer } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../kafka/connection";

/** Records of one request. */
const BATCH_RECORDS = 50;
const PAUSE_MS = 40;
/** Milliseconds that a request may take; a lost site never answers. */
const REQUEST_TIMEOUT_MS = 3000;

/**
 * An application that writes numbered records and remembers which of them were acknowledged. It
 * never sends a value twice, so a log holds each value at most once unless the mirror repeats it.
 */
export class NumberedProducer {
    /** Values that all in-sync replicas have. */
    readonly acknowledged = new Set<string>();
    /** Values whose requests had no answer: a log may have them. */
    readonly unanswered = new Set<string>();
    refused = 0;
    private next = 0;
    private stop = new AbortController();
    private running: Promise<void> | undefined;

    constructor(
        private readonly name: string,
        private readonly topic: string,
        private readonly partitions: number,
    ) {}

    /** Writes to a cluster until `end`, whether or not the cluster accepts the records. */
    start(connection: KafkaConnection): void {
        this.stop = new AbortController();
        this.running = this.write(connection, this.stop.signal);
    }

    async end(): Promise<void> {
        this.stop.abort();
        await this.running;
    }

    /** Writes a number of records, one request after the other. */
    async write(
        connection: KafkaConnection,
        signal: AbortSignal,
        records = Infinity,
    ): Promise<void> {
        const producer = new Producer({
            ...clientOptions(connection, this.name),
            retries: 0,
            connectTimeout: REQUEST_TIMEOUT_MS,
            requestTimeout: REQUEST_TIMEOUT_MS,
        });
        try {
            const end = this.next + records;
            while (!signal.aborted && this.next < end) {
                const batch = Math.min(BATCH_RECORDS, end - this.next);
                await this.send(producer, batch);
                if (records === Infinity) {
                    await sleep(PAUSE_MS);
                }
            }
        } finally {
            await producer.close();
        }
    }

    private async send(producer: Producer, count: number): Promise<void> {
        const values = Array.from({ length: count }, () => `${this.name}-${this.next++}`);
        const messages = values.map((value, index): MessageToProduce => ({
            topic: this.topic,
            partition: index % this.partitions,
            key: Buffer.from(`key-${index}`),
            value: Buffer.from(value),
        }));
        try {
            await producer.send({ messages, acks: -1 });
            for (const value of values) {
                this.acknowledged.add(value);
            }
        } catch {
            this.refused += 1;
            for (const value of values) {
                this.unanswered.add(value);
            }
            await sleep(PAUSE_MS * 5);
        }
    }
}
