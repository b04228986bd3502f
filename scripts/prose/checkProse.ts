/**
 * Checks the prose of the repository. Markdown is checked with textlint: rules of Google's developer
 * documentation style guide, write-good, common terminology, and the phrases that this project
 * avoids. The comments and texts of TypeScript are checked for those phrases. Exits with 1 after a
 * finding.
 *
 * npm run check:prose [-- <file> ...]
 */
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { lintCode } from "./codeProse";
import { lintMarkdown } from "./markdownProse";
import { sourceFiles } from "./sourceFiles";

const root = join(__dirname, "..", "..");

/** Files whose phrases are wrong on purpose: the samples of the check's own test. */
const EXCLUDED = ["tests/unit/scripts/prose.test.ts"];

async function main(): Promise<void> {
    const named = process.argv.slice(2);
    const paths =
        named.length > 0
            ? named.map((file) => relative(root, resolve(file)))
            : [...sourceFiles(root, ".md"), ...sourceFiles(root, ".ts")].filter(
                  (path) => !EXCLUDED.includes(path),
              );
    let count = 0;
    for (const path of paths) {
        const text = readFileSync(join(root, path), "utf8");
        const findings = path.endsWith(".ts") ? lintCode(text) : await lintMarkdown(text);
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
