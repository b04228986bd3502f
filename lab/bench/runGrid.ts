import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import type { Supervisor } from "../process/supervisor";
import { duration, number } from "../../cli/shared/output";
import { backlogSize } from "./backlog";
import { BenchPair } from "./benchPair";
import { completed, measurementKey } from "./measurementKeys";
import { machineDifferences, machineLine } from "./machine";
import { type GridCell, interleaved } from "./grid";
import { latencyRun, LOADS } from "./latencyRun";
import { mirrorRun } from "./mirrorRun";
import { newWorkerRate } from "./prediction";
import { type BenchOptions, BenchUsageError } from "./options";
import { producerRun } from "./producerPerformance";
import { proxyCeiling } from "./proxyCeiling";
import type { MachineLine, ResultLine } from "./result";
import { parseResultFile } from "./resultFile";

/** Measurements of the proxy alone, before all others. */
const PROXY_REPETITIONS = 3;

/**
 * Makes the measurements of a grid that the result file lacks, and appends each of them to the file.
 * A measurement that fails is reported and tried again in the next run.
 * @returns the number of failed measurements
 */
export async function runGrid(supervisor: Supervisor, options: BenchOptions): Promise<number> {
    const { grid, repetitions, output } = options;
    const done = openResults(output, machineLine(options.garbageCollector));
    const started = performance.now();
    const report = (text: string) => {
        const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
        process.stdout.write(`[${seconds} s] ${text}\n`);
    };
    const append = (line: ResultLine) => {
        appendFileSync(output, `${JSON.stringify(line)}\n`);
    };
    for (let repetition = 1; repetition <= PROXY_REPETITIONS; repetition++) {
        if (!done.has(measurementKey({ kind: "proxy", repetition }))) {
            const startedAt = new Date().toISOString();
            const megabytesPerSecond = await proxyCeiling();
            append({ kind: "proxy", repetition, startedAt, megabytesPerSecond });
            report(`proxy alone: ${number(Math.round(megabytesPerSecond))} MB/s`);
        }
    }
    const planned = interleaved(grid, repetitions).filter(
        ({ gridCell, repetition }) => !isDone(done, gridCell, repetition),
    );
    if (planned.length === 0) {
        report(`${output} has all measurements`);
        return 0;
    }
    report(`${planned.length} measurements to make; results are appended to ${output}`);
    const pair = await BenchPair.start({
        supervisor,
        garbageCollector: options.garbageCollector,
        onStep: report,
    });
    let failures = 0;
    let finished = 0;
    const begun = performance.now();
    for (const { gridCell, repetition } of planned) {
        const startedAt = new Date().toISOString();
        try {
            for (const line of await measure(pair, gridCell, options)) {
                append({ ...line, cell: gridCell.cell, repetition, startedAt });
                report(`${describe(gridCell)}: ${resultText(line)}`);
            }
        } catch (error) {
            supervisor.signal.throwIfAborted();
            failures += 1;
            const message = error instanceof Error ? error.message : String(error);
            append({
                kind: "failure",
                measurement: gridCell.kind,
                cell: gridCell.cell,
                repetition,
                startedAt,
                message,
            });
            report(`${describe(gridCell)}: FAILED: ${message}`);
        }
        finished += 1;
        if (finished % 10 === 0) {
            const each = (performance.now() - begun) / 1000 / finished;
            const left = planned.length - finished;
            report(`${left} measurements left, about ${duration(each * left)}`);
        }
    }
    await pair.close();
    report(`npm run bench:report -- ${output} <folder> writes the report`);
    return failures;
}

/**
 * Opens the result file and returns the keys of its measurements; a new file begins with the machine.
 * @throws when the file comes from another machine or commit
 */
function openResults(output: string, machine: MachineLine): Set<string> {
    if (!existsSync(output)) {
        mkdirSync(dirname(output), { recursive: true });
        writeFileSync(output, `${JSON.stringify(machine)}\n`);
        return new Set();
    }
    const file = parseResultFile(readFileSync(output, "utf8"), output);
    const differences = machineDifferences(file.machine, machine);
    if (differences.length > 0) {
        throw new BenchUsageError(
            `cannot append to ${output}: ${differences.join("; ")}. All measurements of a file must come from one machine and one commit; choose another file with --output, or move this one away.`,
        );
    }
    // The next line must not be appended to an incomplete one that a killed run left.
    writeFileSync(output, file.completeText);
    return completed(file.measurements);
}

function isDone(done: ReadonlySet<string>, { kind, cell }: GridCell, repetition: number): boolean {
    return kind === "latency"
        ? LOADS.every((loadPercent) =>
              done.has(measurementKey({ kind, cell, repetition, loadPercent })),
          )
        : done.has(measurementKey({ kind, cell, repetition }));
}

type Line = Awaited<ReturnType<typeof measure>>[number];

async function measure(pair: BenchPair, { kind, cell }: GridCell, { seconds }: BenchOptions) {
    const { signal } = pair.supervisor;
    signal.throwIfAborted();
    switch (kind) {
        case "latency":
            return (await latencyRun(pair, cell)).map((line) => ({ kind, ...line }));
        case "producer":
            return [{ kind, ...(await producerRun(pair, cell, seconds)) }];
        case "mirror": {
            const rate = newWorkerRate(cell, cpus().length);
            const records = backlogSize(rate, seconds, cell);
            return [{ kind, ...(await mirrorRun(pair, cell, records)) }];
        }
    }
}

function describe({ kind, cell }: GridCell): string {
    const { series, transport, roundTripMs, recordBytes, payload, partitions } = cell;
    const what = kind === "producer" ? "ProducerPerformance" : cell.configuration;
    return `${series}: ${what}, ${roundTripMs} ms, ${transport}, ${partitions} x ${recordBytes} B ${payload}`;
}

function resultText(line: Line): string {
    if (line.kind === "latency") {
        return `${line.loadPercent} % of ${number(Math.round(line.maximumRecordsPerSecond))}/s: p50 ${line.p50Ms.toFixed(0)} ms, p99 ${line.p99Ms.toFixed(0)} ms`;
    }
    const rate = number(Math.round(line.records / line.seconds));
    return `${rate} records/s, ${number(line.records)} in ${line.seconds.toFixed(1)} s`;
}
