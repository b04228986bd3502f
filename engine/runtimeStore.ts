import { runtime } from "@pulumi/pulumi";
import * as runtimeState from "@pulumi/pulumi/runtime/state";

interface CallbackServer {
    /** Its address, once it listens and answers. */
    readonly _target: Promise<string>;
    shutdown(): void;
}

/** The SDK's state of one run: its clients, settings, config. Only the parts used here. */
interface RuntimeStore {
    readonly settings: { monitor?: object; engine?: object };
    /** Serves the program's hooks on a loopback port; made with the first of them. */
    callbacks?: CallbackServer;
}

/** The SDK has these for the Automation API's inline programs; its type declarations hide them. */
const internals = runtimeState as unknown as {
    withLocalStorage<T>(callback: () => Promise<T>): Promise<T>;
    getLocalStore(): RuntimeStore | undefined;
};

/** What the SDK is told about a run. */
export interface RuntimeOptions {
    readonly project: string;
    readonly stack: string;
    readonly organization: string;
    readonly preview: boolean;
    readonly config: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
    /** Client stubs of the resource monitor and of the engine. */
    readonly monitor: object;
    readonly engine: object;
}

/**
 * Calls a function in a fresh state of the SDK, which lives in an `AsyncLocalStorage`: whatever the
 * function starts sees it, nothing else does. So runs do not touch each other, nor the state that
 * `pulumi.runtime.setMocks` sets for the process.
 */
export async function inFreshRuntime<T>(
    options: RuntimeOptions,
    callback: () => Promise<T>,
): Promise<T> {
    const before = globalThis.stackResource;
    try {
        return await internals.withLocalStorage(async () => {
            const store = currentRun();
            if (store === undefined) {
                throw new Error("this version of @pulumi/pulumi keeps no state per run");
            }
            // Without a limit, as with the CLI. The addresses stay empty: the clients are given.
            const parallel = Number.MAX_SAFE_INTEGER;
            const { project, stack, preview, organization } = options;
            runtime.resetOptions(project, stack, parallel, "", "", preview, organization);
            store.settings.monitor = options.monitor;
            store.settings.engine = options.engine;
            runtime.setAllConfig({ ...options.config }, [...options.secretKeys]);
            try {
                return await callback();
            } finally {
                // The SDK stops it when a program has come to its end, and only then.
                await callbackServerAnswers();
                store.callbacks?.shutdown();
            }
        });
    } finally {
        // The one thing that the SDK also writes outside of its store.
        globalThis.stackResource = before;
    }
}

/**
 * Waits until the server of this run's hooks answers, if there is one. One that is stopped before
 * would go on looking for itself once a second, for ever.
 */
export async function callbackServerAnswers(): Promise<void> {
    await currentRun()?.callbacks?._target.catch(() => undefined);
}

/** The state of the run that the running code belongs to; undefined outside of all runs. */
export function currentRun(): RuntimeStore | undefined {
    return internals.getLocalStore();
}
