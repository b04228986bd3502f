import { setTimeout as sleep } from "node:timers/promises";
import { pendingOf } from "../../cli/shared/mirror/progress";
import type { LabPair } from "./labPair";

const POLL_MS = 200;

/** Waits for a condition. @throws when it does not hold in time */
export async function until(
    what: string,
    holds: () => Promise<boolean>,
    { signal }: Pick<LabPair, "signal">,
    seconds = 60,
): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
        signal.throwIfAborted();
        if (await holds()) {
            return;
        }
        if (performance.now() > deadline) {
            throw new Error(`${what}: not within ${seconds} s`);
        }
        await sleep(POLL_MS, undefined, { signal });
    }
}

/** Waits until the mirror of the present life has everything. */
export async function mirroredAll(pair: LabPair): Promise<void> {
    const { epoch } = await pair.position();
    const mirror = pair.mirror("forward", epoch);
    await until(
        "everything is mirrored",
        async () => pendingOf(await mirror.progress(true)) === 0,
        pair,
    );
}
