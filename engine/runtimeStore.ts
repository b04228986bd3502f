import { runtime } from "@pulumi/pulumi";
import * as runtimeState from "@pulumi/pulumi/runtime/state";

interface CallbackServer {
    /** Its address, once it listens and answers. */
    readonly _target: Promise<string>;
    shutdown(): void;
}

/** The parts of the SDK's state of one run that the engine uses. */
interface RuntimeStore {
    readonly settings: { monitor?: object; engine?: object };
    /** Serves the program's hooks on a loopback port; created with the first hook. */
    callbacks?: CallbackServer;
}

/** The SDK has these for inline programs of the Automation API; its type declarations omit them. */
const internals = runtimeState as unknown as {
    withLocalStorage<T>(callback: () => Promise<T>): Promise<T>;
    getLocalStore(): RuntimeStore | undefined;
};

/** The SDK's settings for a run. */
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
 * Calls a function with a fresh state of the SDK in an `AsyncLocalStorage`, which only the function and
 * whatever it starts can see. Runs therefore do not affect each other or the state that
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
            // Unlimited parallelism, as with the CLI. The addresses stay empty because the clients are passed.
            const parallel = Number.MAX_SAFE_INTEGER;
            const { project, stack, preview, organization } = options;
            runtime.resetOptions(project, stack, parallel, "", "", preview, organization);
            store.settings.monitor = options.monitor;
            store.settings.engine = options.engine;
            runtime.setAllConfig({ ...options.config }, [...options.secretKeys]);
            try {
                return await callback();
            } finally {
                // The SDK stops it only when a program completes.
                await callbackServerAnswers();
                store.callbacks?.shutdown();
            }
        });
    } finally {
        // The only state that the SDK also writes outside its store.
        globalThis.stackResource = before;
    }
}

/**
 * Waits until the server of this run's hooks, if any, answers. A server that is stopped earlier would
 * poll itself once a second without end.
 */
export async function callbackServerAnswers(): Promise<void> {
    await currentRun()?.callbacks?._target.catch(() => undefined);
}

/** The state of the run to which the executing code belongs; undefined outside a run. */
export function currentRun(): RuntimeStore | undefined {
    return internals.getLocalStore();
}
