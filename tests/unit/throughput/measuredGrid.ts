import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

/** One cell of the grid: a configuration, a round trip and the rates of its runs. */
export interface Cell {
    readonly name: string;
    /** Between MM2 and the target, by a proxy. */
    readonly roundTripMs: number;
    readonly inFlight: number;
    readonly batchBytes: number;
    readonly partitions: number;
    readonly tasks: number;
    readonly recordBytes: number;
    readonly tls: boolean;
    /** Records per second of each run. */
    readonly runs: readonly number[];
}

/** The cells that docs/throughput/results.json has, or those of the first measurement without it. */
export function measuredGrid(): readonly Cell[] {
    const file = join(repositoryRoot, "docs", "throughput", "results.json");
    return existsSync(file) ? cellsOf(readFileSync(file, "utf8")) : FIRST_MEASUREMENT;
}

/**
 * The cells of a result file: `{"cells": [...]}` with the fields of {@link Cell}.
 * @throws {Error} for a file without cells, so that no other format passes as an empty grid
 */
function cellsOf(text: string): readonly Cell[] {
    const { cells } = JSON.parse(text) as { cells?: readonly Cell[] };
    if (cells === undefined || cells.length === 0) {
        throw new Error("docs/throughput/results.json has no cells: adapt its reader, cellsOf");
    }
    return cells;
}

function first(
    name: string,
    roundTripMs: number,
    [inFlight, batchBytes]: readonly [number, number],
    ...runs: readonly number[]
): Cell {
    const same = { partitions: 3, tasks: 3, recordBytes: 100, tls: false };
    return { name, roundTripMs, inFlight, batchBytes, ...same, runs };
}

const [defaults, tutorial, flight, both] = [
    [1, 16_384],
    [1, 327_680],
    [5, 16_384],
    [5, 327_680],
] as const;

/**
 * 2 cores, Kafka 4.3.1 as plain JVMs, one broker on each side, a proxy with delay between MM2 and the
 * target; records/s to equal logs, 4 million records without delay, 1 million with.
 */
const FIRST_MEASUREMENT: readonly Cell[] = [
    first("Kafka's defaults", 0, defaults, 139_000, 204_000),
    first("tutorial", 0, tutorial, 469_000, 570_000),
    first("in-flight 5", 0, flight, 219_000, 238_000),
    first("both", 0, both, 775_000, 726_000),
    first("Kafka's defaults", 10, defaults, 34_000, 33_000),
    first("tutorial", 10, tutorial, 324_000, 273_000),
    first("in-flight 5", 10, flight, 134_000, 126_000),
    first("both", 10, both, 459_000, 437_000),
    first("Kafka's defaults", 50, defaults, 8_100),
    first("tutorial", 50, tutorial, 131_000),
    first("in-flight 5", 50, flight, 39_000),
    first("both", 50, both, 390_000),
    // Under Strimzi, other disks, without added delay. Larger batches were slower there; the model
    // does not know why and is not asked.
    {
        ...first("in-flight 5, TLS", 0, flight, 355_000, 389_000),
        tls: true,
    },
];
