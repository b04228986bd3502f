import type { ClusterView } from "../../../kafka/clusterView";
import { readCommitted } from "../../../kafka/committedRecords";
import type { Looked, PartitionId } from "../../../kafka/askLeaders";
import type { CoordinatedTransaction } from "../../../kafka/openTransactions";
import type { OpenTransaction } from "./progress";
import type { LogPart } from "../../../kafka/firstRecords";

/** How brokers are asked for records. */
export interface Reading {
    readonly signal: AbortSignal;
    /** How long a request may take, in milliseconds. */
    readonly timeoutMs?: number;
}

/** The open transactions of each partition, with ages instead of times. */
export async function openTransactions(
    view: ClusterView,
    partitions: readonly PartitionId[],
): Promise<Looked<readonly OpenTransaction[]>[]> {
    const now = Date.now();
    return (await view.openTransactions(partitions)).map((looked) =>
        "unknown" in looked
            ? looked
            : {
                  known: looked.known.map(({ producerId, coordinator }) => ({
                      producerId,
                      coordinator: withAge(coordinator, now),
                  })),
              },
    );
}

function withAge(
    coordinator: Looked<CoordinatedTransaction | null>,
    now: number,
): OpenTransaction["coordinator"] {
    if ("unknown" in coordinator) {
        return coordinator;
    }
    if (coordinator.known === null) {
        return { known: null };
    }
    const { transactionalId, state, startedAt, timeoutMs } = coordinator.known;
    const seconds = Math.max(0, (now - startedAt) / 1000);
    return { known: { transactionalId, state, seconds, timeoutSeconds: timeoutMs / 1000 } };
}

/**
 * When the last committed record of a partition was written, in milliseconds since 1970; undefined
 * without one. A log may end with the markers of transactions, so this looks back until it finds one.
 */
export async function lastTimestamp(
    view: ClusterView,
    topic: string,
    partition: number,
    reading: Reading,
): Promise<number | undefined> {
    const look = await view.look([topic]);
    const log = look.topics[0]?.partitions[partition];
    if (log === undefined) {
        return undefined;
    }
    if ("unknown" in log) {
        throw new Error(log.unknown);
    }
    const { firstOffset: begin, lastStableOffset: endOffset } = log.known;
    for (let width = 4; ; width *= 4) {
        const firstOffset = Math.max(begin, endOffset - width);
        let last: number | undefined;
        for await (const timestamp of recordTimes(
            view,
            { topic, partition, firstOffset, endOffset },
            reading,
        )) {
            last = timestamp;
        }
        if (last !== undefined || firstOffset === begin) {
            return last;
        }
    }
}

/** When the committed records of a part were written, in order, in milliseconds since 1970. */
async function* recordTimes(
    view: ClusterView,
    part: LogPart,
    reading: Reading,
): AsyncGenerator<number, void, void> {
    for await (const batches of readCommitted(view, part, reading)) {
        for (const batch of batches) {
            for (const { offsetDelta, timestampDelta } of batch.records) {
                const offset = Number(batch.firstOffset) + offsetDelta;
                if (offset >= part.firstOffset && offset < part.endOffset) {
                    const appended = batch.appendTimestamp;
                    yield Number(appended ?? batch.firstTimestamp + timestampDelta);
                }
            }
        }
    }
}
