import { currentRun } from "./runtimeStore";

type Listener = NodeJS.UnhandledRejectionListener;

/*
 * An `apply` that throws and whose result nobody uses is an unhandled rejection and nothing else:
 * neither the resource monitor nor the program's own promise hears of it. With the CLI it fails the
 * deployment, so it must fail a run here. Node tells of it by one event for the whole process and
 * calls the listener in the asynchronous context of the rejected promise, which says to which run it
 * belongs. While runs last, this module stands in front of the other listeners and passes on to them
 * what belongs to no run; otherwise a test runner would report what a run has reported already.
 */

const watchers = new Map<object, (reason: unknown) => void>();
let displaced: Listener[] = [];
let passingOn = false;

/**
 * Tells of the promises that reject unhandled in the current run of the SDK, instead of everybody
 * else who listens for them.
 *
 * @returns what ends it.
 * @throws Error outside of a run.
 */
export function watchStrayRejections(watcher: (reason: unknown) => void): () => void {
    const run = currentRun();
    if (run === undefined) {
        throw new Error("there is no run whose rejections could be watched");
    }
    if (watchers.size === 0) {
        displaced = process.listeners("unhandledRejection");
        process.removeAllListeners("unhandledRejection");
        process.on("unhandledRejection", dispatch);
    }
    watchers.set(run, watcher);
    return () => {
        watchers.delete(run);
        if (watchers.size === 0) {
            process.off("unhandledRejection", dispatch);
            const present = process.listeners("unhandledRejection");
            for (const listener of displaced.filter((listener) => !present.includes(listener))) {
                process.on("unhandledRejection", listener);
            }
            displaced = [];
        }
    };
}

const dispatch: Listener = (reason, promise) => {
    const run = currentRun();
    const watcher = run && watchers.get(run);
    if (watcher !== undefined) {
        watcher(reason);
        return;
    }
    // Mocha's listener emits the event once more; the others have it by then.
    if (passingOn) {
        return;
    }
    if (displaced.length === 0) {
        // What Node does when nobody listens: the process ends with this error.
        throw reason instanceof Error ? reason : new Error(String(reason));
    }
    passingOn = true;
    try {
        for (const listener of displaced) {
            listener(reason, promise);
        }
    } finally {
        passingOn = false;
    }
};
