import { rateOf, type Runs, runsOf, summaryOf } from "./cells";
import { evaluateGoals } from "./goals";
import type { JvmName, LatencyLine, MirrorLine } from "./result";
import type { ResultFile } from "./resultFile";
import { byLoad } from "./sections/latency";
import { summary } from "./statistics";

/**
 * A result file for programs: the machine, and for each cell the median, the smallest and the largest
 * value and the number of runs. Names contain the units; values that were not measured are null. The
 * JSON has one entry per line, so that two files can be compared by a line diff.
 */
export function summaryJson(file: ResultFile): string {
    const fields = Object.entries(summaryOfFile(file)).map(([name, value]) => {
        const text = Array.isArray(value)
            ? `[${value.map((entry) => `\n    ${json(entry)}`).join(",")}\n  ]`
            : json(value);
        return `  ${json(name)}: ${text}`;
    });
    return `{\n${fields.join(",\n")}\n}\n`;
}

/** Rounds fractions to six digits, more than the precision of a measurement. */
function json(value: unknown): string {
    return JSON.stringify(value, (_name, inner: unknown) =>
        typeof inner === "number" && !Number.isInteger(inner)
            ? Number(inner.toPrecision(6))
            : inner,
    );
}

function summaryOfFile({ machine, measurements }: ResultFile) {
    const mirrored = runsOf(measurements, "mirror");
    const produced = runsOf(measurements, "producer");
    const proxy = measurements.filter((line) => line.kind === "proxy");
    return {
        machine,
        goals: evaluateGoals(mirrored, produced),
        proxyMegabytesPerSecond:
            summary(proxy.map(({ megabytesPerSecond }) => megabytesPerSecond)) ?? null,
        mirror: mirrored.map(mirrorEntry),
        latency: byLoad(runsOf(measurements, "latency")).map(latencyEntry),
        producer: produced.map((runs) => ({ cell: runs.cell, recordsPerSecond: rateOf(runs) })),
        failures: measurements.filter((line) => line.kind === "failure"),
    };
}

function mirrorEntry(runs: Runs) {
    const of = (value: (line: MirrorLine) => number | null) => summaryOf(runs, value) ?? null;
    const jvm = (name: JvmName) => ({
        cpuSecondsPerGigabyte: of((line) => line.jvms[name].cpuSeconds / (line.megabytes / 1000)),
        peakMemoryBytes: of((line) => line.jvms[name].peakMemoryBytes),
        gcPauseShare: of((line) => line.jvms[name].gcPauseSeconds / line.seconds),
    });
    return {
        cell: runs.cell,
        recordsPerSecond: rateOf(runs),
        secondHalfRecordsPerSecond: of((line) => line.records / 2 / line.secondHalfSeconds),
        megabytesPerSecond: of((line) => line.megabytes / line.seconds),
        startSeconds: of((line) => line.startSeconds),
        measuredRoundTripMs: of((line) => line.measuredRoundTripMs),
        batchSizeAvg: of((line) => line.batchSizeAvg),
        requestLatencyAvgMs: of((line) => line.requestLatencyAvgMs),
        recordsLagMax: of((line) => line.recordsLagMax),
        jvms: {
            mirrorMaker: jvm("mirrorMaker"),
            source: jvm("source"),
            target: jvm("target"),
        },
        proxyCpuSecondsPerGigabyte: of((line) => line.proxyCpuSeconds / (line.megabytes / 1000)),
    };
}

function latencyEntry({ runs, loadPercent }: ReturnType<typeof byLoad>[number]) {
    const of = (value: (line: LatencyLine) => number) => summaryOf(runs, value) ?? null;
    return {
        cell: runs.cell,
        loadPercent,
        recordsPerSecond: of((line) => line.recordsPerSecond),
        p50Ms: of((line) => line.p50Ms),
        p99Ms: of((line) => line.p99Ms),
        maxMs: of((line) => line.maxMs),
    };
}
