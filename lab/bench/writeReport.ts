/** `npm run bench:report`: writes the report of a result file. See USAGE. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { BenchUsageError } from "./options";
import { plotsOf } from "./plots/plots";
import { renderReport } from "./report";
import { DEFAULT_RESULTS, parseResultFile, type ResultFile, ResultFileError } from "./resultFile";
import { summaryJson } from "./summaryJson";

const ROOT = join(__dirname, "..", "..");

/** The folder of the committed report, relative to the repository. */
export const DEFAULT_FOLDER = "docs/reference/throughput";

const USAGE = `Writes the report of a benchmark: report.md, its plots (*.svg), and results.json for programs.

npm run bench:report -- [<results.jsonl> [<folder>]]

  <results.jsonl>  result file of \`make bench\` (default: ${DEFAULT_RESULTS})
  <folder>         output folder; existing files are replaced (default: ${DEFAULT_FOLDER})
  --help           print this text

Exit codes:
  0    the report was written, even if it has missed goals
  1    an unexpected error
  2    wrong arguments, or a missing or invalid result file; nothing was written
`;

/**
 * The files of a report by name, with Markdown in the repository's format. The same result file always
 * gives the same bytes.
 */
export async function reportFiles(file: ResultFile): Promise<Map<string, string>> {
    const options = await resolveConfig(join(ROOT, "package.json"));
    return new Map([
        ["report.md", await format(renderReport(file), { ...options, parser: "markdown" })],
        ["results.json", summaryJson(file)],
        ...plotsOf(file).map(({ name, svg }): [string, string] => [name, svg()]),
    ]);
}

/**
 * Reads a result file and writes its report.
 *
 * @returns the warnings about the result file
 * @throws {ResultFileError} when the file is invalid; then nothing is written
 */
export async function writeReport(results: string, folder: string): Promise<readonly string[]> {
    const file = parseResultFile(textOf(results), results);
    const files = await reportFiles(file);
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of files) {
        writeFileSync(join(folder, name), content);
    }
    return file.warnings;
}

function textOf(results: string): string {
    try {
        return readFileSync(results, "utf8");
    } catch (error) {
        throw new BenchUsageError(
            `cannot read ${results} (${(error as NodeJS.ErrnoException).code ?? "unknown"}). \`make bench\` writes ${DEFAULT_RESULTS}; pass the name of another file as the first argument.`,
        );
    }
}

function argumentsOf(args: readonly string[]) {
    try {
        const { values, positionals } = parseArgs({
            args: [...args],
            options: { help: { type: "boolean", short: "h", default: false } },
            allowPositionals: true,
        });
        if (positionals.length > 2) {
            throw new Error(`Unexpected argument "${positionals[2] ?? ""}".`);
        }
        const [results, folder] = positionals;
        return { isHelp: values.help, results, folder };
    } catch (error) {
        throw new BenchUsageError(`${(error as Error).message} See --help.`);
    }
}

async function main(): Promise<void> {
    try {
        const given = argumentsOf(process.argv.slice(2));
        if (given.isHelp) {
            process.stdout.write(USAGE);
            return;
        }
        const folder = given.folder ?? join(ROOT, DEFAULT_FOLDER);
        const warnings = await writeReport(
            given.results ?? relative(process.cwd(), join(ROOT, DEFAULT_RESULTS)),
            folder,
        );
        for (const warning of warnings) {
            console.error(`warning: ${warning}`);
        }
        console.log(`Wrote ${join(folder, "report.md")}`);
    } catch (error) {
        if (!(error instanceof BenchUsageError || error instanceof ResultFileError)) {
            throw error;
        }
        console.error(`bench:report: ${error.message}`);
        process.exitCode = 2;
    }
}

if (require.main === module) {
    main().catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
    });
}
