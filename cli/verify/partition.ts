import type { ClusterView } from "../../kafka/clusterView";
import { readCommitted } from "../../kafka/committedRecords";
import type { ComparisonOptions, ComparisonResult } from "./comparisonResult";
import { Digester } from "./digest";
import type { DigestedRecords } from "./lookahead";
import { PartitionComparison } from "./partitionComparison";

/** One partition, where it is at both sites, and what of it is compared. */
export interface PartitionPair extends ComparisonOptions {
    readonly partition: number;
    readonly sourceTopic: string;
    readonly targetTopic: string;
    /** Whether the target's brokers put their own time on records, instead of the source's. */
    readonly targetStamps: boolean;
}

/** Reads both logs once and compares them. @param onRecords is told of records read, of both sides */
export async function comparePartition(
    views: { readonly source: ClusterView; readonly target: ClusterView },
    pair: PartitionPair,
    options: {
        readonly signal?: AbortSignal;
        readonly timeoutMs?: number;
        readonly onRecords?: (records: number) => void;
    } = {},
): Promise<ComparisonResult> {
    const comparison = new PartitionComparison(pair);
    const digester = new Digester(!pair.targetStamps);
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const open = (side: "source" | "target") => {
        const { firstOffset, endOffset } = pair[side];
        const topic = side === "source" ? pair.sourceTopic : pair.targetTopic;
        const range = { topic, partition: pair.partition, firstOffset, endOffset };
        return new Ahead(readCommitted(views[side], range, { ...options, signal }), (batches) =>
            digester.digest(batches, firstOffset, endOffset),
        );
    };
    const readers = { source: open("source"), target: open("target") };
    try {
        for (let side = comparison.wants; side !== undefined; side = comparison.wants) {
            const records = await readers[side].next();
            if (records === undefined) {
                comparison.end(side);
            } else {
                comparison.feed(side, records);
                options.onRecords?.(records.digests.length);
            }
        }
        return comparison.result();
    } finally {
        stop.abort();
        await Promise.all([readers.source.close(), readers.target.close()]);
    }
}

/** Asks for the next batches while the present ones are looked at. */
class Ahead<Batches> {
    private pending: Promise<IteratorResult<Batches, void>>;

    constructor(
        private readonly batches: AsyncGenerator<Batches, void, void>,
        private readonly digest: (batches: Batches) => DigestedRecords,
    ) {
        this.pending = this.ask();
    }

    async next(): Promise<DigestedRecords | undefined> {
        const result = await this.pending;
        if (result.done === true) {
            return undefined;
        }
        this.pending = this.ask();
        return this.digest(result.value);
    }

    /** To be called when the reader's signal is aborted. */
    async close(): Promise<void> {
        await this.pending.catch(() => undefined);
        await this.batches.return();
    }

    private ask(): Promise<IteratorResult<Batches, void>> {
        const asked = this.batches.next();
        // Its error is for whoever asks next; nobody may.
        asked.catch(() => undefined);
        return asked;
    }
}
