import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../../../engine/kubernetes";

/** Milliseconds between two looks at all objects. */
const INTERVAL_MS = 50;

/** Looks at all objects again and again, as a controller does, until it is stopped. */
export class ReconcileLoop {
    private readonly stopped = new AbortController();
    private readonly running: Promise<void>;

    constructor(private readonly reconcileAll: () => Promise<void>) {
        this.running = this.run();
        // Whoever stops the loop learns of it.
        this.running.catch(() => undefined);
    }

    /**
     * Ends it.
     * @throws whatever ended it before
     */
    async stop(): Promise<void> {
        this.stopped.abort();
        await this.running;
    }

    private async run(): Promise<void> {
        const { signal } = this.stopped;
        while (!signal.aborted) {
            await this.reconcileAll();
            await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
        }
    }
}

/** What changed or went between the look and the write is looked at again next time. */
export function unlessOutdated(error: unknown): void {
    if (!(error instanceof ApiError && (error.status === 409 || error.status === 404))) {
        throw error;
    }
}
