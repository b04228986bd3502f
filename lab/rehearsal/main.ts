/**
 * `make drill`: rehearses failovers and failbacks on real Kafka processes of this machine and prints a
 * table. Exit code 0 when every scenario ended as it must, 1 otherwise.
 */
import { LabStoppedError, withSupervisor } from "../process/supervisor";
import { number, table } from "../../cli/shared/output";
import { rehearse } from "./rehearsal";
import type { ScenarioResult } from "./scenario";

async function main(): Promise<void> {
    const started = performance.now();
    const at = () => `[${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s]`;
    try {
        const results = await withSupervisor(async (supervisor) =>
            rehearse({
                supervisor,
                onStep: (text) => {
                    console.log(`${at()} ${text}`);
                },
                onResult: ({ problems, steps = [] }) => {
                    for (const { id, seconds, detail } of steps) {
                        console.log(`${at()}   ${id} ${seconds.toFixed(1)} s: ${detail}`);
                    }
                    for (const problem of problems) {
                        console.log(`${at()}   ${problem}`);
                    }
                },
            }),
        );
        console.log(`\n${renderResults(results)}`);
        process.exitCode = results.every(({ problems }) => problems.length === 0) ? 0 : 1;
    } catch (error) {
        if (!(error instanceof LabStoppedError)) {
            throw error;
        }
        process.exitCode = 130;
    }
}

/** A row for each scenario. */
export function renderResults(results: readonly ScenarioResult[]): string {
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
