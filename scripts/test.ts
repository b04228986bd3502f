/**
 * All checks that a change must pass. Downloads and builds come first. The suites on real Kafka
 * processes and API servers wait most of their time, so they run beside the others and print after them.
 * Every step runs even if another fails; failures are repeated at the end, and the last line has the
 * totals. `--all` also removes each right of MirrorMaker 2 in turn.
 */
import { spawn } from "node:child_process";

interface Step {
    readonly script: string;
    readonly exitCode: number;
    readonly seconds: number;
    readonly counts: Counts | undefined;
    readonly failures: string;
}

interface Counts {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
}

/** One after the other, the fastest to fail first. */
const SCRIPTS = [
    "check:docs",
    "check:imports",
    "check:prose",
    "check:format",
    "check:types",
    "check:lint",
    "test:unit",
    "test:golden",
    "test:cli",
];

/** Each beside those, from the beginning. */
const LONG_SCRIPTS = ["test:cluster", "test:lab"];

/** The destination of a step's output: the terminal, or a buffer until it is the step's turn. */
class Output {
    text = "";

    constructor(private isShown: boolean) {}

    write(text: string): void {
        this.text += text;
        if (this.isShown) {
            process.stdout.write(text);
        }
    }

    show(): void {
        if (!this.isShown) {
            this.isShown = true;
            process.stdout.write(this.text);
        }
    }
}

/** Runs one npm script, and reads the suite's closing line from its output. */
async function run(script: string, output: Output): Promise<Step> {
    output.write(`\n== npm run ${script}\n`);
    const started = process.hrtime.bigint();
    const child = spawn("npm", ["run", "--silent", script], {
        stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            output.write(text);
        });
    }
    const exitCode = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => {
            resolve(code ?? 1);
        });
    });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const { text } = output;
    return { script, exitCode, seconds, counts: closingLine(text), failures: failuresIn(text) };
}

/** Mocha's report of failures at the end of a suite, or the last lines of any other failed step. */
function failuresIn(text: string): string {
    const failing = /^ {2}\d+ failing$/m.exec(text);
    return text
        .slice(failing?.index ?? 0)
        .trimEnd()
        .split("\n")
        .slice(failing === null ? -SHOWN_LINES : 0)
        .slice(0, SHOWN_LINES)
        .join("\n");
}

/** Lines of a failed step that are repeated at the end. */
const SHOWN_LINES = 60;

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
    if (process.argv.includes("--all")) {
        process.env.KAFKA_DR_TEST_ALL = "1";
    }
    const prepared = await run("prepare:tests", new Output(true));
    const aside = LONG_SCRIPTS.map((script) => {
        const output = new Output(false);
        const step = run(script, output);
        // Not awaited yet: its error must not end the process before the others are done.
        step.catch(() => undefined);
        return { output, step };
    });
    const steps: Step[] = [prepared];
    for (const script of SCRIPTS) {
        steps.push(await run(script, new Output(true)));
    }
    for (const { output, step } of aside) {
        output.show();
        steps.push(await step);
    }
    // A suite that died before its closing line must not look like one without tests.
    const died = steps
        .filter((step) => step.script.startsWith("test:") && (step.counts?.failed ?? 0) === 0)
        .filter((step) => step.exitCode !== 0 || step.counts === undefined);
    const checks = steps.filter((step) => !step.script.startsWith("test:"));
    const sum = (field: keyof Counts) =>
        steps.reduce((total, step) => total + (step.counts?.[field] ?? 0), 0);
    const failedChecks = checks.filter((step) => step.exitCode !== 0).length;
    const passed = sum("passed") + checks.length - failedChecks;
    const failed = sum("failed") + failedChecks + died.length;

    for (const step of steps.filter(({ exitCode }) => exitCode !== 0)) {
        console.log(`\n== failed: npm run ${step.script}\n${step.failures}`);
    }
    console.log(`\n${steps.map(describe).join("\n")}\n`);
    console.log(`${passed} passed, ${failed} failed, ${sum("skipped")} skipped`);
    process.exitCode = failed > 0 || steps.some((step) => step.exitCode !== 0) ? 1 : 0;
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
