import { setTimeout as sleep } from "node:timers/promises";
import type { Looked } from "../../../kafka/askLeaders";
import type { ClusterLook } from "../../../kafka/logLook";
import type { FirstRecord, LogPart } from "../../../kafka/firstRecords";
import type { MirroredOffset } from "../../../strimzi/builders/startPositions";
import { LagWatch } from "./lagWatch";
import type { ProgressRequest } from "./mirrorOperations";
import {
    type HeldPartition,
    isOpenLonger,
    type MirrorProgress,
    nextOffset,
    type OpenTransaction,
    type PartitionProgress,
    partitionName,
    progressOf,
} from "./progress";

/** What the progress of a mirror is seen by. */
export interface ProgressView {
    readonly mirroredOffsets: () => Promise<readonly MirroredOffset[]>;
    readonly look: () => Promise<ClusterLook>;
    /** The first record of each part, in the same order; undefined where there is none. */
    readonly firstRecords: (
        parts: readonly LogPart[],
    ) => Promise<readonly Looked<FirstRecord | undefined>[]>;
    /** The open transactions of each partition, in the same order. */
    readonly openTransactions: (
        partitions: readonly { readonly topic: string; readonly partition: number }[],
    ) => Promise<readonly Looked<readonly OpenTransaction[]>[]>;
}

const POLL_MS = 1000;

/**
 * The progress of a mirror. Where records wait, it looks again until everything is mirrored that the
 * first look saw, or until `watchSeconds` have passed.
 */
export async function watchedProgress(
    view: ProgressView,
    { records, watchSeconds }: ProgressRequest,
    signal: AbortSignal,
    pollMs = POLL_MS,
): Promise<MirrorProgress> {
    const watch = new LagWatch();
    const started = performance.now();
    const read = new RecordReader(view);
    for (;;) {
        signal.throwIfAborted();
        // First what was mirrored, then the logs: they can only have grown since.
        const mirrored = await view.mirroredOffsets();
        const asked = performance.now();
        const look = await view.look();
        const answered = performance.now();
        const found = progressOf(look, mirrored);
        watch.add(
            { asked, answered },
            new Map(found.partitions.map((at) => [partitionName(at), at.endOffset])),
        );
        const { partitions, unknown } = records
            ? await read.first(found.partitions)
            : { partitions: found.partitions, unknown: [] };
        const held = await heldPartitions(view, partitions);
        const now = performance.now();
        const progress: MirrorProgress = {
            ...found,
            partitions: partitions.map((at) => withAge(at, watch, now)),
            unknown: [...found.unknown, ...unknown],
            held,
        };
        const isOver = now - started >= watchSeconds * 1000;
        if (
            isOver ||
            progress.partitions.every((at) => isDecided(at, watch, progress, watchSeconds))
        ) {
            return progress;
        }
        await sleep(pollMs, undefined, { signal });
    }
}

function isWaiting({ lag, lagRecords }: PartitionProgress): boolean {
    return lag > 0 && lagRecords !== 0;
}

/** Whether a further look would tell nothing new about how long the records of a partition wait. */
function isDecided(
    at: PartitionProgress,
    watch: LagWatch,
    { held, unknown }: MirrorProgress,
    seconds: number,
): boolean {
    const { lagSeconds = {} } = at;
    const firstEnd = watch.firstEnd(partitionName(at));
    const isHere = ({ topic, partition }: { topic: string; partition?: number }) =>
        topic === at.topic && partition === at.partition;
    return (
        !isWaiting(at) ||
        unknown.some(isHere) ||
        (firstEnd !== undefined && nextOffset(at) >= firstEnd) ||
        (lagSeconds.atLeast !== undefined && lagSeconds.atLeast === lagSeconds.atMost) ||
        held.some(
            (partition) =>
                isHere(partition) &&
                nextOffset(at) >= at.stableOffset &&
                "known" in partition.transactions &&
                partition.transactions.known.some((open) => isOpenLonger(open, seconds)),
        )
    );
}

function withAge(at: PartitionProgress, watch: LagWatch, now: number): PartitionProgress {
    if (!isWaiting(at)) {
        return at;
    }
    const { lagSeconds: appended, ...rest } = at;
    const watched = watch.boundsOf(partitionName(at), nextOffset(at), now);
    return { ...rest, lagSeconds: appended ?? watched };
}

async function heldPartitions(
    view: ProgressView,
    partitions: readonly PartitionProgress[],
): Promise<HeldPartition[]> {
    const held = partitions.filter(
        ({ lag, stableOffset, endOffset }) => lag > 0 && stableOffset < endOffset,
    );
    const transactions = held.length === 0 ? [] : await view.openTransactions(held);
    return held.map(({ topic, partition, stableOffset, endOffset }, index) => ({
        topic,
        partition,
        offsets: endOffset - stableOffset,
        transactions: transactions[index] ?? { unknown: "the brokers do not tell" },
    }));
}

/** Reads the first record of each lag, each of them once. */
class RecordReader {
    private readonly found = new Map<string, FirstRecord>();

    constructor(private readonly view: Pick<ProgressView, "firstRecords">) {}

    /** Adds what the record tells that waits longest, or that no record waits. */
    async first(partitions: readonly PartitionProgress[]) {
        const unasked = partitions.filter((at) => at.lag > 0 && !this.found.has(keyOf(at)));
        const records =
            unasked.length === 0 ? [] : await this.view.firstRecords(unasked.map(partOf));
        const unread = new Map<string, string>();
        const found = new Map(this.found);
        for (const [index, at] of unasked.entries()) {
            const record = records[index] ?? { unknown: "a broker answered without it" };
            if ("unknown" in record) {
                unread.set(keyOf(at), record.unknown);
            } else if (record.known !== undefined) {
                found.set(keyOf(at), record.known);
                // What an open transaction holds may be aborted yet, and then is no record any more.
                if (!record.known.isBehindOpenTransaction) {
                    this.found.set(keyOf(at), record.known);
                }
            }
        }
        return {
            partitions: partitions.map((at) =>
                unread.has(keyOf(at)) ? at : withRecord(at, found.get(keyOf(at))),
            ),
            unknown: partitions.flatMap((at) => {
                const reason = unread.get(keyOf(at));
                const { topic, partition } = at;
                return reason === undefined
                    ? []
                    : [{ topic, partition, unknown: `its records cannot be read: ${reason}` }];
            }),
        };
    }
}

function withRecord(at: PartitionProgress, record: FirstRecord | undefined): PartitionProgress {
    if (record === undefined) {
        return { ...at, lagRecords: 0 };
    }
    if (record.timestamp < 0) {
        return at;
    }
    const stampedSeconds = (Date.now() - record.timestamp) / 1000;
    return { ...at, stampedSeconds, ...appendAge(record, stampedSeconds) };
}

/** The age by the broker's clock, which no producer sets. A clock ahead of this one proves nothing. */
function appendAge(
    { isAppendTime }: FirstRecord,
    seconds: number,
): Pick<PartitionProgress, "lagSeconds"> {
    return isAppendTime && seconds >= 0
        ? { lagSeconds: { atLeast: seconds, atMost: seconds } }
        : {};
}

function keyOf(at: PartitionProgress): string {
    return `${partitionName(at)}@${nextOffset(at)}`;
}

function partOf(at: PartitionProgress): LogPart {
    const { topic, partition, endOffset } = at;
    return { topic, partition, firstOffset: nextOffset(at), endOffset };
}
