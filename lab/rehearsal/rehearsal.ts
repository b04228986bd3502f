import type { Supervisor } from "../process/supervisor";
import { LabPair } from "./labPair";
import { scenarios } from "./scenarios";
import type { ScenarioResult } from "./scenario";

export interface RehearsalOptions {
    readonly supervisor: Supervisor;
    readonly onStep?: (text: string) => void;
    readonly onResult?: (result: ScenarioResult) => void;
}

/** Runs every scenario on one pair of real clusters, in order; one that breaks ends the rehearsal. */
export async function rehearse(options: RehearsalOptions): Promise<ScenarioResult[]> {
    const { supervisor, onStep, onResult } = options;
    const pair = await LabPair.start({
        supervisor,
        topics: [{ name: "orders", partitions: 3 }],
        ...(onStep && { onStep }),
    });
    const results: ScenarioResult[] = [];
    try {
        for (const scenario of scenarios()) {
            onStep?.(scenario.name);
            const started = performance.now();
            const seconds = () => (performance.now() - started) / 1000;
            try {
                const outcome = await scenario.run(pair);
                results.push({ ...outcome, name: scenario.name, seconds: seconds() });
            } catch (error) {
                supervisor.signal.throwIfAborted();
                const reason =
                    error instanceof Error ? (error.stack ?? error.message) : String(error);
                results.push({ name: scenario.name, seconds: seconds(), problems: [reason] });
            }
            const result = results.at(-1);
            if (result !== undefined) {
                onResult?.(result);
            }
        }
        return results;
    } finally {
        await pair.close();
    }
}
