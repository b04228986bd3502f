import type { z } from "zod";
import { type Measurement, measurementKey } from "./measurementKeys";
import type { MachineLine, ResultLine } from "./result";
import { resultLineSchema } from "./resultSchema";

/** Where `make bench` writes and `npm run bench:report` reads, relative to the repository. */
export const DEFAULT_RESULTS = "bench-results/results.jsonl";

/** A result file that is as it must be. */
export interface ResultFile {
    readonly machine: MachineLine;
    /** In the order in which they were made; of a repetition that was made twice only the later one. */
    readonly measurements: readonly Measurement[];
    /** What was left out, a sentence each. */
    readonly warnings: readonly string[];
    /**
     * The file's text without a torn last line and with a newline at its end: what the file must hold
     * before more lines are appended.
     */
    readonly completeText: string;
}

/** Says in one sentence which line of which file is wrong, why, and what is allowed. */
export class ResultFileError extends Error {
    override readonly name = "ResultFileError";

    constructor(file: string, line: number, problem: string) {
        super(`${file}, line ${line}: ${problem}`);
    }
}

/**
 * Parses a result file. A last line that was torn while it was written is left out with a warning.
 *
 * @param file its name, for messages alone
 * @throws {ResultFileError} at the first line that is wrong
 */
export function parseResultFile(text: string, file: string): ResultFile {
    const { rows, tornLine } = rowsOf(text);
    const lines = rows.map((row, i) => parseLine(row, file, i + 1));
    const [machine, ...rest] = lines;
    if (machine?.kind !== "machine") {
        throw new ResultFileError(file, 1, "the machine must come first, before any measurement.");
    }
    const measurements = new Map<string, Measurement>();
    const warnings: string[] = [];
    for (const [i, line] of rest.entries()) {
        if (line.kind === "machine") {
            throw new ResultFileError(
                file,
                i + 2,
                "a second machine: all of a file is measured on one, with one commit. Write another file.",
            );
        }
        const key = measurementKey(line);
        if (measurements.delete(key) && line.kind !== "failure") {
            warnings.push(`${file}, line ${i + 2}: measured before; this later line counts.`);
        }
        measurements.set(key, line);
    }
    if (tornLine !== undefined) {
        warnings.push(`${file}, line ${tornLine}: torn while it was written, and left out.`);
    }
    const completeText = rows.map((row) => `${row}\n`).join("");
    return { machine, measurements: [...measurements.values()], warnings, completeText };
}

/** The lines of a text; a last one is torn when it has no newline and is no JSON. */
function rowsOf(text: string): { rows: string[]; tornLine: number | undefined } {
    const rows = text.split("\n");
    const last = rows.pop() ?? "";
    if (last === "") {
        return { rows, tornLine: undefined };
    }
    if (jsonOf(last) === undefined) {
        return { rows, tornLine: rows.length + 1 };
    }
    return { rows: [...rows, last], tornLine: undefined };
}

function parseLine(row: string, file: string, line: number): ResultLine {
    const raw = jsonOf(row);
    if (raw === undefined) {
        throw new ResultFileError(
            file,
            line,
            "not JSON. Each line is one JSON object; only the last one may be torn.",
        );
    }
    const result = resultLineSchema.safeParse(raw);
    if (!result.success) {
        const problems = result.error.issues.map((issue) => problemOf(issue, raw));
        throw new ResultFileError(file, line, `${problems.join("; ")}.`);
    }
    return result.data;
}

function jsonOf(row: string): unknown {
    try {
        return JSON.parse(row) as unknown;
    } catch {
        return undefined;
    }
}

function problemOf(issue: z.core.$ZodIssue, raw: unknown): string {
    if (issue.code === "unrecognized_keys") {
        const names = issue.keys.map((key) => [...issue.path, key].join("."));
        return `${names.join(", ")} ${names.length > 1 ? "are no fields" : "is no field"} of such a line`;
    }
    if (issue.path.length === 0) {
        return "must be a JSON object";
    }
    const value = issue.path.reduce<unknown>(
        (found, key) => (found as Record<PropertyKey, unknown> | null | undefined)?.[key],
        raw,
    );
    const allowed =
        issue.code === "invalid_type" && issue.expected === "object"
            ? "must be a JSON object"
            : issue.message;
    return value === undefined
        ? `${issue.path.join(".")} is missing and ${allowed}`
        : `${issue.path.join(".")} ${allowed}, not ${JSON.stringify(value)}`;
}
