/** The cost of mirroring: CPU, memory and GC pauses. */
import { number } from "../../../cli/shared/output";
import { type Runs, summaryOf, TRANSPORTS } from "../cells";
import { type Column, digits, markdownTable, NOTHING, percent } from "../format";
import type { JvmName, JvmUsage, MirrorLine } from "../result";
import { cellColumns, commonFields } from "./throughput";

const JVMS = [
    ["mirrorMaker", "MM2"],
    ["source", "source"],
    ["target", "target"],
] as const satisfies readonly (readonly [JvmName, string])[];

/** Size of the values in GB (10^9 bytes), without keys, headers and framing. */
function gigabytes(line: MirrorLine): number {
    return line.megabytes / 1000;
}

/** The cost of one series, a table for each transport. */
export function costTables(mirrored: readonly Runs[], series: string): string[] {
    return TRANSPORTS.flatMap((transport) => {
        const rows = mirrored.filter(
            ({ cell }) => cell.series === series && cell.transport === transport,
        );
        return rows.length === 0
            ? []
            : [commonFields(rows.map(({ cell }) => cell)), costTable(rows)];
    });
}

function costTable(rows: readonly Runs[]): string {
    const column = (
        head: string,
        value: (line: MirrorLine) => number,
        show: (median: number) => string = digits,
    ): Column<Runs> => ({
        head,
        cell: (runs) => {
            const found = summaryOf(runs, value);
            return found === undefined ? NOTHING : show(found.median);
        },
    });
    /** A column for each JVM; only the head of the first one names the quantity. */
    const ofJvms = (
        head: string,
        value: (usage: JvmUsage, line: MirrorLine) => number,
        show?: (median: number) => string,
    ) =>
        JVMS.map(([name, title], i) =>
            column(
                i === 0 ? `${head}: ${title}` : title,
                (line) => value(line.jvms[name], line),
                show,
            ),
        );
    return markdownTable(rows, [
        ...cellColumns<Runs>(
            rows.map(({ cell }) => cell),
            ({ cell }) => cell,
        ),
        ...ofJvms("CPU s/GB", ({ cpuSeconds }, line) => cpuSeconds / gigabytes(line)),
        column("proxy", (line) => line.proxyCpuSeconds / gigabytes(line)),
        ...ofJvms("peak MiB", ({ peakMemoryBytes }) => peakMemoryBytes / 2 ** 20, wholeNumber),
        ...ofJvms(
            "GC pauses",
            ({ gcPauseSeconds }, line) => gcPauseSeconds / line.seconds,
            percent,
        ),
    ]);
}

function wholeNumber(value: number): string {
    return number(Math.round(value));
}
