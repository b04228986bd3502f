import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { RightsWorker } from "./rightsWorker";

const LOOK_MS = 10_000;
/** Thread dumps in a row in which the hook waits for the pool: in one it may be passing through. */
const LOOKS = 2;

/**
 * Waits until a worker ends with an error, and fails if it ends in another way.
 *
 * Connect 4.3.1 may hang during shutdown. `System.exit` runs Connect's shutdown hook concurrently with
 * that of its HTTP server, Jetty 12.0.34, which destroys a server that is not in the state started. If
 * Connect's hook is stopping the server at that moment, Jetty drops the thread pool before it stops
 * it, and Connect's hook waits for the pool forever: `ShutdownThread.run`,
 * `ContainerLifeCycle.destroy`, `RestServer.stop`. In a pod the liveness probe ends such a worker,
 * because its REST interface is closed. Here its thread dump must show this state; then it is killed.
 */
export async function untilEnded(worker: RightsWorker): Promise<void> {
    const { process: child } = worker;
    for (let seenHanging = 0; seenHanging < LOOKS;) {
        const timer = new AbortController();
        const look = sleep(LOOK_MS, undefined, { signal: timer.signal }).catch(() => undefined);
        const exit = await Promise.race([child.exited, look]);
        timer.abort();
        if (exit !== undefined) {
            assert.deepEqual(exit, { code: 1, signal: null });
            return;
        }
        seenHanging = hangsAtItsEnd(await worker.threadDump()) ? seenHanging + 1 : 0;
    }
    await assert.rejects(worker.rest.isHealthy(), "its REST interface is open");
    child.kill("SIGKILL");
    await child.exited;
}

/** Whether Connect's shutdown hook waits for the thread pool of an HTTP server that it has stopped. */
export function hangsAtItsEnd(threadDump: readonly string[]): boolean {
    const begin = threadDump.findIndex((line) => line.startsWith('"connect-shutdown-hook"'));
    if (begin === -1) {
        return false;
    }
    const end = threadDump.findIndex((line, index) => index > begin && line.trim() === "");
    const stack = threadDump.slice(begin, end === -1 ? undefined : end).join("\n");
    return ["QueuedThreadPool.join", "Server.join", "RestServer.stop"].every((frame) =>
        stack.includes(`.${frame}(`),
    );
}
