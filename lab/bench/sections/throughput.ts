/** Records per second, by round trip and for every other series. */
import {
    compareConfigurations,
    distinct,
    rateOf,
    rateRatio,
    type Runs,
    secondHalves,
    sibling,
    summaryOf,
    TRANSPORT_NAMES,
    TRANSPORTS,
} from "../cells";
import { code, type Column, markdownTable, middle, NOTHING, range, withRange } from "../format";
import { lossOf, RECOMMENDED } from "../goals";
import { isFarSource } from "../grid";
import type { Cell } from "../result";

/** Titles of the series; an unknown series has its name as title. */
const SERIES: Readonly<Record<string, string>> = {
    "round-trip": "By round trip",
    "record-size": "Record size",
    partitions: "Partitions",
    compression: "Compression",
    "exactly-once": "Exactly-once",
    "source-distance": "Distant source",
    "parts of wan": "Settings of wan, one at a time",
    latency: "Rates of the latency measurements",
};

/** The series that mirrored a backlog: the round trips first, then in chronological order. */
export function seriesOf(mirrored: readonly Runs[]): string[] {
    const names = mirrored.toSorted(byFirstStart).map(({ cell }) => cell.series);
    return distinct(["round-trip", ...names]).filter((name) => names.includes(name));
}

function byFirstStart(one: Runs, other: Runs): number {
    const first = ({ lines }: Runs) => Math.min(...lines.map((line) => Date.parse(line.startedAt)));
    return first(one) - first(other);
}

export function seriesTitle(series: string): string {
    return SERIES[series] ?? series;
}

/** The columns that identify the cells of a series: the fields in which they differ. */
export function cellColumns<Row>(
    cells: readonly Cell[],
    cellOf: (row: Row) => Cell,
): Column<Row>[] {
    const fields: readonly Column<Cell>[] = [
        { head: "transport", cell: (cell) => TRANSPORT_NAMES[cell.transport], isText: true },
        { head: "partitions", cell: (cell) => String(cell.partitions) },
        { head: "record", cell: (cell) => `${cell.recordBytes} B` },
        { head: "payload", cell: (cell) => cell.payload, isText: true },
        { head: "round trip", cell: (cell) => `${cell.roundTripMs} ms` },
    ];
    const varying = fields.filter(({ cell }) => distinct(cells.map(cell)).length > 1);
    return [
        ...varying.map((column) => ({ ...column, cell: (row: Row) => column.cell(cellOf(row)) })),
        { head: "configuration", cell: (row) => code(cellOf(row).configuration), isText: true },
    ];
}

/** The fields that all cells of a table share, as a line above it. */
export function commonFields(cells: readonly Cell[]): string {
    const fields: readonly ((cell: Cell) => string)[] = [
        (cell) => TRANSPORT_NAMES[cell.transport],
        (cell) => `${cell.partitions} ${cell.partitions === 1 ? "partition" : "partitions"}`,
        (cell) => `records of ${cell.recordBytes} bytes`,
        (cell) => `payload ${cell.payload}`,
        (cell) => `${cell.roundTripMs} ms round trip`,
        (cell) => (isFarSource(cell) ? "between the source and MM2" : ""),
    ];
    const common = fields
        .map((field) => distinct(cells.map(field)))
        .filter((values) => values.length === 1)
        .flat()
        .filter((value) => value !== "");
    const text = common.join(", ");
    return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The tables of one series, one for each transport, each below the line of {@link commonFields}. */
export function seriesTables(mirrored: readonly Runs[], series: string): string[] {
    return TRANSPORTS.flatMap((transport) => {
        const rows = mirrored.filter(
            ({ cell }) => cell.series === series && cell.transport === transport,
        );
        return rows.length === 0
            ? []
            : [commonFields(rows.map(({ cell }) => cell)), rateTable(rows)];
    });
}

function secondHalf(runs: Runs): Runs {
    return secondHalves([runs])[0] ?? runs;
}

function rateTable(rows: readonly Runs[]): string {
    const ratioTo = (configuration: string): Column<Runs> => ({
        head: `x \`${configuration}\``,
        cell: (runs) =>
            runs.cell.configuration === configuration
                ? NOTHING
                : withRange(rateRatio(runs, sibling(rows, runs.cell, { configuration }))),
    });
    const has = (configuration: string) =>
        rows.some(({ cell }) => cell.configuration === configuration);
    const compared = ["defaults", "tutorial"].filter(has);
    return markdownTable(rows, [
        ...cellColumns<Runs>(
            rows.map(({ cell }) => cell),
            ({ cell }) => cell,
        ),
        { head: "records/s", cell: (runs) => middle(rateOf(runs)) },
        { head: "min–max", cell: (runs) => range(rateOf(runs)) },
        { head: "second half", cell: (runs) => middle(rateOf(secondHalf(runs))) },
        { head: "runs", cell: ({ lines }) => String(lines.length) },
        // A series without these two varies the recommended configuration.
        ...(compared.length > 0 ? compared : [RECOMMENDED].filter(has)).map(ratioTo),
        {
            head: "MB/s",
            cell: (runs) => middle(summaryOf(runs, (line) => line.megabytes / line.seconds)),
        },
        {
            head: "`batch-size-avg`",
            cell: (runs) => middle(summaryOf(runs, (line) => line.batchSizeAvg)),
        },
        {
            head: "`request-latency-avg`",
            cell: (runs) => {
                const found = summaryOf(runs, (line) => line.requestLatencyAvgMs);
                return found === undefined ? NOTHING : `${middle(found)} ms`;
            },
        },
        {
            head: "largest `records-lag`",
            cell: (runs) => middle(summaryOf(runs, (line) => line.recordsLagMax)),
        },
    ]);
}

/** The cost of TLS: a row for each configuration, a column for each round trip. */
export function tlsLossTable(mirrored: readonly Runs[]): string | undefined {
    const rows = mirrored.filter(({ cell }) => cell.series === "round-trip");
    const loss = (runs: Runs) =>
        rateRatio(runs, sibling(rows, runs.cell, { transport: "plaintext" }));
    const both = rows.filter((runs) => runs.cell.transport === "tls" && loss(runs) !== undefined);
    // Only the workload of the first cell: the table has no columns for others.
    const [first] = both;
    if (first === undefined) {
        return undefined;
    }
    const configurations = distinct(both.map(({ cell }) => cell.configuration));
    const roundTrips = distinct(both.map(({ cell }) => cell.roundTripMs));
    const at = (roundTripMs: number, configuration: string) => {
        const runs = sibling(both, first.cell, { roundTripMs, configuration });
        const ratio = runs && loss(runs);
        return ratio === undefined ? NOTHING : lossOf(ratio);
    };
    return markdownTable(configurations.sort(compareConfigurations), [
        { head: "configuration", cell: code, isText: true },
        ...roundTrips
            .sort((one, other) => one - other)
            .map((roundTripMs) => ({
                head: `${roundTripMs} ms`,
                cell: (configuration: string) => at(roundTripMs, configuration),
            })),
    ]);
}
