import type { StepResult } from "../../cli/failover/step";
import type { LabPair } from "./labPair";

/** What one scenario ended with. */
export interface Outcome {
    readonly acknowledged?: number;
    /** Records of those that the site which is active afterwards has. */
    readonly mirrored?: number;
    readonly lost?: number;
    /** Records that were read or are there once too often. */
    readonly repeated?: number;
    /** The steps of the command; the sum of their times is the RTO. */
    readonly steps?: readonly StepResult[];
    /** What was not as it must be; nothing when all was. */
    readonly problems: readonly string[];
}

export interface Scenario {
    readonly name: string;
    run(pair: LabPair): Promise<Outcome>;
}

export interface ScenarioResult extends Outcome {
    readonly name: string;
    readonly seconds: number;
}

/** Collects what is not as it must be. */
export class Expectations {
    readonly problems: string[] = [];

    equal(what: string, found: unknown, expected: unknown): void {
        if (found !== expected) {
            this.problems.push(`${what}: ${String(found)} instead of ${String(expected)}`);
        }
    }

    that(what: string, holds: boolean): void {
        if (!holds) {
            this.problems.push(what);
        }
    }
}
