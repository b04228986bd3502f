import { setTimeout as sleep } from "node:timers/promises";
import type { StepResult } from "../../cli/failover/step";
import { lagOf } from "../../cli/shared/mirror/progress";
import type { LabPair } from "./labPair";

/** What one scenario ended with. */
export interface Outcome {
    readonly acknowledged?: number;
    /** Acknowledged records that the site which is active afterwards has. */
    readonly mirrored?: number;
    readonly lost?: number;
    /** Records that were read again, or that a log has more than once. */
    readonly repeated?: number;
    /** The steps of the command; the sum of their times is the RTO. */
    readonly steps?: readonly StepResult[];
    /** Expectations that were not met; empty when the scenario passed. */
    readonly problems: readonly string[];
}

export interface Scenario {
    readonly name: string;
    readonly run: (pair: LabPair) => Promise<Outcome>;
}

export function scenario(
    name: string,
    run: (pair: LabPair, expect: Expectations) => Promise<Omit<Outcome, "problems">>,
): Scenario {
    return {
        name,
        run: async (pair) => {
            const expect = new Expectations();
            return { ...(await run(pair, expect)), problems: expect.problems };
        },
    };
}

/** Collects the expectations that are not met. */
export class Expectations {
    readonly problems: string[] = [];

    equal(what: string, found: unknown, expected: unknown): void {
        if (found !== expected) {
            this.problems.push(`${what}: ${String(found)} instead of ${String(expected)}`);
        }
    }

    /** @param problem What is wrong when the condition does not hold. */
    that(problem: string, holds: boolean): void {
        if (!holds) {
            this.problems.push(problem);
        }
    }
}

const POLL_MS = 200;
/** Longer than any wait on a slow machine. */
const HANG_SECONDS = 300;

/** Waits for a condition. @throws when it does not hold in time */
export async function until(
    what: string,
    holds: () => Promise<boolean>,
    { signal }: Pick<LabPair, "signal">,
): Promise<void> {
    const deadline = performance.now() + HANG_SECONDS * 1000;
    for (;;) {
        signal.throwIfAborted();
        if (await holds()) {
            return;
        }
        if (performance.now() > deadline) {
            throw new Error(`${what}: not within ${HANG_SECONDS} s`);
        }
        await sleep(POLL_MS, undefined, { signal });
    }
}

/** Waits until the mirror of the present epoch has no lag. */
export async function mirroredAll(pair: LabPair): Promise<void> {
    const { epoch } = await pair.position();
    const mirror = pair.mirror("forward", epoch);
    await until(
        "everything is mirrored",
        async () => {
            const { partitions, unknown } = await mirror.progress({
                records: true,
                watchSeconds: 0,
            });
            return lagOf(partitions) === 0 && unknown.length === 0;
        },
        pair,
    );
}
