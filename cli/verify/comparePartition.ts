import type { ClusterView } from "../../kafka/clusterView";
import { readCommitted } from "../../kafka/committedRecords";
import type { Ends, MirrorEnd } from "../shared/mirror/ends";
import type { ComparisonOptions, ComparisonResult } from "./comparisonResult";
import { Digester } from "./digest";
import { PartitionComparison } from "./partitionComparison";
import type { DigestedRecords } from "./recordWindows";

/** One partition at both ends of a mirror, and what of it is compared. */
export interface PartitionPair extends ComparisonOptions {
    readonly partition: number;
    /** Names of the topic. */
    readonly topics: Ends<string>;
    /** Ids of the topic, where they are known: a topic that is created again is another one. */
    readonly ids?: Ends<string | undefined>;
    /** Whether timestamps are replaced, at the brokers of `to` or on the way there: not compared then. */
    readonly isRestamped: boolean;
}

/** Reads both logs once and compares them. @param onRecords gets the number of records just read */
export async function comparePartition(
    views: Ends<ClusterView>,
    pair: PartitionPair,
    options: {
        readonly signal?: AbortSignal;
        /** How long a request to a broker may take, in milliseconds. */
        readonly timeoutMs?: number;
        readonly onRecords?: (records: number) => void;
    } = {},
): Promise<ComparisonResult> {
    const comparison = new PartitionComparison(pair);
    const digester = new Digester(!pair.isRestamped);
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const open = (end: MirrorEnd) => {
        const { firstOffset, endOffset } = pair[end];
        const topicId = pair.ids?.[end];
        const range = {
            topic: pair.topics[end],
            partition: pair.partition,
            firstOffset,
            endOffset,
            ...(topicId !== undefined && { topicId }),
        };
        return new Prefetch(readCommitted(views[end], range, { ...options, signal }), (batches) =>
            digester.digest(batches, firstOffset, endOffset),
        );
    };
    const readers = { from: open("from"), to: open("to") };
    try {
        for (let end = comparison.wants; end !== undefined; end = comparison.wants) {
            const records = await readers[end].next();
            if (records === undefined) {
                comparison.end(end);
            } else {
                comparison.feed(end, records);
                options.onRecords?.(records.digests.length);
            }
        }
        return comparison.result();
    } finally {
        stop.abort();
        await Promise.all([readers.from.close(), readers.to.close()]);
    }
}

/** Requests the next batches while the current ones are compared. */
class Prefetch<Batches> {
    private requested: Promise<IteratorResult<Batches, void>>;

    constructor(
        private readonly batches: AsyncGenerator<Batches, void, void>,
        private readonly digest: (batches: Batches) => DigestedRecords,
    ) {
        this.requested = this.request();
    }

    async next(): Promise<DigestedRecords | undefined> {
        const result = await this.requested;
        if (result.done === true) {
            return undefined;
        }
        this.requested = this.request();
        return this.digest(result.value);
    }

    /** Call it after the reader's signal is aborted. */
    async close(): Promise<void> {
        await this.requested.catch(() => undefined);
        await this.batches.return();
    }

    private request(): Promise<IteratorResult<Batches, void>> {
        const batches = this.batches.next();
        // `next` and `close` handle the error; until one is called it must not be unhandled.
        batches.catch(() => undefined);
        return batches;
    }
}
