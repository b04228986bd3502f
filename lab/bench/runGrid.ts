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

/** Measurements of the proxy by itself, before all others. */
const PROXY_REPETITIONS = 3;

/**
 * Measures what of a grid is not in the result file yet, and appends each measurement as soon as it
 * is made. One that fails is told and tried again the next time.
 * @returns how many failed
 */
export async function runGrid(supervisor: Supervisor, options: BenchOptions): Promise<number> {
    const { grid, repetitions, output } = options;
    const done = openResults(output, machineLine(options.garbageCollector));
    const started = performance.now();
    const say = (text: string) => {
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
            say(`the proxy by itself: ${number(Math.round(megabytesPerSecond))} MB/s`);
        }
    }
    const planned = interleaved(grid, repetitions).filter(
        ({ gridCell, repetition }) => !isDone(done, gridCell, repetition),
    );
    if (planned.length === 0) {
        say(`nothing is missing in ${output}`);
        return 0;
    }
    say(`${planned.length} measurements; results go to ${output}`);
    const pair = await BenchPair.start({
        supervisor,
        garbageCollector: options.garbageCollector,
        onStep: say,
    });
    let failures = 0;
    let finished = 0;
    const begun = performance.now();
    for (const { gridCell, repetition } of planned) {
        const startedAt = new Date().toISOString();
        try {
            for (const line of await measure(pair, gridCell, options)) {
                append({ ...line, cell: gridCell.cell, repetition, startedAt });
                say(`${told(gridCell)}: ${found(line)}`);
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
            say(`${told(gridCell)}: FAILED: ${message}`);
        }
        finished += 1;
        if (finished % 10 === 0) {
            const each = (performance.now() - begun) / 1000 / finished;
            const left = planned.length - finished;
            say(`${left} to go, about ${duration(each * left)}`);
        }
    }
    await pair.close();
    say(`npm run bench:report -- ${output} <folder> makes a report of it`);
    return failures;
}

/**
 * What a result file has already; a new one begins with the machine.
 * @throws when it was measured elsewhere, or with other code
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
            `${output} cannot be gone on with: ${differences.join("; ")}. Measurements of one file are compared; give another with --output, or move this one away.`,
        );
    }
    // A line that was torn when the last run was killed would make the next one unreadable.
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

function told({ kind, cell }: GridCell): string {
    const { series, transport, roundTripMs, recordBytes, payload, partitions } = cell;
    const what = kind === "producer" ? "ProducerPerformance" : cell.configuration;
    return `${series}: ${what}, ${roundTripMs} ms, ${transport}, ${partitions} x ${recordBytes} B ${payload}`;
}

function found(line: Line): string {
    if (line.kind === "latency") {
        return `${line.loadPercent} % of ${number(Math.round(line.maximumRecordsPerSecond))}/s: p50 ${line.p50Ms.toFixed(0)} ms, p99 ${line.p99Ms.toFixed(0)} ms`;
    }
    const rate = number(Math.round(line.records / line.seconds));
    return `${rate} records/s, ${number(line.records)} in ${line.seconds.toFixed(1)} s`;
}
