import {
    createAPI,
    FetchIsolationLevels,
    ProtocolError,
    type Reader,
    readKnownTaggedFields,
    Writer,
} from "@platformatic/kafka";
import type { Led, PartitionId } from "./askLeaders";
import type { Broker } from "./brokers";

/*
 * Fetch (KIP-227, KIP-516) with the bytes of the records: the library decodes all batches of a response
 * at once, so that one which it cannot decode would hide all others. Versions 12 (Kafka 2.7) and
 * earlier address topics by name, 13 (Kafka 3.1) and later by id.
 */

/** What to fetch of one partition. */
export interface FetchItem extends PartitionId {
    readonly fetchOffset: bigint;
    /** Of the last batch that was read, so that the broker tells when it has another one; -1 for none. */
    readonly lastFetchedEpoch: number;
    readonly maxBytes: number;
}

export interface FetchedPartition {
    readonly errorCode: number;
    readonly highWatermark: bigint;
    readonly lastStableOffset: bigint;
    readonly logStartOffset: bigint;
    /** Where the last fetched epoch ends in this log, if the fetched records are no longer in it. */
    readonly divergingEpoch?: { readonly epoch: number; readonly endOffset: bigint };
    readonly abortedTransactions: readonly {
        readonly producerId: bigint;
        readonly firstOffset: bigint;
    }[];
    /** Whole batches, of which the last may be cut off. */
    readonly records: Buffer;
}

export interface FetchOptions {
    /** How long the broker may wait for the first byte. */
    readonly maxWaitMs: number;
    /** Most bytes of the response, which has at least one batch if there is any. */
    readonly maxBytes: number;
    readonly isolation: keyof typeof FetchIsolationLevels;
}

interface Fetched {
    readonly throttleTimeMs: number;
    readonly errorCode: number;
    readonly topics: readonly {
        /** The name, or the id. */
        readonly topic: string;
        readonly partitions: readonly (FetchedPartition & { readonly partition: number })[];
    }[];
}

type Topics = ReadonlyMap<string, readonly Led<FetchItem>[]>;

const KEY = 1;
const FIRST_WITH_IDS = 13;
/** Epoch of a fetch without a session: brokers keep few sessions, and consumers need them. */
const NO_SESSION = -1;
const BY_NAME = [12].map(api);
const BY_ID = [13, 14, 15, 16, 17].map(api);

function api(version: number) {
    return createAPI<[topics: Topics, options: FetchOptions], Fetched>(
        KEY,
        version,
        (topics: Topics, options: FetchOptions) => request(version, topics, options),
        (_correlationId, _key, _version, reader) => response(version, reader),
    );
}

/**
 * Fetches from partitions of one leader.
 * @returns the answer by item
 */
export async function fetchFrom<I extends FetchItem>(
    broker: Broker,
    led: readonly Led<I>[],
    options: FetchOptions,
): Promise<{
    readonly of: (item: I) => FetchedPartition | undefined;
    /** For how long the broker asks for no further request, because of a quota. */
    readonly throttleTimeMs: number;
}> {
    const hasIds = led.every(({ topicId }) => topicId !== undefined);
    const apis = hasIds ? [...BY_NAME, ...BY_ID] : BY_NAME;
    const isById = broker.newest(apis).version >= FIRST_WITH_IDS;
    const address = ({ item, topicId }: Led<FetchItem>) => (isById ? (topicId ?? "") : item.topic);
    const topics = new Map<string, Led<I>[]>();
    const addresses = new Map<FetchItem, string>();
    for (const one of led) {
        const partitions = topics.get(address(one)) ?? [];
        topics.set(address(one), partitions);
        partitions.push(one);
        addresses.set(one.item, address(one));
    }
    const answer = await broker.send(apis, topics, options);
    if (answer.errorCode !== 0) {
        throw new ProtocolError(answer.errorCode);
    }
    const found = new Map(
        answer.topics.flatMap(({ topic, partitions }) =>
            partitions.map((entry) => [`${topic}:${entry.partition}`, entry] as const),
        ),
    );
    return {
        of: (item) => found.get(`${addresses.get(item) ?? ""}:${item.partition}`),
        throttleTimeMs: answer.throttleTimeMs,
    };
}

function request(version: number, topics: Topics, options: FetchOptions): Writer {
    const writer = Writer.create();
    if (version < 15) {
        writer.appendInt32(-1); // no replica
    }
    return writer
        .appendInt32(options.maxWaitMs)
        .appendInt32(1)
        .appendInt32(options.maxBytes)
        .appendInt8(FetchIsolationLevels[options.isolation])
        .appendInt32(0)
        .appendInt32(NO_SESSION)
        .appendArray([...topics], (topicWriter, [topic, partitions]) => {
            if (version < FIRST_WITH_IDS) {
                topicWriter.appendString(topic);
            } else {
                topicWriter.appendUUID(topic);
            }
            topicWriter.appendArray([...partitions], (partitionWriter, { item, leaderEpoch }) => {
                partitionWriter
                    .appendInt32(item.partition)
                    .appendInt32(leaderEpoch)
                    .appendInt64(item.fetchOffset)
                    .appendInt32(item.lastFetchedEpoch)
                    .appendInt64(-1n)
                    .appendInt32(item.maxBytes);
            });
        })
        .appendArray([], () => undefined)
        .appendString("")
        .appendTaggedFields();
}

function response(version: number, reader: Reader): Fetched {
    const throttleTimeMs = reader.readInt32();
    const errorCode = reader.readInt16();
    reader.readInt32(); // session
    const topics = reader.readArray((topicReader) => ({
        topic: version < FIRST_WITH_IDS ? topicReader.readString() : topicReader.readUUID(),
        partitions: topicReader.readArray(fetchedPartition, true, false),
    }));
    return { throttleTimeMs, errorCode, topics };
}

function fetchedPartition(reader: Reader): FetchedPartition & { readonly partition: number } {
    const partition = reader.readInt32();
    const fetched = {
        partition,
        errorCode: reader.readInt16(),
        highWatermark: reader.readInt64(),
        lastStableOffset: reader.readInt64(),
        logStartOffset: reader.readInt64(),
        abortedTransactions:
            reader.readNullableArray((entry) => ({
                producerId: entry.readInt64(),
                firstOffset: entry.readInt64(),
            })) ?? [],
    };
    reader.readInt32(); // preferred read replica
    const records = reader.readNullableBytes() ?? Buffer.alloc(0);
    let divergingEpoch: FetchedPartition["divergingEpoch"];
    readKnownTaggedFields(reader, {
        0: (field) => {
            divergingEpoch = { epoch: field.readInt32(), endOffset: field.readInt64() };
        },
    });
    return { ...fetched, records, ...(divergingEpoch && { divergingEpoch }) };
}
