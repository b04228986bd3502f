import { setTimeout as sleep } from "node:timers/promises";
import {
    type Connection,
    FetchIsolationLevels,
    fetchV17,
    type KafkaRecord,
} from "@platformatic/kafka";
import type { ClusterView } from "./clusterView";
import { openConnection } from "./connection";
import { isOffsetOutOfRange } from "./errors";
import type { PartitionRange } from "./partitionReader";

/** Records of one batch of a log, all of them committed. */
export interface CommittedBatch {
    readonly firstOffset: bigint;
    readonly firstTimestamp: bigint;
    /** Set where the broker replaced the producers' timestamps (`LogAppendTime`). */
    readonly appendTimestamp?: bigint;
    /** Their offsets and timestamps are differences to the first ones of the batch. */
    readonly records: readonly KafkaRecord[];
}

/** Most bytes of a fetch, which has at least one batch: bounds the memory of a reader. */
const FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_WAIT_MS = 500;
const ATTEMPTS = 5;
const RETRY_DELAY_MS = 1000;

const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const ABORT_MARKER = 0;

type Fetched = fetchV17.FetchResponsePartition;

/**
 * The batches without transaction markers and aborted records. The client's own filter lets an aborted
 * record pass when its marker is not in the same fetch, or when the same producer aborted twice; this
 * follows Kafka's Java consumer.
 */
export function committedBatches({ records, abortedTransactions }: Fetched): {
    readonly batches: CommittedBatch[];
    /** The offset after the last batch, with records or without. */
    readonly nextOffset?: bigint;
} {
    const aborted = [...(abortedTransactions ?? [])].sort((one, other) =>
        one.firstOffset < other.firstOffset ? -1 : 1,
    );
    const abortedProducers = new Set<bigint>();
    const batches: CommittedBatch[] = [];
    let nextOffset: bigint | undefined;
    for (const batch of records ?? []) {
        const { firstOffset, firstTimestamp, maxTimestamp, attributes, producerId } = batch;
        const lastOffset = firstOffset + BigInt(batch.lastOffsetDelta);
        nextOffset = lastOffset + 1n;
        while (aborted[0] !== undefined && aborted[0].firstOffset <= lastOffset) {
            abortedProducers.add(aborted[0].producerId);
            aborted.shift();
        }
        if ((attributes & CONTROL) !== 0) {
            if (batch.records[0]?.key?.readInt16BE(2) === ABORT_MARKER) {
                abortedProducers.delete(producerId);
            }
        } else if ((attributes & TRANSACTIONAL) === 0 || !abortedProducers.has(producerId)) {
            const appended = (attributes & LOG_APPEND_TIME) !== 0;
            batches.push({
                firstOffset,
                firstTimestamp,
                ...(appended && { appendTimestamp: maxTimestamp }),
                records: batch.records,
            });
        }
    }
    return { batches, ...(nextOffset !== undefined && { nextOffset }) };
}

/**
 * Reads the committed records of a range in order. The first and the last batch may have records
 * outside of it. Connects again when the leader moves or restarts.
 * @throws when retention deletes the next offset meanwhile, or after 5 failed attempts
 */
export async function* readCommitted(
    view: ClusterView,
    { topic, partition, firstOffset, endOffset }: PartitionRange,
    { signal, timeoutMs = 30_000 }: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): AsyncGenerator<CommittedBatch[], void, void> {
    let raw: Connection | undefined;
    let topicId = "";
    let next = BigInt(firstOffset);
    let failures = 0;
    try {
        while (next < endOffset) {
            signal?.throwIfAborted();
            let fetched: Fetched | undefined;
            try {
                if (raw === undefined) {
                    const found = await view.topic(topic);
                    const leader = found.leaders[partition];
                    if (leader === undefined) {
                        throw new Error(`partition ${partition} of ${topic} has no leader`);
                    }
                    topicId = found.id;
                    raw = await openConnection(
                        { ...view.connection, bootstrapServers: leader },
                        "kafka-dr-reader",
                        timeoutMs,
                    );
                }
                fetched = await fetchPartition(raw, topicId, partition, next);
                failures = 0;
            } catch (error) {
                await raw?.close();
                raw = undefined;
                failures += 1;
                if (isOffsetOutOfRange(error)) {
                    throw new Error(
                        `${topic}:${partition} no longer has offset ${next}: retention deleted it during the comparison; start again`,
                        { cause: error },
                    );
                }
                if (failures === ATTEMPTS) {
                    throw error;
                }
                await sleep(RETRY_DELAY_MS, undefined, { signal });
                continue;
            }
            const { batches, nextOffset } = committedBatches(fetched);
            // The batch that has the requested offset in its middle begins before it.
            next = nextOffset !== undefined && nextOffset > next ? nextOffset : next;
            yield batches;
        }
    } finally {
        await raw?.close();
    }
}

async function fetchPartition(
    raw: Connection,
    topicId: string,
    partition: number,
    fetchOffset: bigint,
): Promise<Fetched> {
    const wanted = {
        partition,
        currentLeaderEpoch: -1,
        fetchOffset,
        lastFetchedEpoch: -1,
        partitionMaxBytes: FETCH_BYTES,
    };
    const { responses } = await fetchV17.api.async(
        raw,
        FETCH_WAIT_MS,
        1,
        FETCH_BYTES,
        FetchIsolationLevels.READ_COMMITTED,
        0,
        0,
        [{ topicId, partitions: [wanted] }],
        [],
        "",
    );
    const fetched = responses[0]?.partitions[0];
    if (fetched === undefined) {
        throw new Error(`a broker answered without partition ${partition}`);
    }
    return fetched;
}
