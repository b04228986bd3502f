import { Admin, FetchIsolationLevels, ListOffsetTimestamps } from "@platformatic/kafka";
import type { Looked, PartitionId } from "./askLeaders";
import { Brokers } from "./brokers";
import { clientOptions, type KafkaConnection } from "./connection";
import { type FirstRecord, firstRecords, type LogPart } from "./firstRecords";
import { GroupView } from "./groupView";
import { type ClusterLook, lookAtLogs, type TopicSelection } from "./logLook";
import { type OpenTransaction, openTransactions } from "./openTransactions";
import { describeTopicConfigs, type TopicConfigs } from "./topicConfigs";

/** A topic and the leaders of its partitions. */
export interface TopicView {
    readonly name: string;
    readonly id: string;
    /** `host:port` of each partition's leader; undefined while there is none. */
    readonly leaders: readonly (string | undefined)[];
}

export interface ViewOptions {
    /** How long a request may take, in milliseconds; 30,000 by default. */
    readonly timeoutMs?: number;
}

/** Reads from a cluster and changes nothing. Close it after use. */
export class ClusterView {
    private readonly admin: Admin;
    /** For the readers of this folder. */
    readonly brokers: Brokers;
    readonly groups: GroupView;

    constructor(
        readonly connection: KafkaConnection,
        { timeoutMs = 30_000 }: ViewOptions = {},
    ) {
        this.admin = new Admin({
            ...clientOptions(connection, "kafka-dr-view"),
            connectTimeout: timeoutMs,
            requestTimeout: timeoutMs,
        });
        this.brokers = new Brokers(connection, timeoutMs);
        this.groups = new GroupView(connection, timeoutMs);
    }

    async close(): Promise<void> {
        await Promise.all([this.admin.close(), this.brokers.close(), this.groups.close()]);
    }

    /**
     * Looks at the logs of topics, all at about the same moment.
     * @param topics all topics but Kafka's internal ones by default
     * @throws when no bootstrap server responds, or {@link UnsupportedBrokerError}; a partition whose
     * leader does not answer is unknown
     */
    async look(topics: TopicSelection = () => true): Promise<ClusterLook> {
        return lookAtLogs(this.brokers, topics);
    }

    /**
     * The first committed record of each part of a log, undefined where it holds none. What lies behind
     * an open transaction counts too, since it may be committed yet.
     */
    async firstRecords(parts: readonly LogPart[]): Promise<Looked<FirstRecord | undefined>[]> {
        return firstRecords(this.brokers, parts);
    }

    /** The transactions without an end in each partition, and what their coordinators know of them. */
    async openTransactions(
        partitions: readonly PartitionId[],
    ): Promise<Looked<OpenTransaction[]>[]> {
        return openTransactions(this.brokers, partitions);
    }

    /** The id of the cluster, which is unique. */
    async clusterId(): Promise<string> {
        return (await this.admin.metadata({ topics: [], forceUpdate: true })).id;
    }

    /** Names of all topics except Kafka's internal ones. */
    async topicNames(): Promise<string[]> {
        return (await this.admin.listTopics()).sort();
    }

    /** @throws when there is no such topic, or the user lacks the right to describe it */
    async topic(name: string): Promise<TopicView> {
        const metadata = await this.admin.metadata({ topics: [name], forceUpdate: true });
        const found = metadata.topics.get(name);
        if (found === undefined) {
            throw new Error(`there is no topic ${name} at ${this.connection.bootstrapServers}`);
        }
        return {
            name,
            id: found.id,
            leaders: found.partitions.map(({ leader }) => {
                const broker = metadata.brokers.get(leader);
                return broker && `${broker.host}:${broker.port}`;
            }),
        };
    }

    /** The first offset that each partition still has. */
    async earliestOffsets(topic: TopicView): Promise<number[]> {
        return (await this.offsets(topic, ListOffsetTimestamps.EARLIEST)).map(
            (offset) => offset ?? 0,
        );
    }

    /** The offset after the last committed record of each partition, before any open transaction. */
    async committedEndOffsets(topic: TopicView): Promise<number[]> {
        return (await this.offsets(topic, ListOffsetTimestamps.LATEST)).map(
            (offset) => offset ?? 0,
        );
    }

    /** The offset of the first record at or after a time, in ms since 1970; undefined when none is. */
    async offsetsSince(topic: TopicView, timestamp: number): Promise<(number | undefined)[]> {
        return this.offsets(topic, BigInt(timestamp));
    }

    /** The configurations by topic. @throws when the user lacks DescribeConfigs on one of the topics */
    async topicConfigs(topics: readonly string[]): Promise<Map<string, TopicConfigs>> {
        return describeTopicConfigs(this.admin, topics);
    }

    private async offsets(
        { name, leaders }: TopicView,
        timestamp: bigint,
    ): Promise<(number | undefined)[]> {
        const listed = await this.admin.listOffsets({
            topics: [
                {
                    name,
                    partitions: leaders.map((_leader, partitionIndex) => ({
                        partitionIndex,
                        timestamp,
                    })),
                },
            ],
            isolationLevel: FetchIsolationLevels.READ_COMMITTED,
        });
        const offsets = new Map(
            listed
                .flatMap(({ partitions }) => partitions)
                .map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)]),
        );
        return leaders.map((_leader, partition) => {
            const offset = offsets.get(partition);
            return offset === undefined || offset < 0 ? undefined : offset;
        });
    }
}
