/**
 * Times this project's Pulumi program in the SDK's language host, from the start of its process to its
 * last registration and to its end, and compares it with an empty program of `pulumi new`. The engine
 * only records, so that nothing but the program is measured. Runs of all variants take turns, so that
 * other load on the machine affects all of them.
 *
 * npm run bench:program [-- <runs, 3 by default>]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, summary } from "../lab/bench/statistics";
import { readStackFile } from "../config/stackFile";
import { RecordingBackend, runChildProgram } from "../engine";
import { machine, runCount } from "./bench/runs";
import { REFERENCE, type Variant, variants } from "./bench/programVariants";

const root = join(__dirname, "..");

const TARGET = 0.6;

interface Run {
    /** Milliseconds from the start of the process. */
    readonly lastRegistration: number;
    readonly end: number;
    /** Milliseconds of CPU time, including esbuild's process. */
    readonly cpu: number;
    /** Peak memory of the program's process in MiB. */
    readonly memory: number;
}

/** Loaded into the program's process, which reports its resource usage when it ends. */
const PROBE = `process.on("exit", () => {
    const { readFileSync, writeFileSync } = require("node:fs");
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    let children = 0;
    try {
        // The 16th and 17th field: ticks of 10 ms of children that have ended.
        const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
        children = 10 * (Number(fields[13]) + Number(fields[14]));
    } catch {}
    const cpu = (userCPUTime + systemCPUTime) / 1000 + children;
    writeFileSync(process.env.KAFKA_DR_BENCH, JSON.stringify({ cpu, memory: maxRSS / 1024 }));
});`;

async function runOnce(variant: Variant, folder: string): Promise<Run> {
    const probe = join(folder, "probe.js");
    const usage = join(folder, "usage.json");
    writeFileSync(probe, PROBE);
    variant.prepare?.();
    const started = performance.now();
    let lastRegistration = NaN;
    const { exitCode, stderr, result } = await runChildProgram({
        ...readStackFile(root, "dev"),
        directory: variant.directory,
        preview: true,
        backend: new RecordingBackend(),
        env: { ...variant.env, NODE_OPTIONS: `--require ${probe}`, KAFKA_DR_BENCH: usage },
        onRegistration: () => {
            lastRegistration = performance.now() - started;
        },
    });
    const end = performance.now() - started;
    if (exitCode !== 0) {
        const logs = result.logs.map(({ message }) => message);
        throw new Error(
            `${variant.name}: exit code ${exitCode ?? "none"}\n${stderr}${logs.join()}`,
        );
    }
    const used = JSON.parse(readFileSync(usage, "utf8")) as Pick<Run, "cpu" | "memory">;
    return { lastRegistration, end, ...used };
}

function table(runs: ReadonlyMap<string, readonly Run[]>): string {
    const reference = runs.get(REFERENCE) ?? [];
    const seconds = (values: readonly number[]) => (median(values) / 1000).toFixed(2);
    const lines = [...runs].map(([name, own]) => {
        const of = (field: keyof Run) => own.map((run) => run[field]);
        const ratio = (field: keyof Run) =>
            // Of consecutive runs.
            median(own.map((run, index) => run[field] / (reference[index]?.[field] ?? NaN)));
        const { min = NaN, max = NaN } = summary(of("lastRegistration")) ?? {};
        return [
            name,
            `${seconds(of("lastRegistration"))} (${(min / 1000).toFixed(2)} to ${(max / 1000).toFixed(2)})`,
            ratio("lastRegistration").toFixed(2),
            seconds(of("end")),
            seconds(of("cpu")),
            ratio("cpu").toFixed(2),
            median(of("memory")).toFixed(0),
        ];
    });
    const head = ["program", "last registration, s", "ratio", "end, s", "CPU, s", "ratio", "MiB"];
    return [head, head.map(() => "---"), ...lines]
        .map((cells) => `| ${cells.join(" | ")} |`)
        .join("\n");
}

async function main(): Promise<void> {
    const count = runCount(3);
    const folder = mkdtempSync(join(tmpdir(), "kafka-dr-bench-"));
    try {
        const all = variants(root, folder);
        const runs = new Map(all.map(({ name }) => [name, [] as Run[]]));
        console.log(`${machine()}, medians of ${count} runs each, which take turns\n`);
        for (let turn = 0; turn < count; turn += 1) {
            for (const variant of all) {
                runs.get(variant.name)?.push(await runOnce(variant, folder));
            }
        }
        console.log(table(runs));
        console.log(`\nTarget: "dev, as committed" at a ratio of at most ${TARGET}.`);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
