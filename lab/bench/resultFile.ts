import type { z } from "zod";
import { type Measurement, measurementKey } from "./measurementKeys";
import type { MachineLine, ResultLine } from "./result";
import { resultLineSchema } from "./resultSchema";

/** Where `make bench` writes and `npm run bench:report` reads, relative to the repository. */
export const DEFAULT_RESULTS = "bench-results/results.jsonl";

/** A valid result file. */
export interface ResultFile {
    readonly machine: MachineLine;
    /** In chronological order; of two measurements with the same key only the later one. */
    readonly measurements: readonly Measurement[];
    /** A sentence for each line that was ignored. */
    readonly warnings: readonly string[];
    /**
     * The file's text without an incomplete last line and with a newline at its end: the content
     * that the file must have before more lines are appended.
     */
    readonly completeText: string;
}

/** A line of a result file is wrong. The message has the file, the line, the reason and what is allowed. */
export class ResultFileError extends Error {
    override readonly name = "ResultFileError";

    constructor(file: string, line: number, problem: string) {
        super(`${file}, line ${line}: ${problem}`);
    }
}

/**
 * Parses a result file. An incomplete last line, left by an interrupted write, is ignored with a warning.
 *
 * @param file its name, only for messages
 * @throws {ResultFileError} at the first line that is wrong
 */
export function parseResultFile(text: string, file: string): ResultFile {
    const { rows, incompleteLine } = rowsOf(text);
    const lines = rows.map((row, i) => parseLine(row, file, i + 1));
    const [machine, ...rest] = lines;
    if (machine?.kind !== "machine") {
        throw new ResultFileError(
            file,
            1,
            "the machine must be the first line, before any measurement.",
        );
    }
    const measurements = new Map<string, Measurement>();
    const warnings: string[] = [];
    for (const [i, line] of rest.entries()) {
        if (line.kind === "machine") {
            throw new ResultFileError(
                file,
                i + 2,
                "a second machine: all measurements of a file must come from one machine and one commit. Use another file.",
            );
        }
        const key = measurementKey(line);
        if (measurements.delete(key) && line.kind !== "failure") {
            warnings.push(
                `${file}, line ${i + 2}: repeats an earlier measurement; this later line counts.`,
            );
        }
        measurements.set(key, line);
    }
    if (incompleteLine !== undefined) {
        warnings.push(
            `${file}, line ${incompleteLine}: incomplete, left by an interrupted write; it is ignored.`,
        );
    }
    const completeText = rows.map((row) => `${row}\n`).join("");
    return { machine, measurements: [...measurements.values()], warnings, completeText };
}

/** The lines of a text; the last one is incomplete when it has no newline and is not JSON. */
function rowsOf(text: string): { rows: string[]; incompleteLine: number | undefined } {
    const rows = text.split("\n");
    const last = rows.pop() ?? "";
    if (last === "") {
        return { rows, incompleteLine: undefined };
    }
    if (jsonOf(last) === undefined) {
        return { rows, incompleteLine: rows.length + 1 };
    }
    return { rows: [...rows, last], incompleteLine: undefined };
}

function parseLine(row: string, file: string, line: number): ResultLine {
    const raw = jsonOf(row);
    if (raw === undefined) {
        throw new ResultFileError(
            file,
            line,
            "not JSON. Each line must be one JSON object; only the last one may be incomplete.",
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
        return `unknown ${names.length > 1 ? "fields" : "field"} ${names.join(", ")}`;
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
