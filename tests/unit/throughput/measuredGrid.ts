import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cell, MachineLine } from "../../../lab/bench/result";
import { repositoryRoot } from "../../support/rawSettings";

/** One cell of the grid with the rates of the second halves of its runs. */
export interface MeasuredCell {
    readonly name: string;
    readonly cell: Cell;
    readonly cores: number;
    /** Of the worker. */
    readonly heapBytes: number;
    /** Records per second. */
    readonly slowest: number;
    readonly median: number;
    readonly fastest: number;
}

/** The series whose cells differ in inputs of the model. */
const SERIES = ["round-trip", "record-size", "partitions", "exactly-once", "source-distance"];

interface Results {
    readonly machine?: Pick<MachineLine, "cores" | "heapMegabytes">;
    readonly mirror?: readonly {
        readonly cell: Cell;
        readonly secondHalfRecordsPerSecond: { min: number; median: number; max: number };
    }[];
}

/**
 * The cells of docs/reference/throughput/results.json that the model predicts.
 * @throws {Error} for a file without machine or cells, so that no other format passes as an empty grid
 */
export function measuredGrid(): readonly MeasuredCell[] {
    const file = join(repositoryRoot, "docs", "reference", "throughput", "results.json");
    const { machine, mirror = [] } = JSON.parse(readFileSync(file, "utf8")) as Results;
    if (machine === undefined) {
        throw new Error("docs/reference/throughput/results.json has no machine: adapt its reader");
    }
    const cells = mirror
        .filter(({ cell }) => SERIES.includes(cell.series))
        .map(({ cell, secondHalfRecordsPerSecond: { min, median, max } }) => ({
            name: nameOf(cell),
            cell,
            cores: machine.cores,
            heapBytes: machine.heapMegabytes.mirrorMaker * 2 ** 20,
            slowest: min,
            median,
            fastest: max,
        }));
    if (cells.length === 0) {
        throw new Error("docs/reference/throughput/results.json has no cells: adapt its reader");
    }
    return cells;
}

function nameOf(cell: Cell): string {
    const { series, configuration, roundTripMs, partitions, recordBytes, transport } = cell;
    return `${series}: ${configuration}, ${transport}, ${partitions} x ${recordBytes} B at ${roundTripMs} ms`;
}
