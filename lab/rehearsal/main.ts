/**
 * `make drill`: rehearses failovers and failbacks with real Kafka processes on this machine and prints
 * a table. Exit code 0 when every scenario met its expectations, 1 otherwise.
 */
import { number, table } from "../../cli/shared/output";
import { LabStoppedError, type Supervisor, withSupervisor } from "../process/supervisor";
import { LabPair } from "./labPair";
import type { Outcome } from "./scenario";
import { scenarios } from "./scenarios";

interface ScenarioResult extends Outcome {
    readonly name: string;
}

async function main(): Promise<void> {
    const started = performance.now();
    const print = (text: string) => {
        const seconds = (performance.now() - started) / 1000;
        console.log(`[${seconds.toFixed(1).padStart(5)} s] ${text}`);
    };
    try {
        const results = await withSupervisor(async (supervisor) => rehearse(supervisor, print));
        console.log(`\n${renderResults(results)}`);
        process.exitCode = results.every(({ problems }) => problems.length === 0) ? 0 : 1;
    } catch (error) {
        if (!(error instanceof LabStoppedError)) {
            throw error;
        }
        process.exitCode = 130;
    }
}

/** Runs the scenarios in order, on one pair of real clusters; one that throws is the last. */
async function rehearse(
    supervisor: Supervisor,
    print: (text: string) => void,
): Promise<ScenarioResult[]> {
    const pair = await LabPair.start({ supervisor, onStep: print });
    const results: ScenarioResult[] = [];
    try {
        for (const { name, run } of scenarios()) {
            print(name);
            const outcome = await run(pair).catch((error: unknown) => {
                supervisor.signal.throwIfAborted();
                return error instanceof Error ? (error.stack ?? error.message) : String(error);
            });
            if (typeof outcome === "string") {
                print(`  ${outcome}`);
                results.push({ name, problems: [outcome] });
                // Each scenario begins where the one before it ended.
                break;
            }
            for (const { id, seconds, detail } of outcome.steps ?? []) {
                print(`  ${id} ${seconds.toFixed(1)} s: ${detail}`);
            }
            for (const problem of outcome.problems) {
                print(`  ${problem}`);
            }
            results.push({ name, ...outcome });
        }
        return results;
    } finally {
        await pair.close();
    }
}

/** A row for each scenario. */
function renderResults(results: readonly ScenarioResult[]): string {
    const cell = (value: number | undefined) => (value === undefined ? "-" : number(value));
    const rows = results.map(({ name, problems, steps, ...counts }) => [
        name,
        cell(counts.acknowledged),
        cell(counts.mirrored),
        cell(counts.lost),
        cell(counts.repeated),
        steps === undefined ? "-" : `${rtoOf(steps).toFixed(1)} s`,
        problems.length === 0 ? "OK" : "FAILED",
    ]);
    const head = ["scenario", "acknowledged", "mirrored", "lost", "repeated", "RTO", "verdict"];
    return `${table([head, ...rows]).join("\n")}\n`;
}

function rtoOf(steps: NonNullable<ScenarioResult["steps"]>): number {
    return steps.reduce((sum, { seconds }) => sum + seconds, 0);
}

if (require.main === module) {
    main().catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
    });
}
