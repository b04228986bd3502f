import { setTimeout as sleep } from "node:timers/promises";
import {
    type Answer,
    askLeaders,
    type AnswersFor,
    type Led,
    type Looked,
    type PartitionId,
} from "./askLeaders";
import type { Broker, Brokers } from "./brokers";
import { committedBatches, type CommittedBatch } from "./committedBatches";
import { type FetchedPartition, fetchFrom, type FetchItem } from "./fetch";
import { BatchFormatError, recordBatches } from "./recordBatches";

/** A part of a log in which the first record is wanted. */
export interface LogPart extends PartitionId {
    readonly firstOffset: number;
    /** Exclusive. */
    readonly endOffset: number;
}

/** Where and when the first record of a part is. */
export interface FirstRecord {
    readonly offset: number;
    /** Milliseconds since 1970, of the producer or, with `LogAppendTime`, of the broker; -1 for none. */
    readonly timestamp: number;
    /** Whether the broker set the timestamp (`LogAppendTime`), and not the producer. */
    readonly isAppendTime: boolean;
    /** Whether a transaction was open before it, so that it may be aborted yet. */
    readonly isBehindOpenTransaction: boolean;
}

/** Most bytes of one response: bounds the memory of a look. */
const RESPONSE_BYTES = 8 * 1024 * 1024;
/** Bytes that a partition gets at first; they double while it has no record among them. */
const PARTITION_BYTES = 32 * 1024;
const OFFSET_OUT_OF_RANGE = 1;
/** Requests without any progress, and how long each of them waits for a broker that reads slowly. */
const MOST_ROUNDS_IN_VAIN = 10;
const WAIT_MS = 500;

/**
 * The first record of each part, undefined where it holds none: transaction markers and records of
 * aborted transactions do not count. Asks each leader for all of its partitions at once.
 * @throws {RangeError} when a partition is named twice: a fetch has one offset for each
 */
export async function firstRecords(
    brokers: Brokers,
    parts: readonly LogPart[],
): Promise<Looked<FirstRecord | undefined>[]> {
    const wanted = parts.filter(({ firstOffset, endOffset }) => firstOffset < endOffset);
    if (
        new Set(wanted.map(({ topic, partition }) => `${topic}:${partition}`)).size < wanted.length
    ) {
        throw new RangeError("one partition is named twice");
    }
    const looked = await askLeaders(brokers, wanted, firstOf);
    const found = new Map(wanted.map((part, index) => [part, looked[index]]));
    return parts.map((part) => found.get(part) ?? { known: undefined });
}

/** A part whose first record is not found yet. */
class Search {
    /** The next offset to read. */
    offset: bigint;
    bytes = PARTITION_BYTES;
    /** Behind the last stable offset, brokers do not tell yet what will be aborted. */
    isBehindStable = false;
    answer: Answer<FirstRecord | undefined> | undefined;

    constructor(readonly led: Led<LogPart>) {
        this.offset = BigInt(led.item.firstOffset);
    }

    get request(): Led<FetchItem & { readonly search: Search }> {
        const { topic, partition } = this.led.item;
        const item = {
            topic,
            partition,
            fetchOffset: this.offset,
            lastFetchedEpoch: -1,
            maxBytes: this.bytes,
            search: this,
        };
        return { ...this.led, item };
    }

    /** @returns whether the search is any further */
    take(fetched: FetchedPartition): boolean {
        if (fetched.errorCode === OFFSET_OUT_OF_RANGE && fetched.logStartOffset > this.offset) {
            // Retention is faster than this look: the log begins later now.
            this.offset = fetched.logStartOffset;
            return true;
        }
        if (fetched.errorCode !== 0) {
            this.answer = { errorCode: fetched.errorCode };
            return true;
        }
        try {
            const { batches, nextOffset } = committedBatches(
                recordBatches(fetched.records),
                fetched.abortedTransactions,
            );
            return this.takeBatches(batches, nextOffset ?? this.offset, fetched);
        } catch (error) {
            if (!(error instanceof BatchFormatError)) {
                throw error;
            }
            this.answer = { reason: `offset ${error.offset} cannot be read: ${error.message}` };
            return true;
        }
    }

    private takeBatches(
        batches: readonly CommittedBatch[],
        nextOffset: bigint,
        { lastStableOffset, highWatermark }: FetchedPartition,
    ): boolean {
        const before = this.offset;
        this.offset = nextOffset > before ? nextOffset : before;
        const found = this.firstIn(batches);
        if (found !== undefined) {
            this.answer = { known: found };
        } else if (this.offset >= this.led.item.endOffset || this.offset >= highWatermark) {
            this.answer = { known: undefined };
        } else if (!this.isBehindStable && this.offset >= lastStableOffset) {
            this.isBehindStable = true;
            return true;
        } else {
            // A batch that is larger than this is left out too.
            this.bytes = Math.min(2 * this.bytes, RESPONSE_BYTES);
        }
        return this.answer !== undefined || this.offset > before;
    }

    private firstIn(batches: readonly CommittedBatch[]): FirstRecord | undefined {
        const { firstOffset, endOffset } = this.led.item;
        for (const batch of batches) {
            for (const { offsetDelta, timestampDelta } of batch.records) {
                const offset = Number(batch.firstOffset) + offsetDelta;
                if (offset >= firstOffset && offset < endOffset) {
                    return {
                        offset,
                        timestamp: Number(
                            batch.appendTimestamp ?? batch.firstTimestamp + timestampDelta,
                        ),
                        isAppendTime: batch.appendTimestamp !== undefined,
                        isBehindOpenTransaction: this.isBehindStable,
                    };
                }
            }
        }
        return undefined;
    }
}

async function firstOf(
    broker: Broker,
    led: readonly Led<LogPart>[],
): Promise<AnswersFor<LogPart, FirstRecord | undefined>> {
    const searches = led.map((one) => new Search(one));
    const answers = new Map(searches.map((search) => [search.led.item, search]));
    let pending = searches;
    let roundsInVain = 0;
    // A full response leaves out partitions; the first one of a request always gets a batch.
    while (pending.length > 0) {
        const isWaiting = roundsInVain > 0;
        const hasProgress = await searchOnce(broker, pending, isWaiting ? WAIT_MS : 0);
        roundsInVain = hasProgress ? 0 : roundsInVain + 1;
        if (roundsInVain === MOST_ROUNDS_IN_VAIN) {
            for (const search of pending) {
                search.answer = { reason: `${broker.description} sends no record of it` };
            }
        }
        pending = pending.filter(({ answer }) => answer === undefined);
    }
    return (item) => answers.get(item)?.answer;
}

/** One request for the parts whose records are committed, and one for those that are not yet. */
async function searchOnce(
    broker: Broker,
    pending: readonly Search[],
    maxWaitMs: number,
): Promise<boolean> {
    let hasProgress = false;
    for (const isBehindStable of [false, true]) {
        const requests = pending
            .filter((search) => search.isBehindStable === isBehindStable)
            .map(({ request }) => request);
        if (requests.length === 0) {
            continue;
        }
        const { of, throttleTimeMs } = await fetchFrom(broker, requests, {
            maxWaitMs,
            maxBytes: RESPONSE_BYTES,
            isolation: isBehindStable ? "READ_UNCOMMITTED" : "READ_COMMITTED",
        });
        for (const { item } of requests) {
            const fetched = of(item);
            hasProgress = (fetched !== undefined && item.search.take(fetched)) || hasProgress;
        }
        await sleep(throttleTimeMs);
    }
    return hasProgress;
}
