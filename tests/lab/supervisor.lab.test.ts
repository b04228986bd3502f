import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ManagedProcess, ProcessCrashError } from "../../lab/process/managedProcess";
import { LabStoppedError, Supervisor, withSupervisor } from "../../lab/process/supervisor";
import { waitFor } from "../../lab/process/wait";
import { processStartTime } from "../../lab/process/procfs";
import { Watchdog } from "../../lab/process/watchdog";
import { gone, processesIn } from "./support/leakedProcesses";

/** Whether this user may mount a file system in a namespace of its own. */
function canMount(): boolean {
    const script = 'mount -t tmpfs -o size=1m tmpfs "$0"';
    return spawnSync("unshare", ["-rm", "sh", "-c", script, tmpdir()]).status === 0;
}

function shell(script: string, folder: string) {
    return {
        name: "program",
        command: "/bin/sh",
        args: ["-c", script],
        cwd: folder,
        logFile: path.join(folder, "program.log"),
    };
}

describe("supervisor", function () {
    let parent: string;
    beforeEach(() => {
        parent = mkdtempSync(path.join(tmpdir(), "supervisor-test-"));
    });
    afterEach(() => {
        rmSync(parent, { recursive: true, force: true });
    });

    it("leaves no process and no file after the normal end and after an exception", async () => {
        for (const failing of [false, true]) {
            const run = withSupervisor(
                async (supervisor) => {
                    await supervisor.spawn(shell("sleep 600", supervisor.folder));
                    assert.equal(supervisor.pids.length, 1);
                    if (failing) {
                        throw new Error("mine");
                    }
                },
                { parentFolder: parent },
            );
            await (failing ? assert.rejects(run, /^Error: mine$/) : run);
            await gone(parent);
        }
    });

    it("reports a crash immediately, with the last lines of the log", async () => {
        const run = withSupervisor(
            async (supervisor) => {
                const script = "seq 1 50; echo the reason >&2; exit 3";
                await supervisor.spawn(shell(script, supervisor.folder));
                await new Promise(() => undefined);
            },
            { parentFolder: parent },
        );
        await assert.rejects(run, (error: unknown) => {
            assert.ok(error instanceof ProcessCrashError);
            assert.deepEqual(error.exit, { code: 3, signal: null });
            assert.equal(error.logLines.length, 20);
            assert.match(
                error.message,
                /^program ended with exit code 3;.*\n( {4}.*\n)* {4}50\n {4}the reason$/,
            );
            return true;
        });
        await gone(parent);
    });

    it("continues when a program that may end by itself ends", async () => {
        await withSupervisor(
            async (supervisor) => {
                const script = shell("exit 3", supervisor.folder);
                const child = await supervisor.spawn(script, { mayEnd: true });
                assert.deepEqual(await child.exited, { code: 3, signal: null });
                await supervisor.run(shell("exit 0", supervisor.folder));
            },
            { parentFolder: parent },
        );
    });

    it("reports a program that does not exist", async () => {
        const run = withSupervisor(
            async (supervisor) => {
                const options = shell("", supervisor.folder);
                await supervisor.run({ ...options, command: "/no/such/program" });
            },
            { parentFolder: parent },
        );
        await assert.rejects(run, /program ended with exit code 127;.*\n.*no.such.program/s);
    });

    it("stops with SIGTERM, then with SIGKILL", async () => {
        await withSupervisor(
            async (supervisor) => {
                const polite = await supervisor.spawn(shell("exec sleep 600", supervisor.folder));
                assert.deepEqual(await polite.stop(), { code: null, signal: "SIGTERM" });
                const marker = path.join(supervisor.folder, "ready");
                const deaf = await supervisor.spawn(
                    shell(
                        `trap '' TERM; : > ${marker}; while :; do sleep 1; done`,
                        supervisor.folder,
                    ),
                );
                await waitFor(
                    "the trap is set",
                    () => Promise.resolve(existsSync(marker) ? true : undefined),
                    { timeoutMs: 300_000 },
                );
                assert.deepEqual(await deaf.stop(200), { code: null, signal: "SIGKILL" });
                assert.equal(supervisor.signal.aborted, false);
            },
            { parentFolder: parent },
        );
    });

    it("starts no process after it was stopped", async () => {
        const supervisor = await Supervisor.create({ parentFolder: parent });
        await supervisor.stop();
        await assert.rejects(supervisor.spawn(shell("", parent)), LabStoppedError);
    });

    it("starts a program only after it is registered with the watchdog", async () => {
        const marker = path.join(parent, "started");
        const child = new ManagedProcess(shell(`: > ${marker}`, parent));
        // The kernel closes the pipe when the parent dies before it has given permission.
        (child as unknown as { child: ChildProcess }).child.stdio[3]?.destroy();
        assert.deepEqual(await child.exited, { code: 1, signal: null });
        assert.equal(existsSync(marker), false);
    });

    it("kills no process that only reuses a recorded id", async () => {
        const folder = path.join(parent, "lab");
        const sleeper = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
        try {
            const watchdog = new Watchdog(folder);
            const { stdin } = (watchdog as unknown as { child: ChildProcess }).child;
            const start = processStartTime(sleeper.pid!);
            stdin?.write(`add ${sleeper.pid} ${Number(start) - 1}\n`);
            await watchdog.close();
            assert.equal(sleeper.exitCode ?? sleeper.signalCode, null);
            assert.equal(processStartTime(sleeper.pid!), start);
            const second = new Watchdog(folder);
            await second.add(sleeper.pid!);
            await second.close();
            await waitFor(
                "the sleeper is killed",
                () => Promise.resolve(sleeper.signalCode ?? undefined),
                { timeoutMs: 300_000 },
            );
        } finally {
            sleeper.kill("SIGKILL");
        }
    });

    it("reports a full disk when a Kafka fills it, and leaves no process and no file", function () {
        if (!canMount()) {
            this.skip();
        }
        // The mount is in its own namespace, which ends with the processes in it.
        const script =
            'mount -t tmpfs -o size=32m tmpfs "$0" && "$@"; code=$?; ls -A "$0"; exit $code';
        const run = spawnSync(
            "unshare",
            ["-rm", "sh", "-c", script, parent, ...labChild("flood")],
            { encoding: "utf8", timeout: 600_000 },
        );
        assert.equal(run.status, 1, run.stderr);
        assert.match(run.stderr, /^c-combined-0 ended .*; the disk with .* is full;/);
        const [folder, ...rest] = run.stdout.trimEnd().split("\n");
        assert.ok(folder?.startsWith(parent));
        assert.deepEqual(rest, ["spawning"], "the remaining files in the lab's folder");
        assert.deepEqual(processesIn(parent), []);
    });

    it("reports a file that cannot grow, and leaves no process and no file", async function () {
        const run = withSupervisor(
            async (supervisor) => {
                const script = "ulimit -f 8; trap '' XFSZ; dd if=/dev/zero of=data bs=4k count=64";
                await supervisor.spawn(shell(script, supervisor.folder));
                await new Promise(() => undefined);
            },
            { parentFolder: parent },
        );
        await assert.rejects(run, /program ended with exit code 1;(.|\n)*File too large/);
        await gone(parent);
    });

    /** The command of a lab in a process of its own. */
    function labChild(what: string): string[] {
        const file = path.join(__dirname, "support", "labChild.ts");
        return [process.execPath, "-r", "tsx/cjs", file, what, parent];
    }

    /** Runs a lab in a child process and sends it a signal `delayMs` after the line `at`. */
    async function killDuring(
        what: string,
        at: string,
        signal: NodeJS.Signals,
        delayMs: number,
    ): Promise<NodeJS.Signals | null> {
        const child = spawn(process.execPath, labChild(what).slice(1), {
            stdio: ["ignore", "pipe", "inherit"],
        });
        const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
        for await (const line of createInterface({ input: child.stdout })) {
            if (line === at) {
                break;
            }
        }
        await sleep(delayMs);
        child.kill(signal);
        const [, by] = await exit;
        await gone(parent);
        return by;
    }

    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const) {
        it(`leaves nothing after ${signal}, while it starts and after`, async () => {
            for (const delayMs of [0, 3, 15]) {
                assert.equal(await killDuring("sleepers", "spawning", signal, delayMs), signal);
            }
            assert.equal(await killDuring("sleepers", "up", signal, 0), signal);
        });
    }

    for (const signal of ["SIGINT", "SIGKILL"] as const) {
        it(`leaves no Kafka after ${signal} during its start`, async () => {
            // The first is while the storage is formatted, the second while the broker starts.
            for (const delayMs of [300, 2000]) {
                assert.equal(await killDuring("kafka", "spawning", signal, delayMs), signal);
            }
        });
    }
});
