import { PartitionUnknownError } from "./errors";
import {
    FetchIsolationLevels,
    ListOffsetTimestamps,
    listOffsetsV6,
    listOffsetsV7,
    listOffsetsV8,
    listOffsetsV9,
} from "@platformatic/kafka";
import {
    type AnswersFor,
    askLeaders,
    describeCode,
    type Led,
    type Looked,
    type PartitionId,
} from "./askLeaders";
import { type Broker, type Brokers, type ClusterMetadata, withPartialErrors } from "./brokers";

/** The log of one partition as its leader reports it. */
export interface PartitionLog {
    /** The first offset that the log still has (log start offset). */
    readonly firstOffset: number;
    /** Every transaction before it has ended; consumers with `read_committed` read up to it. */
    readonly lastStableOffset: number;
    /** The offset after the last replicated record, those of open transactions included. */
    readonly highWatermark: number;
    /** The epoch in which its leader was elected. */
    readonly leaderEpoch: number;
}

/** A topic and the logs of its partitions. */
export interface TopicLook {
    readonly name: string;
    /** Undefined where brokers give topics no id. */
    readonly id: string | undefined;
    /** Why the topic could not be looked at; its partitions are then not known at all. */
    readonly unknown?: string;
    readonly partitions: readonly Looked<PartitionLog>[];
}

/** What one look at a cluster has seen. */
export interface ClusterLook {
    readonly clusterId: string;
    /** In the order of their names; a topic that does not exist is not there. */
    readonly topics: readonly TopicLook[];
}

const LIST_OFFSETS = [listOffsetsV9.api, listOffsetsV8.api, listOffsetsV7.api, listOffsetsV6.api];
const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** All topics by a condition, or some by their names. */
export type TopicSelection = readonly string[] | ((name: string) => boolean);

/**
 * Looks at the logs of topics: one request for all topics, then three to each broker that leads a
 * partition of them.
 */
export async function lookAtLogs(brokers: Brokers, wanted: TopicSelection): Promise<ClusterLook> {
    const metadata = await selected(brokers, wanted);
    const partitions = metadata.topics.flatMap(({ name, partitions: all }) =>
        all.map((_one, partition) => ({ topic: name, partition })),
    );
    const logs = await askLeaders(brokers, partitions, logsOf, metadata);
    let next = 0;
    return {
        clusterId: metadata.clusterId,
        topics: metadata.topics.map(({ name, id, errorCode, partitions: all }) => {
            const first = next;
            next += all.length;
            return {
                name,
                id,
                ...(errorCode !== 0 && { unknown: describeCode(errorCode) }),
                partitions: logs.slice(first, next),
            };
        }),
    };
}

/** Metadata of the topics of a selection, except Kafka's internal ones, in the order of their names. */
export async function selected(brokers: Brokers, wanted: TopicSelection): Promise<ClusterMetadata> {
    const isNamed = typeof wanted !== "function";
    const { clusterId, topics } = await brokers.metadata(isNamed ? wanted : null);
    return {
        clusterId,
        topics: topics
            .filter(({ errorCode }) => errorCode !== UNKNOWN_TOPIC_OR_PARTITION)
            .filter(({ name, isInternal }) => isNamed || (!isInternal && wanted(name)))
            .sort((one, other) => (one.name < other.name ? -1 : 1)),
    };
}

/** The logs of a topic, by partition. @throws {PartitionUnknownError} when one of them is unknown */
export function knownLogs({ name, unknown, partitions }: TopicLook): PartitionLog[] {
    if (unknown !== undefined) {
        throw new PartitionUnknownError(name, undefined, unknown);
    }
    return partitions.map((looked, partition) => {
        if ("unknown" in looked) {
            throw new PartitionUnknownError(name, partition, looked.unknown);
        }
        return looked.known;
    });
}

/**
 * The first offsets at or after a time, in ms since 1970; undefined where no record is as young.
 * @throws {PartitionUnknownError} when one of them is unknown
 */
export async function offsetsSince(
    brokers: Brokers,
    partitions: readonly PartitionId[],
    timestamp: number,
): Promise<(number | undefined)[]> {
    const looked = await askLeaders(
        brokers,
        partitions,
        async (broker, led): Promise<AnswersFor<PartitionId, number>> =>
            offsets(broker, led, BigInt(timestamp), "READ_COMMITTED"),
    );
    return partitions.map(({ topic, partition }, index) => {
        const found = looked[index];
        if (found === undefined || "unknown" in found) {
            throw new PartitionUnknownError(topic, partition, found?.unknown ?? "not asked");
        }
        return found.known < 0 ? undefined : found.known;
    });
}

/**
 * A broker handles the requests of one connection in their order, so that no offset passes the next
 * one: first offset, last stable offset, high watermark.
 */
async function logsOf(
    broker: Broker,
    led: readonly Led<PartitionId>[],
): Promise<AnswersFor<PartitionId, PartitionLog>> {
    const [first, stable, high] = await Promise.all([
        offsets(broker, led, ListOffsetTimestamps.EARLIEST, "READ_COMMITTED"),
        offsets(broker, led, ListOffsetTimestamps.LATEST, "READ_COMMITTED"),
        offsets(broker, led, ListOffsetTimestamps.LATEST, "READ_UNCOMMITTED"),
    ]);
    const epochs = new Map(led.map(({ item, leaderEpoch }) => [item, leaderEpoch]));
    return (item) => {
        const [firstOffset, lastStable, highWatermark] = [first(item), stable(item), high(item)];
        if (!(firstOffset && "known" in firstOffset)) {
            return firstOffset;
        }
        if (!(lastStable && "known" in lastStable)) {
            return lastStable;
        }
        return highWatermark && "known" in highWatermark
            ? {
                  known: {
                      firstOffset: firstOffset.known,
                      lastStableOffset: lastStable.known,
                      highWatermark: highWatermark.known,
                      leaderEpoch: epochs.get(item) ?? -1,
                  },
              }
            : highWatermark;
    };
}

async function offsets(
    broker: Broker,
    led: readonly Led<PartitionId>[],
    timestamp: bigint,
    isolation: keyof typeof FetchIsolationLevels,
): Promise<AnswersFor<PartitionId, number>> {
    const topics = new Map<string, Parameters<typeof listOffsetsV9.createRequest>[2][number]>();
    for (const { item, leaderEpoch } of led) {
        const topic = topics.get(item.topic) ?? { name: item.topic, partitions: [] };
        topics.set(item.topic, topic);
        topic.partitions.push({
            partitionIndex: item.partition,
            currentLeaderEpoch: leaderEpoch,
            timestamp,
        });
    }
    const answer = await withPartialErrors(
        broker.send(LIST_OFFSETS, -1, FetchIsolationLevels[isolation], [...topics.values()]),
    );
    const found = new Map(
        answer.topics.flatMap(({ name, partitions }) =>
            partitions.map((entry) => [`${name}:${entry.partitionIndex}`, entry] as const),
        ),
    );
    return ({ topic, partition }) => {
        const entry = found.get(`${topic}:${partition}`);
        return entry?.errorCode === 0
            ? { known: Number(entry.offset) }
            : entry && { errorCode: entry.errorCode };
    };
}
