/** A result file as `make bench` writes it, made up by a model of a producer and a network. */
import type {
    Cell,
    JvmUsage,
    LatencyLine,
    MachineLine,
    MirrorLine,
    ProducerLine,
    ProxyLine,
    ResultLine,
} from "../../../lab/bench/result";

export const machine: MachineLine = {
    kind: "machine",
    cpu: "Example CPU 2.4 GHz",
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    kernel: "6.1.0",
    node: "v20.19.4",
    java: "17.0.12",
    kafka: "4.3.1",
    heapMegabytes: { mirrorMaker: 1024, source: 512, target: 512 },
    garbageCollector: "G1",
    commit: "0123456789abcdef",
    startedAt: "2026-01-02T03:04:05.678Z",
};

export const cell: Cell = {
    series: "round-trip",
    roundTripMs: 10,
    transport: "tls",
    recordBytes: 100,
    payload: "letters",
    partitions: 3,
    configuration: "defaults",
};

/** Minutes after the machine's line, so that lines have an order. */
export function at(minutes: number): string {
    return new Date(Date.parse(machine.startedAt) + minutes * 60_000).toISOString();
}

const usage: JvmUsage = { cpuSeconds: 5, peakMemoryBytes: 700 * 2 ** 20, gcPauseSeconds: 0.25 };

/** A backlog that was mirrored at a rate in records per second. */
export function mirror(change: Partial<Cell>, repetition: number, rate: number): MirrorLine {
    const own = { ...cell, ...change };
    return {
        kind: "mirror",
        cell: own,
        repetition,
        startedAt: at(repetition),
        records: 1_000_000,
        seconds: 1_000_000 / rate,
        secondHalfSeconds: 400_000 / rate,
        megabytes: own.recordBytes,
        startSeconds: 4,
        measuredRoundTripMs: own.roundTripMs + 0.2,
        batchSizeAvg: 15_000,
        requestLatencyAvgMs: own.roundTripMs + 2,
        recordsLagMax: 300_000,
        jvms: { mirrorMaker: usage, source: usage, target: usage },
        proxyCpuSeconds: 1,
    };
}

export function producer(change: Partial<Cell>, repetition: number, rate: number): ProducerLine {
    return {
        kind: "producer",
        cell: { ...cell, ...change },
        repetition,
        startedAt: at(repetition),
        records: 1_000_000,
        seconds: 1_000_000 / rate,
    };
}

export function latency(
    change: Partial<Cell>,
    repetition: number,
    loadPercent: number,
    p50Ms: number,
): LatencyLine {
    return {
        kind: "latency",
        cell: { ...cell, series: "latency", ...change },
        repetition,
        startedAt: at(repetition),
        loadPercent,
        maximumRecordsPerSecond: 50_000,
        recordsPerSecond: 500 * loadPercent,
        seconds: 30,
        p50Ms,
        p99Ms: 4 * p50Ms,
        maxMs: 10 * p50Ms,
    };
}

export function proxy(repetition: number, megabytesPerSecond: number): ProxyLine {
    return { kind: "proxy", repetition, startedAt: at(0), megabytesPerSecond };
}

export function textOf(lines: readonly ResultLine[]): string {
    return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Bytes of a batch and requests in flight of each configuration. */
const CONFIGURATIONS: Readonly<Record<string, readonly [batch: number, inFlight: number]>> = {
    defaults: [16_384, 1],
    tutorial: [327_680, 1],
    "in-flight": [16_384, 5],
    lan: [131_072, 5],
    wan: [524_288, 5],
    "in-flight+tutorial": [327_680, 5],
};

/** A whole grid, with a little noise that is the same each time. */
export function wholeGrid(repetitions = 3): ResultLine[] {
    const lines: ResultLine[] = [machine];
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
        lines.push(proxy(repetition, 800 + 10 * repetition));
        for (const transport of ["tls", "plaintext"] as const) {
            for (const configuration of Object.keys(CONFIGURATIONS)) {
                const own = { transport, configuration };
                for (const roundTripMs of [0, 1, 10, 50, 100]) {
                    lines.push(modelled({ ...own, roundTripMs }, repetition));
                }
                for (const recordBytes of [100, 1000, 10_000]) {
                    lines.push(
                        modelled({ ...own, series: "record-size", recordBytes }, repetition),
                    );
                }
                for (const loadPercent of [10, 50, 80, 95]) {
                    const base = 10 + 5 * Object.keys(CONFIGURATIONS).indexOf(configuration);
                    const p50 = (base * 30) / (100 - loadPercent);
                    lines.push(latency(own, repetition, loadPercent, p50 + repetition / 5));
                }
            }
            lines.push(
                producer(
                    { transport, roundTripMs: 0, configuration: "lan" },
                    repetition,
                    transport === "tls" ? 750_000 : 1_000_000,
                ),
            );
        }
    }
    return lines;
}

function modelled(change: Partial<Cell>, repetition: number): MirrorLine {
    const own = { ...cell, ...change };
    const [batch, inFlight] = CONFIGURATIONS[own.configuration]!;
    // A request takes a round trip and what the broker needs for its bytes.
    const requestMs = own.roundTripMs + 0.8 + batch / 200_000;
    const bytesPerSecond = Math.min(
        own.transport === "tls" ? 50e6 : 72e6,
        (batch * inFlight * 1000) / requestMs,
    );
    const noise = 1 + 0.08 * Math.sin(7 * repetition + batch / 1000 + own.roundTripMs);
    const line = mirror(change, repetition, (bytesPerSecond * noise) / (own.recordBytes + 10));
    return { ...line, batchSizeAvg: 0.95 * batch, requestLatencyAvgMs: requestMs };
}
