/**
 * The imports between folders: `tsx scripts/imports.ts` checks the rules of .dependency-cruiser.cjs
 * and writes the diagram in CONTRIBUTING.md; with `--check` it fails if the diagram is out of date.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..");
const PRODUCT =
    "index.ts program.ts config strimzi components rbac policy kafka cli engine lab".split(" ");
const OTHERS = ["scripts", "tests", "examples"];
const FILE = "CONTRIBUTING.md";
const BEGIN = "<!-- imports: written by npm run imports:docs -->";
const END = "<!-- end of imports -->";

/** Runs dependency-cruiser. @throws with its findings when a rule is broken */
function cruise(args: readonly string[]): string {
    const program = join(
        ROOT,
        "node_modules",
        "dependency-cruiser",
        "bin",
        "dependency-cruiser.mjs",
    );
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [program, "--config", ".dependency-cruiser.cjs", ...args],
        { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    );
    if (status !== 0) {
        throw new Error(`${stdout}${stderr}`.trim());
    }
    return stdout;
}

/** The product's folders as a Mermaid diagram; an arrow is at least one import. */
function picture(): string {
    const folders = `^(${PRODUCT.join("|").replaceAll(".", "\\.")})`;
    const diagram = cruise([
        ...["--output-type", "mermaid", "--collapse", folders, "--include-only", folders],
        ...PRODUCT,
    ]);
    return ["```mermaid", diagram.trim().replace(/\n\n+/g, "\n"), "```"].join("\n");
}

function main(): void {
    cruise(["--output-type", "err-long", ...PRODUCT, ...OTHERS]);
    const text = readFileSync(join(ROOT, FILE), "utf8");
    const [before, rest] = text.split(BEGIN);
    const after = rest?.split(END)[1];
    if (before === undefined || after === undefined) {
        throw new Error(`${FILE} must have "${BEGIN}" and, after it, "${END}"`);
    }
    const current = `${before}${BEGIN}\n\n${picture()}\n\n${END}${after}`;
    if (current === text) {
        return;
    }
    if (process.argv.includes("--check")) {
        throw new Error(`The diagram of imports in ${FILE} is out of date: npm run imports:docs`);
    }
    writeFileSync(join(ROOT, FILE), current);
}

try {
    main();
} catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
}
