import { parseArgs } from "node:util";
import type { GarbageCollector } from "../process/jvm";
import { distinct } from "./cells";
import { FULL_GRID, type GridCell, QUICK_GRID, seriesOf } from "./grid";
import { DEFAULT_RESULTS } from "./resultFile";

/** What a benchmark is to do. */
export interface BenchOptions {
    readonly grid: readonly GridCell[];
    readonly repetitions: number;
    /** Seconds that a run is to take, about. */
    readonly seconds: number;
    readonly output: string;
    readonly garbageCollector: GarbageCollector;
}

const COLLECTORS = ["Serial", "Parallel", "G1"] as const;

export const USAGE = `Measures what the mirror can do on this machine, with real Kafka and MirrorMaker 2.

npm run bench -- [options]

  --quick                two round trips and three configurations, in five minutes
  --series <name>        only these series of the grid; may be repeated: ${seriesOf(FULL_GRID).join(", ")}
  --configuration <name> only these configurations; may be repeated
  --round-trip <ms>      only these round trips; may be repeated
  --transport <name>     only tls, or only plaintext
  --repetitions <n>      runs of each cell (default: 3, with --quick 1)
  --seconds <n>          how long a run is to take, about (default: 10, with --quick 5)
  --gc <name>            garbage collector of all JVMs: ${COLLECTORS.join(", ")} (default: G1)
  --output <file>        appended to; what it has already is left out (default: ${DEFAULT_RESULTS})
  --help                 this text

Every run is verified record by record. Ctrl-C ends it; the same command goes on where it was.
Afterwards: npm run bench:report

Exit codes: 0 all was measured, 1 something failed, 2 wrong arguments or result file.
`;

/** What a person did wrong: one message, exit code 2. */
export class BenchUsageError extends Error {
    override readonly name = "BenchUsageError";
}

/** @throws {BenchUsageError} saying what is wrong and what is allowed */
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
            "Nothing in the grid is all of --series, --configuration, --round-trip and --transport: lab/bench/grid.ts has what each series varies. Leave one of them out.",
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

/** The wanted ones, all when none is named. */
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
