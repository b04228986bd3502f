import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import { apiClient } from "../../support/kubernetes";
import type { ApiServer } from "../apiServers/apiServer";

/** Milliseconds between two looks at all objects. */
const INTERVAL_MS = 50;

/**
 * Looks at all objects of one API server again and again until it is stopped. It waits while its API
 * server is stopped.
 */
export abstract class Controller {
    protected readonly client: ApiClient;
    private readonly stopped = new AbortController();
    private readonly running: Promise<void>;

    constructor(protected readonly server: ApiServer) {
        this.client = apiClient(server.access.operator);
        this.running = this.run();
        // Whoever stops it learns of it.
        this.running.catch(() => undefined);
    }

    /** One look at all objects, and what follows from it. */
    protected abstract reconcileAll(): Promise<void>;

    /**
     * Ends its work.
     * @throws whatever ended it before
     */
    async stop(): Promise<void> {
        this.stopped.abort();
        await this.running;
    }

    private async run(): Promise<void> {
        const { signal } = this.stopped;
        // The first look waits as well: until then the constructor of the subclass is not done.
        while (await isNextLookDue(signal)) {
            if (this.server.running) {
                await this.reconcileAll().catch((error: unknown) => {
                    // The answer to a request may be lost with the server.
                    if (this.server.running) {
                        throw error;
                    }
                });
            }
        }
    }
}

/** Waits for the time of the next look; false once nobody wants one any more. */
async function isNextLookDue(signal: AbortSignal): Promise<boolean> {
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
}

/** What changed or went between the look and the write is looked at again next time. */
export function unlessOutdated(error: unknown): void {
    if (!(error instanceof ApiError && (error.status === 409 || error.status === 404))) {
        throw error;
    }
}
