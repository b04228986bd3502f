/**
 * Everything that must hold before a change lands, in the order of how fast it fails: docs, format,
 * lint, types, then the test suites. All steps run even if one fails; the last line sums the tests.
 */
import { spawn } from "node:child_process";

interface Step {
    readonly script: string;
    readonly exitCode: number;
    readonly seconds: number;
    readonly counts: Counts | undefined;
}

interface Counts {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
}

const SCRIPTS = [
    "check:docs",
    "check:format",
    "check:types",
    "check:lint",
    "test:unit",
    "test:golden",
    "test:lab",
    "test:cluster",
    "test:cli",
];

/** Runs one npm script, passing its output on and reading the suite's closing line from it. */
async function run(script: string): Promise<Step> {
    console.log(`\n== npm run ${script}`);
    const started = process.hrtime.bigint();
    const child = spawn("npm", ["run", "--silent", script], {
        stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        process.stdout.write(text);
    });
    const exitCode = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => {
            resolve(code ?? 1);
        });
    });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    return { script, exitCode, seconds, counts: closingLine(output) };
}

function closingLine(output: string): Counts | undefined {
    const match = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output);
    return match === null
        ? undefined
        : { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
}

function describe({ script, exitCode, seconds, counts }: Step): string {
    const verdict = exitCode === 0 ? "ok    " : "FAILED";
    const tests =
        counts === undefined
            ? ""
            : `  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    return `${verdict} ${script.padEnd(13)} ${seconds.toFixed(1).padStart(6)} s${tests}`;
}

async function main(): Promise<void> {
    const steps: Step[] = [];
    for (const script of SCRIPTS) {
        steps.push(await run(script));
    }
    // A suite that died before its closing line must not look like one without tests.
    const died = steps
        .filter((step) => step.script.startsWith("test:") && (step.counts?.failed ?? 0) === 0)
        .filter((step) => step.exitCode !== 0 || step.counts === undefined);
    const checks = steps.filter((step) => step.script.startsWith("check:"));
    const sum = (field: keyof Counts) =>
        steps.reduce((total, step) => total + (step.counts?.[field] ?? 0), 0);
    const failedChecks = checks.filter((step) => step.exitCode !== 0).length;
    const passed = sum("passed") + checks.length - failedChecks;
    const failed = sum("failed") + failedChecks + died.length;

    console.log(`\n${steps.map(describe).join("\n")}\n`);
    console.log(`${passed} passed, ${failed} failed, ${sum("skipped")} skipped`);
    process.exitCode = failed > 0 || steps.some((step) => step.exitCode !== 0) ? 1 : 0;
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
