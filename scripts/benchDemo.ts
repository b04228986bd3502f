/**
 * Times `make demo` with a warm cache, and the unit and golden tests. Prints each run, the median and
 * the target. A missed target is reported but does not fail, because the machine may be the reason.
 *
 * npm run bench:demo [-- <runs, 3 by default>]
 */
import { spawn } from "node:child_process";
import { median } from "../lab/bench/statistics";
import { machine, runCount } from "./bench/runs";

interface Subject {
    readonly name: string;
    readonly command: readonly [string, ...string[]];
    readonly targetSeconds: number;
}

const SUBJECTS: readonly Subject[] = [
    { name: "make demo", command: ["make", "demo"], targetSeconds: 60 },
    {
        name: "unit and golden tests",
        command: ["sh", "-c", "npm run --silent test:unit && npm run --silent test:golden"],
        targetSeconds: 30,
    },
];

async function timeOnce([command, ...args]: Subject["command"]): Promise<number> {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    const code = await new Promise<number | null>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", resolve);
    });
    if (code !== 0) {
        throw new Error(`${[command, ...args].join(" ")} ended with exit code ${code ?? "none"}`);
    }
    return Number(process.hrtime.bigint() - started) / 1e9;
}

async function main(): Promise<void> {
    const runs = runCount(3);
    console.log(`${machine()}, ${runs} runs each after one to warm up`);
    for (const { name, command, targetSeconds } of SUBJECTS) {
        await timeOnce(command);
        const seconds: number[] = [];
        for (let run = 0; run < runs; run += 1) {
            seconds.push(await timeOnce(command));
        }
        const verdict = median(seconds) <= targetSeconds ? "met" : "MISSED";
        console.log(
            `${name.padEnd(22)} median ${median(seconds).toFixed(1)} s of ${seconds.map((value) => value.toFixed(1)).join(", ")}; target ${targetSeconds} s ${verdict}`,
        );
    }
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
