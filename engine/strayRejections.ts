import { currentRun } from "./runtimeStore";

type Listener = NodeJS.UnhandledRejectionListener;

/*
 * An `apply` that throws, and whose result is unused, causes only an unhandled rejection: neither the
 * resource monitor nor the program's promise receives it. With the CLI it fails the deployment, so it
 * must fail a run here. Node.js reports it by one event for the whole process and calls the listener in
 * the asynchronous context of the rejected promise, which identifies the run. During runs this module
 * replaces the other listeners and passes rejections of no run on to them; otherwise a test runner would
 * report what a run has already reported.
 */

const watchers = new Map<object, (reason: unknown) => void>();
let displaced: Listener[] = [];
let passingOn = false;

/**
 * Reports the unhandled rejections of the current run to `watcher` instead of the other listeners.
 *
 * @returns a function that ends it
 * @throws Error outside a run
 */
export function watchStrayRejections(watcher: (reason: unknown) => void): () => void {
    const run = currentRun();
    if (run === undefined) {
        throw new Error("unhandled rejections can only be watched inside a run");
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
    // Mocha's listener emits the event again, after the others have received it.
    if (passingOn) {
        return;
    }
    if (displaced.length === 0) {
        // The behaviour of Node.js without listeners: the process ends with this error.
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
