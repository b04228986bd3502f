import { cellKey, type Measurement } from "./measurementKeys";
import type { ConfigurationName } from "./configurations";
import type { Cell, LatencyLine, MirrorLine, ProducerLine } from "./result";
import { type ByRepetition, pairedRatio, type Summary, summary } from "./statistics";

/** A line that belongs to a cell and is no failure. */
export type CellLine = MirrorLine | LatencyLine | ProducerLine;

/** All runs of one cell. */
export interface Runs<Line extends CellLine = MirrorLine> {
    readonly cell: Cell;
    readonly lines: readonly Line[];
}

/** The lines of one kind, grouped by cell, in the order of the reports. */
export function runsOf<Kind extends CellLine["kind"]>(
    measurements: readonly Measurement[],
    kind: Kind,
): Runs<Extract<CellLine, { kind: Kind }>>[] {
    type Line = Extract<CellLine, { kind: Kind }>;
    const found = new Map<string, { cell: Cell; lines: Line[] }>();
    for (const line of measurements) {
        if (line.kind === kind) {
            const { cell } = line as Line;
            const runs = found.get(cellKey(cell)) ?? { cell, lines: [] };
            runs.lines.push(line as Line);
            found.set(cellKey(cell), runs);
        }
    }
    return [...found.values()].sort((one, other) => compareCells(one.cell, other.cell));
}

/** The runs of the cell that differs from this one only in the given fields. */
export function sibling<Line extends CellLine>(
    all: readonly Runs<Line>[],
    cell: Cell,
    change: Partial<Cell>,
): Runs<Line> | undefined {
    const key = cellKey({ ...cell, ...change });
    return all.find((runs) => cellKey(runs.cell) === key);
}

/** Records per second of each repetition. */
export function rates(runs: Runs<MirrorLine | ProducerLine>): ByRepetition {
    return new Map(
        runs.lines.map(({ repetition, records, seconds }) => [repetition, records / seconds]),
    );
}

/** Records per second: median and range. */
export function rateOf(runs: Runs<MirrorLine | ProducerLine>): Summary | undefined {
    return summary([...rates(runs).values()]);
}

/**
 * The runs reduced to the second half of their records, which excludes the CPU time that the JIT of a
 * new worker takes.
 */
export function secondHalves(all: readonly Runs[]): Runs[] {
    return all.map(({ cell, lines }) => ({
        cell,
        lines: lines.map((line) => ({
            ...line,
            records: line.records / 2,
            megabytes: line.megabytes / 2,
            seconds: line.secondHalfSeconds,
        })),
    }));
}

/** The rate of the first divided by the rate of the second, run by run. */
export function rateRatio(
    of: Runs<MirrorLine | ProducerLine> | undefined,
    to: Runs<MirrorLine | ProducerLine> | undefined,
): Summary | undefined {
    return of && to && pairedRatio(rates(of), rates(to));
}

/** Median and range of a value that some runs lack. */
export function summaryOf<Line extends CellLine>(
    runs: Runs<Line>,
    value: (line: Line) => number | null,
): Summary | undefined {
    return summary(runs.lines.map(value).filter((found) => found !== null));
}

/** Measured at every round trip. They come first in tables, because all others are compared with them. */
export const COMPARED_CONFIGURATIONS = [
    "defaults",
    "tutorial",
    "in-flight",
    "in-flight+tutorial",
    "lan",
    "wan",
] as const satisfies readonly ConfigurationName[];

/** The compared ones in their order, then the others by their names. */
export function compareConfigurations(one: string, other: string): number {
    const place = (name: string) => {
        const found = COMPARED_CONFIGURATIONS.findIndex((compared) => compared === name);
        return found === -1 ? COMPARED_CONFIGURATIONS.length : found;
    };
    return place(one) - place(other) || compareText(one, other);
}

/** By the fields of a cell in the order of a table's columns; TLS first. */
function compareCells(one: Cell, other: Cell): number {
    return (
        compareText(other.transport, one.transport) ||
        one.partitions - other.partitions ||
        one.recordBytes - other.recordBytes ||
        compareText(one.payload, other.payload) ||
        one.roundTripMs - other.roundTripMs ||
        compareConfigurations(one.configuration, other.configuration) ||
        compareText(one.series, other.series)
    );
}

/** Independent of the locale. */
function compareText(one: string, other: string): number {
    return one < other ? -1 : one > other ? 1 : 0;
}

/** Each value once, in the order of first occurrence. */
export function distinct<T>(values: readonly T[]): T[] {
    return [...new Set(values)];
}

export const TRANSPORTS = ["tls", "plaintext"] as const satisfies readonly Cell["transport"][];
export const TRANSPORT_NAMES = { tls: "TLS", plaintext: "plaintext" } as const;
