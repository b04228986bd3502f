import { setTimeout as sleep } from "node:timers/promises";
import type { BenchPair } from "./benchPair";
import { TopicEnd } from "./log/logEnd";
import { mirrorConfig } from "./mirrorRun";
import { type Load, producerRate, startProducer } from "./producerPerformance";
import type { Cell, LatencyLine } from "./result";

/** Loads in percent of the highest rate. */
export const LOADS = [20, 50, 80] as const;

const POLL_MS = 2;
const WARM_UP_SECONDS = 5;
const MEASURED_SECONDS = 10;
const DRAIN_MS = 60_000;

/** Each run uses a new topic, because Kafka deletes topics with a delay. */
let runs = 0;

type Measured = Omit<LatencyLine, "kind" | "cell" | "repetition" | "startedAt">;

/**
 * Writes to the source at a constant rate while MM2 runs, and polls the logs of both sides. The first
 * load is unlimited and determines the highest rate at the target while a producer writes, because the
 * producer takes its share of the machine.
 */
export async function latencyRun(pair: BenchPair, cell: Cell): Promise<Measured[]> {
    await pair.reset();
    const { recordBytes, partitions } = cell;
    runs += 1;
    const topic = `bench-latency-${runs}`;
    await pair.clients.source.createTopic(topic, { partitions });
    pair.networks.source.delay(0);
    pair.networks.target.delay(cell.roundTripMs / 2);
    await pair.update(mirrorConfig(cell, topic));
    const load = { connection: pair.cluster("source").adminConnection(), topic, recordBytes };
    const watch = (recordsPerSecond?: number) =>
        watchLoad(pair, cell, {
            ...load,
            records: 100_000_000,
            ...(recordsPerSecond !== undefined && { recordsPerSecond }),
        });
    const maximumRecordsPerSecond = (await watch()).targetRate;
    const found: Measured[] = [];
    for (const loadPercent of LOADS) {
        const seen = await watch((maximumRecordsPerSecond * loadPercent) / 100);
        found.push({
            loadPercent,
            maximumRecordsPerSecond,
            recordsPerSecond: seen.targetRate,
            seconds: MEASURED_SECONDS,
            p50Ms: quantile(seen.all, 0.5),
            p99Ms: quantile(seen.all, 0.99),
            maxMs: quantile(seen.all, 1),
        });
    }
    await pair.clients.source.deleteTopic(topic);
    return found;
}

/** Polls both logs while a producer writes, then stops it and waits until MM2 has caught up. */
async function watchLoad(pair: BenchPair, { partitions }: Cell, load: Load) {
    const { signal } = pair.supervisor;
    const end = (side: "source" | "target") =>
        new TopicEnd(pair.dataFolder(side), load.topic, partitions);
    const ends = { source: end("source"), target: end("target") };
    const sides = ["source", "target"] as const;
    const growth = {
        source: Array.from({ length: partitions }, noGrowth),
        target: Array.from({ length: partitions }, noGrowth),
    };
    const poll = () => {
        for (const side of sides) {
            const now = performance.now();
            for (const [partition, records] of ends[side].records().entries()) {
                grow(growth[side][partition] ?? noGrowth(), now, records);
            }
        }
    };
    try {
        poll();
        const producer = await startProducer(pair.supervisor, load);
        const before = ends.source.total();
        while (ends.source.total() === before) {
            if (!producer.running) {
                await producerRate(producer);
            }
            await sleep(POLL_MS, undefined, { signal });
        }
        const from = performance.now() + WARM_UP_SECONDS * 1000;
        const to = from + MEASURED_SECONDS * 1000;
        let atStart: number | undefined;
        while (performance.now() < to) {
            poll();
            if (atStart === undefined && performance.now() >= from) {
                atStart = ends.target.total();
            }
            await sleep(POLL_MS, undefined, { signal });
        }
        const targetRate = (ends.target.total() - (atStart ?? 0)) / MEASURED_SECONDS;
        await producer.stop(0);
        const deadline = performance.now() + DRAIN_MS;
        while (ends.target.total() < ends.source.total()) {
            if (performance.now() > deadline) {
                throw new Error(`MM2 did not catch up within ${DRAIN_MS / 1000} s`);
            }
            poll();
            await sleep(POLL_MS, undefined, { signal });
        }
        poll();
        const all = growth.source.flatMap((partition, index) =>
            delays(partition, growth.target[index] ?? noGrowth(), from, to),
        );
        return { targetRate, all };
    } finally {
        ends.source.close();
        ends.target.close();
    }
}

/** The record counts of a partition over time, oldest first; times in milliseconds. */
export interface Growth {
    readonly times: number[];
    readonly records: number[];
}

export function noGrowth(): Growth {
    return { times: [], records: [] };
}

/** Adds an observation when the count has grown. */
export function grow({ times, records }: Growth, time: number, seen: number): void {
    if (seen > (records.at(-1) ?? 0)) {
        times.push(time);
        records.push(seen);
    }
}

/** A number of records with the same latency. */
export interface Delay {
    readonly milliseconds: number;
    readonly records: number;
}

/**
 * The latencies of the records of a partition: from the poll that first saw a record at the source to
 * the poll that first saw it at the target. Counts only records that the source received between two
 * times.
 */
export function delays(source: Growth, target: Growth, fromMs: number, toMs: number): Delay[] {
    const found: Delay[] = [];
    let at = 0;
    let done = 0;
    for (const [index, time] of target.times.entries()) {
        const end = target.records[index] ?? 0;
        while (done < end && at < source.times.length) {
            const until = Math.min(end, source.records[at] ?? 0);
            const appended = source.times[at] ?? 0;
            if (until > done && appended >= fromMs && appended < toMs) {
                found.push({
                    milliseconds: Math.max(0, time - appended),
                    records: until - done,
                });
            }
            done = Math.max(done, until);
            if (done >= (source.records[at] ?? 0)) {
                at += 1;
            }
        }
    }
    return found;
}

/** The latency within which a share of the records arrived. */
export function quantile(all: readonly Delay[], share: number): number {
    const sorted = [...all].sort((one, other) => one.milliseconds - other.milliseconds);
    const total = sorted.reduce((sum, { records }) => sum + records, 0);
    let seen = 0;
    for (const { milliseconds, records } of sorted) {
        seen += records;
        if (seen >= total * share) {
            return milliseconds;
        }
    }
    return 0;
}
