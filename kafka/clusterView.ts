import { Admin } from "@platformatic/kafka";
import type { Looked, PartitionId } from "./askLeaders";
import { Brokers } from "./brokers";
import { clientOptions, type KafkaConnection } from "./connection";
import { type FirstRecord, firstRecords, type LogPart } from "./firstRecords";
import { GroupView } from "./groupView";
import {
    type ClusterLook,
    lookAtLogs,
    offsetsSince,
    selected,
    type TopicSelection,
} from "./logLook";
import {
    abortTransaction,
    type Marker,
    type OpenTransaction,
    openTransactions,
} from "./openTransactions";
import { describeTopicConfigs, type TopicConfigs } from "./topicConfigs";

export interface ViewOptions {
    /** How long a request may take, in milliseconds; 30,000 by default. */
    readonly timeoutMs?: number;
}

/** Reads from a cluster, and changes nothing but a transaction that hangs. Close it after use. */
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

    /**
     * Ends a hanging transaction in one partition with an abort; the one change that a view makes.
     * @returns known, or why the broker refused
     */
    async abortTransaction(marker: Marker): Promise<Looked<true>> {
        return abortTransaction(this.brokers, marker);
    }

    /** The id of the cluster, which is unique. */
    async clusterId(): Promise<string> {
        return (await this.brokers.metadata([])).clusterId;
    }

    /** Names of all topics except Kafka's internal ones, in their order. */
    async topicNames(): Promise<string[]> {
        return (await selected(this.brokers, () => true)).topics.map(({ name }) => name);
    }

    /**
     * The first offset of each partition at or after a time, in ms since 1970; undefined where no record
     * is as young.
     * @throws {PartitionUnknownError} when the leader of one does not tell
     */
    async offsetsSince(
        partitions: readonly PartitionId[],
        timestamp: number,
    ): Promise<(number | undefined)[]> {
        return offsetsSince(this.brokers, partitions, timestamp);
    }

    /** The configurations by topic. @throws when the user lacks DescribeConfigs on one of the topics */
    async topicConfigs(topics: readonly string[]): Promise<Map<string, TopicConfigs>> {
        return describeTopicConfigs(this.admin, topics);
    }
}
