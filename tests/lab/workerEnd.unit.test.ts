import assert from "node:assert/strict";
import { hangsAtItsEnd } from "./rights/workerEnd";

const FRAMES = [
    "org.eclipse.jetty.util.thread.AutoLock$WithCondition.await(AutoLock.java:151)",
    "org.eclipse.jetty.util.thread.QueuedThreadPool.join(QueuedThreadPool.java:834)",
    "org.eclipse.jetty.server.Server.join(Server.java:712)",
    "org.apache.kafka.connect.runtime.rest.RestServer.stop(RestServer.java:381)",
    "org.apache.kafka.connect.runtime.Connect$ShutdownHook.run(Connect.java:117)",
];

/** The stacks of two threads, as a JVM prints them after SIGQUIT. */
function dump(name: string, frames: readonly string[]): string[] {
    return [
        "Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6 mixed mode, sharing):",
        "",
        `"${name}" #24 prio=5 os_prio=0 cpu=10.23ms elapsed=9.25s waiting on condition`,
        "   java.lang.Thread.State: WAITING (parking)",
        ...frames.map((frame) => `\tat ${frame}`),
        "",
        '"qtp1-30" #30 prio=5 os_prio=0 cpu=1.10ms elapsed=9.25s runnable',
        `\tat ${FRAMES[1]!}`,
        "",
        "JNI global refs: 22, weak refs: 0",
    ];
}

describe("a worker that hangs at its end", () => {
    it("waits in Connect's hook for the threads of its HTTP server", () => {
        assert(hangsAtItsEnd(dump("connect-shutdown-hook", FRAMES)));
    });

    it("is not detected while the hook still stops the server, or does something else", () => {
        const stopping = FRAMES.map((frame) => frame.replaceAll(".join(", ".stop("));
        assert(!hangsAtItsEnd(dump("connect-shutdown-hook", stopping)));
        assert(!hangsAtItsEnd(dump("connect-shutdown-hook", FRAMES.slice(3))));
    });

    it("is not detected without the hook: another thread may wait for the pool", () => {
        assert(!hangsAtItsEnd(dump("main", FRAMES)));
        assert(!hangsAtItsEnd([]));
    });
});
