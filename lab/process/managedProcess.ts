import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { open, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** How much of the end of a log is read for its last lines. */
const LOG_TAIL_BYTES = 64 * 1024;
/** With less than this the next write of a JVM or its log is likely to fail. */
const LEAST_FREE_BYTES = 1024 * 1024;

/** A program to run. */
export interface ProcessOptions {
    /** The name in messages, such as `my-cluster-broker-0`. */
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
    readonly cwd: string;
    /** Takes standard output and standard error; appended to. */
    readonly logFile: string;
    readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended: with a code, or by a signal. */
export interface ProcessExit {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
}

/** A process of the lab ended without having been stopped. */
export class ProcessCrashError extends Error {
    override readonly name = "ProcessCrashError";
    constructor(
        readonly processName: string,
        readonly exit: ProcessExit,
        readonly logFile: string,
        /** The last lines of its log, oldest first. */
        readonly logLines: readonly string[],
        /** Whether the disk with its log was full, in which case the log may lack the reason. */
        readonly diskFull = false,
    ) {
        const how = exit.signal ? `by ${exit.signal}` : `with exit code ${String(exit.code)}`;
        const log = logLines.length > 0 ? logLines.join("\n    ") : "(empty)";
        const why = diskFull ? `; the disk with ${dirname(logFile)} is full` : "";
        super(`${processName} ended ${how}${why}; the last lines of its log:\n    ${log}`);
    }
}

/*
 * The program starts only after a line arrives on file descriptor 3. If the parent dies before it has
 * registered this process with the watchdog, the read meets the end of the pipe and nothing starts.
 */
const GATE = 'read -r go <&3 || exit 1; exec 3<&-; exec "$@"';

/** A child process in a process group of its own; make it with `Supervisor.spawn`. */
export class ManagedProcess {
    readonly name: string;
    readonly logFile: string;
    /** Resolves when the process has ended; never rejects. */
    readonly exited: Promise<ProcessExit>;
    private readonly child: ChildProcess;
    private stopWasRequested = false;
    private result: ProcessExit | undefined;

    constructor(options: ProcessOptions) {
        this.name = options.name;
        this.logFile = options.logFile;
        const log = openSync(options.logFile, "a");
        try {
            this.child = spawn("/bin/sh", ["-c", GATE, "sh", options.command, ...options.args], {
                cwd: options.cwd,
                env: { ...process.env, ...options.env },
                stdio: ["ignore", log, log, "pipe"],
                detached: true,
            });
        } finally {
            closeSync(log);
        }
        this.gate.on("error", () => undefined);
        this.exited = new Promise((resolve) => {
            const end = (exit: ProcessExit): void => {
                this.result ??= exit;
                resolve(this.result);
            };
            this.child.once("exit", (code, signal) => {
                end({ code, signal });
            });
            this.child.once("error", () => {
                end({ code: 127, signal: null });
            });
        });
    }

    /** The process id, which is also the id of its process group; undefined when the spawn failed. */
    get pid(): number | undefined {
        return this.child.pid;
    }

    get running(): boolean {
        return this.result === undefined && this.child.pid !== undefined;
    }

    /** True after `stop` or `kill` was called: the end of the process is then no crash. */
    get stopRequested(): boolean {
        return this.stopWasRequested;
    }

    private get gate(): Writable {
        return this.child.stdio[3] as Writable;
    }

    /** Starts the program. */
    start(): void {
        this.gate.end("go\n");
    }

    /** Sends a signal to the whole process group. An end after this call is no crash. */
    kill(signal: NodeJS.Signals): void {
        this.stopWasRequested = true;
        if (this.running && this.child.pid !== undefined) {
            try {
                process.kill(-this.child.pid, signal);
            } catch {
                // It ended between the check and the signal.
            }
        }
    }

    /** Sends SIGTERM, after `graceMs` SIGKILL, and waits for the end. */
    async stop(graceMs = 10_000): Promise<ProcessExit> {
        this.kill("SIGTERM");
        const timer = new AbortController();
        const late = sleep(graceMs, "late", { signal: timer.signal }).catch(() => "ended");
        if ((await Promise.race([this.exited, late])) === "late") {
            this.kill("SIGKILL");
        }
        timer.abort();
        return this.exited;
    }

    /** Waits for the end and returns the error that describes it as a crash. */
    async crashError(): Promise<ProcessCrashError> {
        const exit = await this.exited;
        const { name, logFile } = this;
        const [lines, full] = await Promise.all([lastLines(logFile), isDiskFull(dirname(logFile))]);
        return new ProcessCrashError(name, exit, logFile, lines, full);
    }
}

/**
 * The last lines of a log file, oldest first; empty for a file that is missing or unreadable,
 * because the caller is reporting another error, which must not be hidden.
 */
async function lastLines(file: string, count = 20): Promise<string[]> {
    try {
        const handle = await open(file, "r");
        try {
            const { size } = await handle.stat();
            const start = Math.max(0, size - LOG_TAIL_BYTES);
            const buffer = Buffer.alloc(size - start);
            await handle.read(buffer, 0, buffer.length, start);
            return buffer.toString("utf8").trimEnd().split("\n").slice(-count);
        } finally {
            await handle.close();
        }
    } catch {
        return [];
    }
}

/** Whether the file system of a folder is full; false when that cannot be determined. */
async function isDiskFull(folder: string): Promise<boolean> {
    try {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize < LEAST_FREE_BYTES;
    } catch {
        return false;
    }
}
