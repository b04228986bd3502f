import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ManagedProcess, type ProcessOptions } from "./managedProcess";
import { Watchdog } from "./watchdog";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The reason of `Supervisor.signal` after a signal or a regular stop. */
export class LabStoppedError extends Error {
    override readonly name = "LabStoppedError";
    constructor(readonly by?: NodeJS.Signals) {
        super(by ? `the lab was stopped by ${by}` : "the lab was stopped");
    }
}

export interface SupervisorOptions {
    /** The folder in which the lab's folder is made; the system's temporary folder by default. */
    readonly parentFolder?: string;
}

/**
 * Owns the temporary folder of one lab and every process in it. Both are gone after `stop`, after
 * SIGINT, SIGTERM or SIGHUP (which then end this process as usual), and after the death of this
 * process, even by SIGKILL.
 */
export class Supervisor {
    /** The lab's folder: configuration, data and logs. */
    readonly folder: string;
    private readonly watchdog: Watchdog;
    private readonly children = new Set<ManagedProcess>();
    private readonly controller = new AbortController();
    private stopping: Promise<void> | undefined;

    private constructor(folder: string) {
        this.folder = folder;
        // Every wait inside the lab listens to the signal: more than ten listeners are no leak.
        setMaxListeners(0, this.controller.signal);
        // First the watchdog, then the folder: the watchdog knows the folder from the beginning.
        this.watchdog = new Watchdog(folder);
        for (const signal of SIGNALS) {
            process.on(signal, this.onSignal);
        }
        process.on("exit", this.onExit);
    }

    static async create(options: SupervisorOptions = {}): Promise<Supervisor> {
        const parent = path.resolve(options.parentFolder ?? tmpdir());
        const supervisor = new Supervisor(path.join(parent, `kafka-dr-lab-${randomUUID()}`));
        try {
            await mkdir(supervisor.folder, { mode: 0o700 });
            return supervisor;
        } catch (error) {
            await supervisor.stop();
            throw error;
        }
    }

    /**
     * Aborted when the lab must end: a process crashed (`ProcessCrashError`), a signal arrived or
     * `stop` was called (`LabStoppedError`). Every wait inside the lab listens to it.
     */
    get signal(): AbortSignal {
        return this.controller.signal;
    }

    /**
     * Starts a program. If it ends without `stop` or `kill`, that is a crash and ends the lab,
     * unless `mayEnd` is set.
     */
    async spawn(
        options: ProcessOptions,
        { mayEnd = false }: { readonly mayEnd?: boolean } = {},
    ): Promise<ManagedProcess> {
        return this.launch(options, async (child) => {
            if (!child.stopRequested && !mayEnd) {
                this.abort(await child.crashError());
            }
        });
    }

    /**
     * Runs a program and waits for its end.
     * @throws ProcessCrashError when its exit code is not 0; the lab continues
     */
    async run(options: ProcessOptions): Promise<void> {
        const child = await this.launch(options);
        const exit = await child.exited;
        this.signal.throwIfAborted();
        if (exit.code !== 0) {
            throw await child.crashError();
        }
    }

    /** The ids of the processes that are running. */
    get pids(): number[] {
        return [...this.children].flatMap((child) => (child.pid === undefined ? [] : [child.pid]));
    }

    /** Ends every process and removes the folder. Repeated calls wait for the same end. */
    async stop(): Promise<void> {
        this.stopping ??= this.stopOnce();
        await this.stopping;
    }

    private async launch(
        options: ProcessOptions,
        atEnd?: (child: ManagedProcess) => Promise<void>,
    ): Promise<ManagedProcess> {
        this.signal.throwIfAborted();
        const child = new ManagedProcess(options);
        this.children.add(child);
        void child.exited.then(async () => {
            this.children.delete(child);
            if (child.pid !== undefined) {
                this.watchdog.remove(child.pid);
            }
            await atEnd?.(child);
        });
        if (child.pid !== undefined) {
            await this.watchdog.add(child.pid);
        }
        this.signal.throwIfAborted();
        child.start();
        return child;
    }

    private abort(reason: Error): void {
        if (!this.signal.aborted) {
            this.controller.abort(reason);
        }
    }

    private async stopOnce(): Promise<void> {
        this.abort(new LabStoppedError());
        // The data is deleted with the folder: an orderly shutdown would save nothing.
        const children = [...this.children];
        for (const child of children) {
            child.kill("SIGKILL");
        }
        await Promise.all(children.map((child) => child.exited));
        try {
            await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
        } finally {
            await this.watchdog.close();
            for (const signal of SIGNALS) {
                process.off(signal, this.onSignal);
            }
            process.off("exit", this.onExit);
        }
    }

    private readonly onSignal = (signal: NodeJS.Signals): void => {
        this.abort(new LabStoppedError(signal));
        void this.stop().finally(() => {
            // The handlers are gone: the signal now has its default effect on this process.
            process.kill(process.pid, signal);
        });
    };

    private readonly onExit = (): void => {
        for (const child of this.children) {
            child.kill("SIGKILL");
        }
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    };
}

/**
 * Runs `body` with a supervisor, which is stopped in every case. A crash of a process of the lab or a
 * signal rejects immediately, even while `body` waits for something else.
 */
export async function withSupervisor<T>(
    body: (supervisor: Supervisor) => Promise<T>,
    options: SupervisorOptions = {},
): Promise<T> {
    const supervisor = await Supervisor.create(options);
    const aborted = new Promise<never>((_resolve, reject) => {
        supervisor.signal.addEventListener("abort", () => {
            reject(supervisor.signal.reason as Error);
        });
    });
    try {
        return await Promise.race([body(supervisor), aborted]);
    } finally {
        aborted.catch(() => undefined);
        await supervisor.stop();
    }
}
