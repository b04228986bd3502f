/**
 * Checks the prose of Markdown with textlint: rules of Google's developer documentation style guide,
 * write-good, common terminology, and the phrases that this project avoids. `--code` checks the
 * comments and texts of TypeScript files for those phrases instead. Exits with 1 after a finding.
 *
 * npm run check:prose [-- --code] [-- <file> ...]
 */
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { lintCode } from "./codeProse";
import { lintMarkdown, type ProseFinding } from "./markdownProse";
import { sourceFiles } from "./sourceFiles";

const root = join(__dirname, "..", "..");

async function main(): Promise<void> {
    const isCode = process.argv.includes("--code");
    const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
    const paths =
        named.length > 0
            ? named.map((file) => relative(root, resolve(file)))
            : sourceFiles(root, isCode ? ".ts" : ".md");
    let count = 0;
    for (const path of paths) {
        const text = readFileSync(join(root, path), "utf8");
        const findings: readonly ProseFinding[] = isCode
            ? lintCode(text)
            : await lintMarkdown(text);
        for (const { line, column, message } of findings) {
            console.error(`${path}:${line}:${column}: ${message}`);
        }
        count += findings.length;
    }
    if (count > 0) {
        console.error(`${count} findings in ${paths.length} files`);
        process.exitCode = 1;
    }
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
