import { type CellLine, COMPARED_CONFIGURATIONS, distinct } from "./cells";
import type { ConfigurationName } from "./configurations";
import type { Cell } from "./result";

/** A cell with a known configuration, and the kind of measurement. */
export interface GridCell {
    readonly kind: CellLine["kind"];
    readonly cell: Cell & { readonly configuration: ConfigurationName };
}

type Variation = Partial<Record<keyof Cell, readonly (string | number)[]>>;

/** The tutorial's workload: records of 100 bytes with letters, 3 partitions. */
const BASE: GridCell["cell"] = {
    series: "round-trip",
    roundTripMs: 10,
    transport: "tls",
    recordBytes: 100,
    payload: "letters",
    partitions: 3,
    configuration: "defaults",
};

const TRANSPORTS = ["tls", "plaintext"];

/** Every combination of the given values; the last field varies fastest. */
function vary(series: string, variation: Variation): GridCell["cell"][] {
    let cells: GridCell["cell"][] = [{ ...BASE, series }];
    for (const [key, values] of Object.entries(variation)) {
        cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [key]: value })));
    }
    return cells;
}

function measured(kind: GridCell["kind"], cells: readonly GridCell["cell"][]): GridCell[] {
    return cells.map((cell) => ({ kind, cell }));
}

/**
 * The full grid. Each series varies one or two fields of the tutorial's workload, because all
 * combinations would take days. Results are compared within a series.
 */
export const FULL_GRID: readonly GridCell[] = [
    ...measured(
        "mirror",
        vary("round-trip", {
            transport: TRANSPORTS,
            roundTripMs: [0, 2, 10, 50, 100],
            configuration: COMPARED_CONFIGURATIONS,
        }),
    ),
    ...measured(
        "producer",
        vary("round-trip", {
            transport: TRANSPORTS,
            roundTripMs: [0],
            configuration: ["defaults"],
        }),
    ),
    ...measured(
        "mirror",
        vary("compression", {
            payload: ["letters", "text", "random"],
            configuration: ["wan", "wan, lz4", "wan, zstd"],
        }),
    ),
    ...measured(
        "mirror",
        vary("record-size", {
            recordBytes: [1000, 10_000],
            configuration: ["defaults", "tutorial", "wan"],
        }),
    ),
    ...measured(
        "mirror",
        vary("partitions", {
            partitions: [1, 6, 12],
            configuration: ["defaults", "tutorial", "wan"],
        }),
    ),
    ...measured(
        "mirror",
        vary("source-distance", {
            roundTripMs: [10, 50],
            configuration: ["defaults", "tutorial", "wan", "wan, Kafka's fetch"],
        }),
    ),
    ...measured(
        "mirror",
        vary("parts of wan", {
            roundTripMs: [0, 100],
            configuration: [
                "wan",
                "wan, 320 KiB batches",
                "wan, Kafka's fetch",
                "wan, 64 MiB buffer",
                "wan, G1",
                "wan, default generations",
                "wan, late GHASH",
            ],
        }),
    ),
    ...measured(
        "mirror",
        vary("exactly-once", {
            roundTripMs: [0, 10],
            configuration: [
                "wan",
                "wan, exactly once, polls of 500",
                "wan, exactly once, polls of 10,000",
            ],
        }),
    ),
    ...measured(
        "latency",
        vary("latency", {
            roundTripMs: [0, 10],
            configuration: ["defaults", "tutorial", "wan"],
        }),
    ),
];

/** A grid of five minutes: the tutorial's comparison over TLS, with and without a round trip. */
export const QUICK_GRID: readonly GridCell[] = measured(
    "mirror",
    vary("round-trip", { roundTripMs: [0, 10], configuration: ["defaults", "tutorial", "wan"] }),
);

/** Whether the delay of a cell is between the source and MM2 instead of MM2 and the target. */
export function isFarSource({ series }: Pick<Cell, "series">): boolean {
    return series === "source-distance";
}

/** The names of the series of a grid, in order. */
export function seriesOf(grid: readonly GridCell[]): string[] {
    return distinct(grid.map(({ cell }) => cell.series));
}

/**
 * The order of the measurements: each repetition of a series goes through all of its cells, so that
 * changes on the machine affect all cells equally.
 */
export function interleaved(
    grid: readonly GridCell[],
    repetitions: number,
): { readonly gridCell: GridCell; readonly repetition: number }[] {
    return seriesOf(grid).flatMap((series) =>
        Array.from({ length: repetitions }, (_unused, index) =>
            grid
                .filter(({ cell }) => cell.series === series)
                .map((gridCell) => ({ gridCell, repetition: index + 1 })),
        ).flat(),
    );
}
