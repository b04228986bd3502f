import { Admin, ListOffsetTimestamps, Producer } from "@platformatic/kafka";
import type { MessageToProduce } from "@platformatic/kafka";
import type { KafkaTopicObject } from "../strimzi/generated/types/KafkaTopic";
import { configEntries } from "./properties";
import { clientOptions, type KafkaConnection } from "./connection";
import { ClusterView } from "./clusterView";
import type { PartitionRange } from "./committedRecords";
import { digestPartition, type PartitionDigest, readPartition } from "./partitionReader";

/*
 * A Node client, not Kafka's Java tools. Measured against one broker on two cores, 1,000,000
 * records of 100 bytes to 3 partitions, start-up included: 2.4 to 2.6 s plaintext and 2.3 to 2.4 s
 * TLS here; 1.9 to 4.8 s plaintext and 4.1 to 4.7 s TLS for ProducerPerformance. Log-end offsets:
 * 0.6 ms here (6 to 15 ms with a new connection), 565 to 666 ms for GetOffsetShell.
 */

/** Records to produce. */
export interface ProduceOptions {
    readonly topic: string;
    readonly count: number;
    /** Bytes of each value; 100 by default. */
    readonly size?: number;
    /** The index of the first record, which its value begins with; 0 by default. */
    readonly firstIndex?: number;
    /** Called with the number of records acknowledged so far. */
    readonly onProgress?: (acknowledged: number) => void;
    readonly signal?: AbortSignal;
}

/**
 * Retries, one second apart, of requests to a group coordinator: the first one makes Kafka create the
 * topic of 50 partitions, and until they have leaders the answer is NOT_COORDINATOR. Kafka's own
 * clients retry for a minute.
 */
const COORDINATOR_RETRIES = 30;
const BATCH_RECORDS = 5000;
const BATCHES_IN_FLIGHT = 3;

function valueOf(index: number, size: number): Buffer {
    const value = Buffer.alloc(size, ".");
    value.write(`${index} `);
    return value;
}

/** Produces to and reads from one Kafka cluster. Close it after use. */
export class KafkaClient {
    private readonly admin: Admin;
    private readonly groupAdmin: Admin;

    constructor(private readonly connection: KafkaConnection) {
        const options = clientOptions(connection, "kafka-dr-admin");
        this.admin = new Admin(options);
        this.groupAdmin = new Admin({ ...options, retries: COORDINATOR_RETRIES });
    }

    async close(): Promise<void> {
        await Promise.all([this.admin.close(), this.groupAdmin.close()]);
    }

    async topics(): Promise<string[]> {
        return this.admin.listTopics();
    }

    /** Creates a topic. `replicas` -1 and `partitions` -1 mean the broker's default. */
    async createTopic(
        topic: string,
        options: {
            readonly partitions?: number;
            readonly replicas?: number;
            readonly config?: Readonly<Record<string, unknown>>;
        } = {},
    ): Promise<void> {
        const configs = Object.entries(configEntries(options.config));
        await this.admin.createTopics({
            topics: [topic],
            partitions: options.partitions ?? -1,
            replicas: options.replicas ?? -1,
            configs: configs.map(([name, value]) => ({ name, value })),
        });
    }

    /** Creates the topics of KafkaTopic objects that do not exist yet, as the topic operator does. */
    async ensureTopics(topics: readonly KafkaTopicObject[]): Promise<void> {
        const existing = new Set(await this.topics());
        for (const { metadata, spec } of topics) {
            const name = spec.topicName ?? metadata.name;
            if (!existing.has(name)) {
                await this.createTopic(name, spec);
            }
        }
    }

    async deleteTopic(topic: string): Promise<void> {
        await this.admin.deleteTopics({ topics: [topic] });
    }

    /** Deletes the records of a partition before an offset, as retention does. */
    async deleteRecords(topic: string, partition: number, before: number): Promise<void> {
        await this.admin.deleteRecords({
            topics: [{ name: topic, partitions: [{ partition, offset: BigInt(before) }] }],
        });
    }

    /** Deletes groups without members, with their offsets. */
    async deleteGroups(groups: readonly string[]): Promise<void> {
        await this.groupAdmin.deleteGroups({ groups: [...groups] });
    }

    /** The number of partitions. @throws when there is no such topic */
    async partitionCount(topic: string): Promise<number> {
        const metadata = await this.admin.metadata({ topics: [topic], forceUpdate: true });
        return metadata.topics.get(topic)?.partitionsCount ?? 0;
    }

    /** The log-end offsets, by partition. */
    async logEndOffsets(topic: string): Promise<number[]> {
        return this.offsets(topic, ListOffsetTimestamps.LATEST);
    }

    /**
     * Appends `count` records, spread evenly over the partitions, and returns when all in-sync replicas
     * have them. The value of record i is `i`, a space and dots up to `size` bytes.
     */
    async produceRecords(options: ProduceOptions): Promise<void> {
        const { topic, count, size = 100, firstIndex = 0, signal } = options;
        const partitions = await this.partitionCount(topic);
        const producer = new Producer(clientOptions(this.connection, "kafka-dr-producer"));
        let acknowledged = 0;
        const pending: Promise<void>[] = [];
        try {
            for (let done = 0; done < count; done += BATCH_RECORDS) {
                signal?.throwIfAborted();
                const length = Math.min(BATCH_RECORDS, count - done);
                const messages: MessageToProduce[] = Array.from({ length }, (_unused, i) => ({
                    topic,
                    partition: (firstIndex + done + i) % partitions,
                    value: valueOf(firstIndex + done + i, size),
                }));
                pending.push(
                    producer.send({ messages, acks: -1 }).then(() => {
                        acknowledged += length;
                        options.onProgress?.(acknowledged);
                    }),
                );
                if (pending.length >= BATCHES_IN_FLIGHT) {
                    await pending.shift();
                }
            }
            await Promise.all(pending);
        } finally {
            await Promise.allSettled(pending);
            await producer.close();
        }
    }

    /** Appends the given records in their order. */
    async produceMessages(messages: MessageToProduce[]): Promise<void> {
        const producer = new Producer(clientOptions(this.connection, "kafka-dr-producer"));
        try {
            await producer.send({ messages, acks: -1 });
        } finally {
            await producer.close();
        }
    }

    /** Digests of a topic from its beginning to its current end. Joins no group. */
    async digests(topic: string): Promise<PartitionDigest[]> {
        return this.withRanges(topic, digestPartition);
    }

    /** The values of all records of a topic, as text, by partition and offset. */
    async values(topic: string): Promise<string[]> {
        return this.texts(topic, "value");
    }

    /** The keys of all records of a topic, in the same order. */
    async keys(topic: string): Promise<string[]> {
        return this.texts(topic, "key");
    }

    /** The committed offsets of a group, by partition; undefined without a commit. */
    async groupOffsets(group: string, topic: string): Promise<(number | undefined)[]> {
        const partitions = await this.partitionCount(topic);
        const indexes = Array.from({ length: partitions }, (_unused, index) => index);
        const [answer] = await this.groupAdmin.listConsumerGroupOffsets({
            groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes: indexes }] }],
        });
        const committed = new Map(
            answer?.topics
                .find(({ name }) => name === topic)
                ?.partitions.map((entry) => [entry.partitionIndex, Number(entry.committedOffset)]),
        );
        return indexes.map((index) => {
            const offset = committed.get(index);
            return offset === undefined || offset < 0 ? undefined : offset;
        });
    }

    /** Commits offsets of a group without members, by partition. */
    async commitGroupOffsets(
        group: string,
        topic: string,
        offsets: readonly number[],
    ): Promise<void> {
        await this.groupAdmin.alterConsumerGroupOffsets({
            groupId: group,
            topics: [
                {
                    name: topic,
                    partitionOffsets: offsets.map((offset, partition) => ({
                        partition,
                        offset: BigInt(offset),
                    })),
                },
            ],
        });
    }

    private async texts(topic: string, part: "key" | "value"): Promise<string[]> {
        const partitions = await this.withRanges(topic, async (view, range) => {
            const texts: string[] = [];
            for await (const records of readPartition(view, range)) {
                for (const { record } of records) {
                    texts.push(String(record[part]));
                }
            }
            return texts;
        });
        return partitions.flat();
    }

    /** Calls `read` for every partition with the range of its committed records. */
    private async withRanges<T>(
        topic: string,
        read: (view: ClusterView, range: PartitionRange) => Promise<T>,
    ): Promise<T[]> {
        const view = new ClusterView(this.connection);
        try {
            const { topics } = await view.look([topic]);
            const logs = topics[0]?.partitions ?? [];
            return await Promise.all(
                logs.map(async (looked, partition) => {
                    if (!("known" in looked)) {
                        throw new Error(`${topic}:${partition}: ${looked.unknown}`);
                    }
                    const { firstOffset, lastStableOffset: endOffset } = looked.known;
                    return read(view, { topic, partition, firstOffset, endOffset });
                }),
            );
        } finally {
            await view.close();
        }
    }

    private async offsets(topic: string, timestamp: bigint): Promise<number[]> {
        const count = await this.partitionCount(topic);
        const partitions = Array.from({ length: count }, (_unused, partitionIndex) => ({
            partitionIndex,
            timestamp,
        }));
        const listed = await this.admin.listOffsets({ topics: [{ name: topic, partitions }] });
        const offsets = new Array<number>(count).fill(0);
        for (const entry of listed.flatMap((answer) => answer.partitions)) {
            offsets[entry.partitionIndex] = Number(entry.offset);
        }
        return offsets;
    }
}
