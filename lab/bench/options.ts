import { parseArgs } from "node:util";
import type { GarbageCollector } from "../process/jvm";
import { distinct } from "./cells";
import { FULL_GRID, type GridCell, QUICK_GRID, seriesOf } from "./grid";
import { DEFAULT_RESULTS } from "./resultFile";

/** The options of a benchmark. */
export interface BenchOptions {
    readonly grid: readonly GridCell[];
    readonly repetitions: number;
    /** Approximate duration of a run, in seconds. */
    readonly seconds: number;
    readonly output: string;
    readonly garbageCollector: GarbageCollector;
}

const COLLECTORS = ["Serial", "Parallel", "G1"] as const;

export const USAGE = `Measures the throughput and latency of the mirror on this machine, with real Kafka and MirrorMaker 2.

npm run bench -- [options]

  --quick                measure two round trips and three configurations, in about five minutes
  --series <name>        measure only this series; may be repeated: ${seriesOf(FULL_GRID).join(", ")}
  --configuration <name> measure only this configuration; may be repeated
  --round-trip <ms>      measure only this added round trip; may be repeated
  --transport <name>     measure only tls or only plaintext
  --repetitions <n>      runs of each grid cell (default: 3, with --quick 1)
  --seconds <n>          approximate duration of a run (default: 10, with --quick 5)
  --gc <name>            garbage collector of all JVMs: ${COLLECTORS.join(", ")} (default: G1)
  --output <file>        result file; existing measurements are skipped (default: ${DEFAULT_RESULTS})
  --help                 print this text

A grid cell is one workload, network and configuration. Each run of the mirror is verified record by
record. Ctrl-C stops the benchmark; the same command resumes it. npm run bench:report then writes the
report.

Exit codes: 0 all measurements succeeded, 1 a measurement failed, 2 wrong arguments or result file.
`;

/** Wrong arguments: one message, exit code 2. */
export class BenchUsageError extends Error {
    override readonly name = "BenchUsageError";
}

/** @throws {BenchUsageError} with the wrong argument and what is allowed */
export function benchOptions(args: readonly string[]): BenchOptions | "help" {
    const values = parsed(args);
    if (values.help) {
        return "help";
    }
    const whole = values.quick ? QUICK_GRID : FULL_GRID;
    const series = oneOf("--series", values.series, seriesOf(whole));
    const valuesOf = <T>(of: (cell: GridCell["cell"]) => T) =>
        distinct(whole.map(({ cell }) => of(cell)));
    const configurations = oneOf(
        "--configuration",
        values.configuration,
        valuesOf((cell) => cell.configuration),
    );
    const roundTrips = oneOf(
        "--round-trip",
        values["round-trip"],
        valuesOf((cell) => String(cell.roundTripMs)),
    );
    const transports = oneOf(
        "--transport",
        values.transport,
        valuesOf((cell) => cell.transport),
    );
    const [garbageCollector = "G1"] = oneOf("--gc", [values.gc ?? "G1"], COLLECTORS);
    const grid = whole.filter(
        ({ cell }) =>
            series.includes(cell.series) &&
            configurations.includes(cell.configuration) &&
            roundTrips.includes(String(cell.roundTripMs)) &&
            transports.includes(cell.transport),
    );
    if (grid.length === 0) {
        throw new BenchUsageError(
            "No cell of the grid matches --series, --configuration, --round-trip and --transport together; lab/bench/grid.ts lists what each series varies. Remove one of these options.",
        );
    }
    return {
        grid,
        repetitions: wholeNumber("--repetitions", values.repetitions ?? (values.quick ? "1" : "3")),
        seconds: wholeNumber("--seconds", values.seconds ?? (values.quick ? "5" : "10")),
        output: values.output ?? DEFAULT_RESULTS,
        garbageCollector,
    };
}

function parsed(args: readonly string[]) {
    try {
        return parseArgs({
            args: [...args],
            options: {
                help: { type: "boolean", short: "h" },
                quick: { type: "boolean" },
                series: { type: "string", multiple: true },
                configuration: { type: "string", multiple: true },
                "round-trip": { type: "string", multiple: true },
                transport: { type: "string", multiple: true },
                repetitions: { type: "string" },
                seconds: { type: "string" },
                gc: { type: "string" },
                output: { type: "string" },
            },
        }).values;
    } catch (error) {
        throw new BenchUsageError(`${(error as Error).message} See --help.`);
    }
}

/** The selected values; all when none is selected. */
function oneOf<T extends string>(
    option: string,
    wanted: readonly string[] | undefined,
    allowed: readonly T[],
): readonly T[] {
    const unknown = wanted?.find((name) => !allowed.some((known) => known === name));
    if (unknown !== undefined) {
        throw new BenchUsageError(
            `${option} must be one of ${allowed.join(", ")}, not "${unknown}".`,
        );
    }
    return wanted === undefined ? allowed : allowed.filter((name) => wanted.includes(name));
}

function wholeNumber(option: string, text: string): number {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) {
        throw new BenchUsageError(`${option} must be a whole number of at least 1, not "${text}".`);
    }
    return value;
}
