import { setTimeout as sleep } from "node:timers/promises";
import { apiVersionsV3 } from "@platformatic/kafka";
import { parseMetrics } from "../../cli/metrics/prometheusText";
import { workerMetrics, type WorkerMetrics } from "../../cli/metrics/workerMetrics";
import { withConnection } from "../../kafka/connection";
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

/** The number of requests behind the median round trip. */
const ROUND_TRIP_REQUESTS = 9;
const REQUEST_TIMEOUT_MS = 10_000;
/** Poll intervals, until the first record and afterwards. */
const FIRST_POLL_MS = 5;
const POLL_MS = 20;
const METRICS_EVERY_MS = 5000;
/** Time without progress after which a run has failed; a rebalance of Connect may take half of it. */
const STALLED_MS = 120_000;

type Measured = Omit<MirrorLine, "kind" | "cell" | "repetition" | "startedAt">;

/**
 * The tutorial's measurement: fills the source while MM2 has 0 replicas, starts MM2, and takes the time
 * from the first record at the target to the last one. Then compares the logs of both sides record by
 * record.
 * @throws when a record is missing, repeated, changed or out of order
 */
export async function mirrorRun(
    pair: BenchPair,
    cell: Cell,
    records: number,
    /** Called when half of the records are mirrored. With it, repeated records are no failure. */
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
        await waitForRecords(target, 1, FIRST_POLL_MS, signal);
        const first = performance.now();
        const meters = usageMeters(pair);
        const proxyCpu = cpuSeconds(process.pid);
        const metrics = new MetricsReader(pair);
        const readMetrics = () => metrics.read();
        await waitForRecords(target, records / 2, POLL_MS, signal, readMetrics);
        const half = performance.now();
        await atHalf?.();
        await waitForRecords(target, records, POLL_MS, signal, readMetrics);
        const end = performance.now();
        const jvms = {
            mirrorMaker: meters.mirrorMaker.read(),
            source: meters.source.read(),
            target: meters.target.read(),
        };
        const proxyCpuSeconds = cpuSeconds(process.pid) - proxyCpu;
        await metrics.read();
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

/** The config of the stack for a cell, with one replica of MM2. */
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
 * Waits until the target has a number of records.
 * @param onInterval called every five seconds
 * @throws when no record arrives for two minutes
 */
async function waitForRecords(
    target: TopicEnd,
    records: number,
    everyMs: number,
    signal: AbortSignal,
    onInterval: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
    let present = 0;
    let changed = performance.now();
    let calledAt = changed;
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
                `${present} of ${records} records arrived, then none for ${STALLED_MS / 1000} s`,
            );
        }
        if (now - calledAt > METRICS_EVERY_MS) {
            calledAt = now;
            await onInterval();
        }
        await sleep(everyMs, undefined, { signal });
    }
}

function usageMeters(pair: BenchPair): Record<JvmName, UsageMeter> {
    const { source, target, mirrorMaker } = pair.jvms;
    const meter = ({ pid, gcLog }: { pid: number; gcLog: string }) => new UsageMeter(pid, gcLog);
    return { source: meter(source), target: meter(target), mirrorMaker: meter(mirrorMaker) };
}

/** Reads the metrics that the tutorial reads from port 9404. */
class MetricsReader {
    private latest: WorkerMetrics | undefined;
    private recordsLagMax: number | null = null;

    constructor(private readonly pair: BenchPair) {}

    async read(): Promise<void> {
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
 * After an interruption Connect may restart its tasks, which repeat uncommitted records.
 * @throws with the first record that is missing or out of order
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

/** @throws with the first record that differs */
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
 * The median time of a request through the proxy of a site, in milliseconds. The request needs no
 * credentials and little time of the broker, which is included.
 */
async function measureRoundTrip(pair: BenchPair, side: "source" | "target"): Promise<number> {
    const connection = pair.cluster(side).connection("plainfar");
    const times: number[] = [];
    for (let request = 0; request < ROUND_TRIP_REQUESTS; request++) {
        // A listener with SASL answers this request only once per connection.
        await withConnection(connection, "kafka-dr-bench", REQUEST_TIMEOUT_MS, async (raw) => {
            const sent = performance.now();
            await apiVersionsV3.api.async(raw, "kafka-dr", "1");
            times.push(performance.now() - sent);
        });
    }
    return median(times);
}
