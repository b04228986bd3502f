import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import { apiClient } from "../../support/kubernetes";
import type { ApiServer } from "../apiServers/apiServer";

/** Milliseconds between two reconciliations. */
const INTERVAL_MS = 50;

/**
 * Reconciles all objects of one API server periodically until it is stopped. Pauses while its API server
 * is stopped.
 */
export abstract class Controller {
    protected readonly client: ApiClient;
    private readonly stopped = new AbortController();
    private readonly running: Promise<void>;

    constructor(protected readonly server: ApiServer) {
        this.client = apiClient(server.access.operator);
        this.running = this.run();
        // stop() throws the error.
        this.running.catch(() => undefined);
    }

    /** Reconciles all objects once. */
    protected abstract reconcileAll(): Promise<void>;

    /**
     * Stops it.
     * @throws the error that ended it before
     */
    async stop(): Promise<void> {
        this.stopped.abort();
        await this.running;
    }

    private async run(): Promise<void> {
        const { signal } = this.stopped;
        // The first reconciliation waits for the constructor of the subclass.
        while (await isNextDue(signal)) {
            if (this.server.running) {
                await this.reconcileAll().catch((error: unknown) => {
                    // A stopped server may lose the answer to a request.
                    if (this.server.running) {
                        throw error;
                    }
                });
            }
        }
    }
}

/** Waits for the next reconciliation; false after the signal. */
async function isNextDue(signal: AbortSignal): Promise<boolean> {
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
}

/** Ignores conflicts and missing objects: the next reconciliation sees the new state. */
export function unlessOutdated(error: unknown): void {
    if (!(error instanceof ApiError && (error.status === 409 || error.status === 404))) {
        throw error;
    }
}
