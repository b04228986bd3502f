import { setTimeout as sleep } from "node:timers/promises";
import { describeCode, isMoving, type Led, type PartitionId } from "./askLeaders";
import type { Broker } from "./brokers";
import type { ClusterView } from "./clusterView";
import { committedBatches, type CommittedBatch } from "./committedBatches";
import {
    LogReadError,
    LogStalledError,
    type LogState,
    LogTruncatedError,
    RecordsDeletedError,
    TopicRecreatedError,
    UndecodableRecordsError,
    UnsupportedBrokerError,
} from "./errors";
import { type FetchedPartition, fetchFrom, type FetchItem } from "./fetch";
import { BatchFormatError, recordBatches } from "./recordBatches";

/** A range of the log of one partition. */
export interface PartitionRange extends PartitionId {
    readonly firstOffset: number;
    /** The offset after the last record. */
    readonly endOffset: number;
    /** Of the topic that is meant; by default whatever has its name when the first record is read. */
    readonly topicId?: string;
}

export interface ReadOptions {
    readonly signal?: AbortSignal;
    /**
     * How long a request may take, and how long to wait while nothing comes, in milliseconds; 30,000
     * by default.
     */
    readonly timeoutMs?: number;
}

/** Most bytes of a fetch, which has at least one batch: bounds the memory of a reader. */
const FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_WAIT_MS = 500;
const ATTEMPTS = 5;
const RETRY_DELAY_MS = 1000;
const OFFSET_OUT_OF_RANGE = 1;
/** Empty answers in a row after which a reader asks whether compaction removed the rest. */
const EMPTY_ANSWERS = 2;

/**
 * Reads the committed records of a range in order. The first and the last batch may have records
 * outside of it. Connects again when the leader moves or restarts.
 * @throws {LogReadError} when the log is not what it was: truncated, deleted, created again, damaged, or
 * nothing comes for `timeoutMs`
 * @throws after 5 failed attempts
 */
export async function* readCommitted(
    view: ClusterView,
    range: PartitionRange,
    options: ReadOptions,
): AsyncGenerator<CommittedBatch[], void, void> {
    const reader = new RangeReader(view, range, options);
    try {
        for (let batches = await reader.next(); batches; batches = await reader.next()) {
            yield batches;
        }
    } finally {
        await reader.close();
    }
}

/** One reader of a range. It has its own connection: brokers answer one request of a connection at a time. */
class RangeReader {
    private broker: Broker | undefined;
    private led: Omit<Led<unknown>, "item"> = { topicId: undefined, leaderEpoch: -1 };
    private topicId: string | undefined;
    private offset: bigint;
    private readEpoch = -1;
    private failures = 0;
    private emptyAnswers = 0;
    private lastProgress = performance.now();
    private readonly timeoutMs: number;

    constructor(
        private readonly view: ClusterView,
        private readonly range: PartitionRange,
        private readonly options: ReadOptions,
    ) {
        this.offset = BigInt(range.firstOffset);
        this.topicId = range.topicId;
        this.timeoutMs = options.timeoutMs ?? 30_000;
    }

    /** The batches of the next fetch, maybe none; undefined at the end of the range. */
    async next(): Promise<CommittedBatch[] | undefined> {
        const { signal } = this.options;
        while (this.offset < this.range.endOffset) {
            signal?.throwIfAborted();
            const fetched = await this.attempt();
            if (fetched === undefined) {
                await sleep(RETRY_DELAY_MS, undefined, { signal });
                continue;
            }
            const { batches, nextOffset, leaderEpoch } = this.decode(fetched);
            // The batch that has the requested offset in its middle begins before it.
            if (nextOffset !== undefined && nextOffset > this.offset) {
                this.offset = nextOffset;
                this.readEpoch = leaderEpoch ?? -1;
                this.emptyAnswers = 0;
                this.lastProgress = performance.now();
                return batches;
            }
            if (await this.isAtLastRecord(fetched)) {
                return undefined;
            }
        }
        return undefined;
    }

    async close(): Promise<void> {
        await this.broker?.raw.close();
        this.broker = undefined;
    }

    /** One fetch; undefined when it failed and may succeed later. */
    private async attempt(): Promise<(FetchedPartition & { isThrottled: boolean }) | undefined> {
        try {
            this.broker ??= await this.connect();
            const item: FetchItem = {
                topic: this.range.topic,
                partition: this.range.partition,
                fetchOffset: this.offset,
                lastFetchedEpoch: this.readEpoch,
                maxBytes: FETCH_BYTES,
            };
            const { of, throttleTimeMs } = await fetchFrom(this.broker, [{ ...this.led, item }], {
                maxWaitMs: FETCH_WAIT_MS,
                maxBytes: FETCH_BYTES,
                isolation: "READ_COMMITTED",
            });
            const fetched = of(item);
            if (fetched === undefined) {
                throw new Error(`${this.broker.description} answered without the partition`);
            }
            if (fetched.divergingEpoch !== undefined) {
                const { endOffset } = fetched.divergingEpoch;
                throw new LogTruncatedError(this.position(), Number(endOffset));
            }
            if (fetched.errorCode === OFFSET_OUT_OF_RANGE) {
                await this.explainOutOfRange();
            }
            if (fetched.errorCode !== 0) {
                throw new FetchFailedError(
                    `${this.broker.description}: ${describeCode(fetched.errorCode)}`,
                    isMoving(fetched.errorCode),
                );
            }
            this.failures = 0;
            await sleep(throttleTimeMs, undefined, { signal: this.options.signal });
            return { ...fetched, isThrottled: throttleTimeMs > 0 };
        } catch (error) {
            await this.close();
            this.failures += 1;
            const isFinal =
                error instanceof LogReadError ||
                error instanceof UnsupportedBrokerError ||
                (error instanceof FetchFailedError && !error.mayPass);
            if (isFinal || this.failures === ATTEMPTS) {
                throw error;
            }
            return undefined;
        }
    }

    private async connect(): Promise<Broker> {
        const { topic, partition } = this.range;
        const { topics } = await this.view.brokers.metadata([topic]);
        const [found] = topics;
        const led = found?.partitions[partition];
        if (found?.errorCode !== 0 || led === undefined || led.leader < 0) {
            const reason = found?.errorCode ? `: ${describeCode(found.errorCode)}` : "";
            throw new Error(`partition ${partition} of ${topic} has no leader${reason}`);
        }
        this.topicId ??= found.id;
        if (this.topicId !== undefined && found.id !== this.topicId) {
            throw new TopicRecreatedError(this.position(), this.topicId, found.id);
        }
        this.led = { topicId: found.id, leaderEpoch: led.leaderEpoch };
        return this.view.brokers.openOwn(led.leader, this.timeoutMs);
    }

    private decode(fetched: FetchedPartition): ReturnType<typeof committedBatches> {
        try {
            return committedBatches(recordBatches(fetched.records), fetched.abortedTransactions);
        } catch (error) {
            if (!(error instanceof BatchFormatError)) {
                throw error;
            }
            throw new UndecodableRecordsError(
                { ...this.position(), offset: Number(error.offset) },
                error,
            );
        }
    }

    /** @throws {LogReadError} when the log has no such offset; returns when it has it by now */
    private async explainOutOfRange(): Promise<void> {
        const { topic, partition } = this.range;
        const { topics } = await this.view.look([topic]);
        const looked = topics[0]?.partitions[partition];
        if (looked === undefined || !("known" in looked)) {
            return;
        }
        const { firstOffset, highWatermark } = looked.known;
        if (this.offset < firstOffset) {
            throw new RecordsDeletedError(this.position(), firstOffset);
        }
        if (this.offset > highWatermark) {
            throw new LogTruncatedError(this.position(), highWatermark);
        }
    }

    /**
     * Whether the rest of the range has no records, after an answer without any.
     * @throws {LogStalledError} when nothing has come for too long
     */
    private async isAtLastRecord({
        isThrottled,
        ...log
    }: FetchedPartition & { isThrottled: boolean }): Promise<boolean> {
        const end = this.range.endOffset;
        const isEmptyBeforeEnd =
            !isThrottled && log.highWatermark >= end && log.lastStableOffset >= end;
        this.emptyAnswers = isEmptyBeforeEnd ? this.emptyAnswers + 1 : 0;
        if (this.emptyAnswers === EMPTY_ANSWERS && (await this.isCompacted())) {
            return true;
        }
        const waitedMs = performance.now() - this.lastProgress;
        if (waitedMs >= this.timeoutMs) {
            const state: LogState = {
                firstOffset: Number(log.logStartOffset),
                lastStableOffset: Number(log.lastStableOffset),
                highWatermark: Number(log.highWatermark),
            };
            throw new LogStalledError(this.position(), state, this.timeoutMs);
        }
        return false;
    }

    /** Only compaction removes the last records of a log without a trace. */
    private async isCompacted(): Promise<boolean> {
        try {
            const configs = await this.view.topicConfigs([this.range.topic]);
            const policy = configs.get(this.range.topic)?.get("cleanup.policy")?.value;
            return policy?.includes("compact") ?? false;
        } catch {
            // Without the right to ask, the reader waits, and ends with an error.
            return false;
        }
    }

    private position() {
        const { topic, partition, endOffset } = this.range;
        return { topic, partition, offset: Number(this.offset), expectedEnd: endOffset };
    }
}

/** A broker refused to send records. */
class FetchFailedError extends Error {
    constructor(
        message: string,
        readonly mayPass: boolean,
    ) {
        super(message);
    }
}
