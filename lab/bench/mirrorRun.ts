import { setTimeout as sleep } from "node:timers/promises";
import { apiVersionsV3 } from "@platformatic/kafka";
import { parseMetrics } from "../../cli/metrics/prometheusText";
import { workerMetrics, type WorkerMetrics } from "../../cli/metrics/workerMetrics";
import { withConnection } from "../../kafka/rawConnection";
import { cpuSeconds } from "../process/procfs";
import { ensureBacklog } from "./backlog";
import type { BenchPair } from "./benchPair";
import { MIRROR } from "./benchStack";
import { configurationOf, mirrorSettings } from "./configurations";
import { isFarSource } from "./grid";
import { TopicEnd } from "./log/logEnd";
import { continuity, firstDifference } from "./log/sameRecords";
import type { Cell, JvmName, MirrorLine } from "./result";
import { median } from "./statistics";
import { UsageMeter } from "./usage";

/** Requests of which the median is the round trip. */
const ROUND_TRIP_REQUESTS = 9;
const REQUEST_TIMEOUT_MS = 10_000;
const FIRST_LOOK_MS = 5;
const LOOK_MS = 20;
const METRICS_EVERY_MS = 5000;
/** A mirror that makes no progress for so long has failed; a rebalance of Connect may take half. */
const STALLED_MS = 120_000;

type Measured = Omit<MirrorLine, "kind" | "cell" | "repetition" | "startedAt">;

/**
 * The tutorial's measurement: MM2 at 0, the source filled, MM2 at 1; timed from the first record at
 * the target until it has all of them. Then the logs of both sides are compared, record by record.
 * @throws when a record is missing, repeated, changed or out of its order
 */
export async function mirrorRun(
    pair: BenchPair,
    cell: Cell,
    records: number,
    /** Called when half of the records are there; then repetitions are no failure. */
    { atHalf }: { readonly atHalf?: () => Promise<void> } = {},
): Promise<Measured> {
    await pair.reset();
    const topic = await ensureBacklog(pair, { ...cell, records });
    const farSite = isFarSource(cell) ? "source" : "target";
    pair.networks.source.delay(0);
    pair.networks.target.delay(0);
    pair.networks[farSite].delay(cell.roundTripMs / 2);
    const target = new TopicEnd(pair.dataFolder("target"), topic, cell.partitions);
    try {
        const begun = performance.now();
        const started = pair.update(mirrorConfig(cell, topic));
        const failed = new AbortController();
        started.catch((error: unknown) => {
            failed.abort(error);
        });
        const signal = AbortSignal.any([pair.supervisor.signal, failed.signal]);
        await growth(target, 1, FIRST_LOOK_MS, signal);
        const first = performance.now();
        const meters = usageMeters(pair);
        const proxyCpu = cpuSeconds(process.pid);
        const metrics = new MetricsReader(pair);
        const look = () => metrics.look();
        await growth(target, records / 2, LOOK_MS, signal, look);
        const half = performance.now();
        await atHalf?.();
        await growth(target, records, LOOK_MS, signal, look);
        const end = performance.now();
        const jvms = {
            mirrorMaker: meters.mirrorMaker.read(),
            source: meters.source.read(),
            target: meters.target.read(),
        };
        const proxyCpuSeconds = cpuSeconds(process.pid) - proxyCpu;
        await metrics.look();
        await started;
        const measuredRoundTripMs = await measureRoundTrip(pair, farSite);
        await pair.update({ "kafka-dr:mirror.replicas": 0 });
        const verify = atHalf === undefined ? compare : compareContinuity;
        verify(pair, topic, { partitions: cell.partitions, records });
        return {
            records,
            seconds: (end - first) / 1000,
            secondHalfSeconds: (end - half) / 1000,
            megabytes: (records * cell.recordBytes) / 1e6,
            startSeconds: (first - begun) / 1000,
            measuredRoundTripMs,
            ...metrics.found,
            jvms,
            proxyCpuSeconds,
        };
    } finally {
        target.close();
    }
}

/** The config of the stack for a cell: MM2 at 1. */
export function mirrorConfig(cell: Cell, topic: string) {
    const near = cell.transport === "tls" ? "tls" : "plain";
    const [source, target] = isFarSource(cell) ? [`${near}far`, near] : [near, `${near}far`];
    return {
        "kafka-dr:mirror.replicas": 1,
        "kafka-dr:mirror.tasksMax": cell.partitions,
        "kafka-dr:mirror.topicsPattern": topic,
        "kafka-dr:mirror.sourceListener": source,
        "kafka-dr:mirror.targetListener": target,
        ...mirrorSettings(configurationOf(cell)),
    };
}

/**
 * Waits until the target has so many records.
 * @param tell is called every five seconds
 * @throws when it gets no more for a minute
 */
async function growth(
    target: TopicEnd,
    records: number,
    everyMs: number,
    signal: AbortSignal,
    tell: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
    let present = 0;
    let changed = performance.now();
    let told = changed;
    for (;;) {
        const now = performance.now();
        const found = target.total();
        changed = found > present ? now : changed;
        present = found;
        if (present >= records) {
            return;
        }
        if (now - changed > STALLED_MS) {
            throw new Error(
                `${present} of ${records} records, then none for ${STALLED_MS / 1000} s`,
            );
        }
        if (now - told > METRICS_EVERY_MS) {
            told = now;
            await tell();
        }
        await sleep(everyMs, undefined, { signal });
    }
}

function usageMeters(pair: BenchPair): Record<JvmName, UsageMeter> {
    const { source, target, mirrorMaker } = pair.jvms;
    const meter = ({ pid, gcLog }: { pid: number; gcLog: string }) => new UsageMeter(pid, gcLog);
    return { source: meter(source), target: meter(target), mirrorMaker: meter(mirrorMaker) };
}

/** What the tutorial reads from port 9404. */
class MetricsReader {
    private latest: WorkerMetrics | undefined;
    private recordsLagMax: number | null = null;

    constructor(private readonly pair: BenchPair) {}

    async look(): Promise<void> {
        const url = this.pair.mirrorMaker.workers[0]?.metricsUrl;
        if (url === undefined) {
            return;
        }
        const text = await (await fetch(url, { signal: this.pair.supervisor.signal })).text();
        this.latest = workerMetrics(MIRROR, parseMetrics(text));
        for (const { recordsLag } of this.latest.topics) {
            this.recordsLagMax = Math.max(this.recordsLagMax ?? 0, recordsLag ?? 0);
        }
    }

    get found() {
        const writers = (this.latest?.producers ?? []).filter(({ clientId }) =>
            clientId.startsWith("connector-producer-"),
        );
        const busiest = writers
            .filter(({ batchSizeAvgBytes }) => batchSizeAvgBytes !== null)
            .sort((one, other) => (other.batchSizeAvgBytes ?? 0) - (one.batchSizeAvgBytes ?? 0))[0];
        return {
            batchSizeAvg: busiest?.batchSizeAvgBytes ?? null,
            requestLatencyAvgMs: busiest?.requestLatencyAvgMs ?? null,
            recordsLagMax: this.recordsLagMax,
        };
    }
}

/**
 * After an interruption Connect may start its tasks again, which repeat what they had not committed.
 * @throws with the first record that is missing or out of order, by partition
 */
function compareContinuity(pair: BenchPair, topic: string, backlog: Extent): void {
    for (let partition = 0; partition < backlog.partitions; partition++) {
        const folder = `${pair.dataFolder("target")}/${topic}-${partition}`;
        const { problem } = continuity(folder, { ...backlog, partition });
        if (problem !== undefined) {
            throw new Error(`${topic}:${partition}: ${problem}`);
        }
    }
}

type Extent = Readonly<Record<"partitions" | "records", number>>;

/** @throws with the first record that differs, by partition */
function compare(pair: BenchPair, topic: string, { partitions }: Extent): void {
    for (let partition = 0; partition < partitions; partition++) {
        const folder = (side: "source" | "target") =>
            `${pair.dataFolder(side)}/${topic}-${partition}`;
        const difference = firstDifference(folder("source"), folder("target"));
        if (difference !== undefined) {
            throw new Error(`${topic}:${partition}: ${difference}`);
        }
    }
}

/**
 * What a request takes through the proxy of a site, in milliseconds: the median of a few that need no
 * credentials and little of the broker, whose own time is in it.
 */
async function measureRoundTrip(pair: BenchPair, side: "source" | "target"): Promise<number> {
    const connection = pair.cluster(side).connection("plainfar");
    const times: number[] = [];
    for (let request = 0; request < ROUND_TRIP_REQUESTS; request++) {
        // A listener with SASL answers this request once in each connection.
        await withConnection(connection, "kafka-dr-bench", REQUEST_TIMEOUT_MS, async (raw) => {
            const sent = performance.now();
            await apiVersionsV3.api.async(raw, "kafka-dr", "1");
            times.push(performance.now() - sent);
        });
    }
    return median(times);
}
