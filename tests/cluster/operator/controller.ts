import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../../../engine/kubernetes";
import type { ApiServer } from "../bed/apiServer";

/** Milliseconds between two looks at all objects. */
const INTERVAL_MS = 50;

/**
 * Looks at all objects again and again, as a controller does, until it is stopped. It waits while its
 * API server is stopped.
 */
export class ReconcileLoop {
    private readonly stopped = new AbortController();
    private readonly running: Promise<void>;

    constructor(
        private readonly server: Pick<ApiServer, "running">,
        private readonly reconcileAll: () => Promise<void>,
    ) {
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
            if (this.server.running) {
                await this.reconcileAll().catch((error: unknown) => {
                    // The answer to a request may be lost with the server.
                    if (this.server.running) {
                        throw error;
                    }
                });
            }
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
