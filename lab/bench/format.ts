/** Formats the numbers and tables of a report. */
import { number } from "../../cli/shared/output";
import type { Summary } from "./statistics";

/** Stands for a value that was not measured. */
export const NOTHING = "-";

/** Three significant digits, without an exponent: `139,000`, `12.3`, `0.012`. */
export function digits(value: number): string {
    const rounded = Number(value.toPrecision(3));
    return Math.abs(rounded) >= 100 ? number(rounded) : String(rounded);
}

/** A share as a percentage with at most one decimal. */
export function percent(share: number): string {
    return `${(100 * share).toFixed(Math.abs(share) < 0.0995 ? 1 : 0).replace(/^-(0(?:\.0)?)$/, "$1")} %`;
}

/** The median. */
export function middle(found: Summary | undefined, scale = 1): string {
    return found === undefined ? NOTHING : digits(found.median * scale);
}

/** The range from the smallest to the largest value; a single value has none. */
export function range(found: Summary | undefined, scale = 1): string {
    return found === undefined || found.runs < 2
        ? NOTHING
        : `${digits(found.min * scale)}–${digits(found.max * scale)}`;
}

/** Median and range: `12.3 (11.9–12.8)`. */
export function withRange(found: Summary | undefined, unit = "", scale = 1): string {
    const value = `${middle(found, scale)}${found === undefined ? "" : unit}`;
    return found === undefined || found.runs < 2 ? value : `${value} (${range(found, scale)})`;
}

/** Any text as a Markdown code span on one line. */
export function code(text: string): string {
    const line = text.replace(/\s+/g, " ").trim();
    const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = "`".repeat(longest + 1);
    const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
    return `${fence}${space}${line}${space}${fence}`;
}

/** A column of a table: its head, and its text for a row. */
export interface Column<Row> {
    readonly head: string;
    readonly cell: (row: Row) => string;
    /** Text is aligned left; numbers, the default, are aligned right. */
    readonly isText?: boolean;
}

/** A Markdown table without the columns in which nothing was measured. */
export function markdownTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
    const kept = columns.filter(({ cell }) => rows.some((row) => cell(row) !== NOTHING));
    const line = (cells: readonly string[]) =>
        `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return [
        line(kept.map(({ head }) => head)),
        line(kept.map(({ isText }) => (isText === true ? "---" : "---:"))),
        ...rows.map((row) => line(kept.map(({ cell }) => cell(row)))),
    ].join("\n");
}
