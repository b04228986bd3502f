import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { parse } from "yaml";
import { type EngineError, LogCollector } from "./diagnostics";
import { monitorOf, type ProgramResult, resultOf, type RunOptions } from "./program";
import { engineService, monitorService } from "./rpc";

export interface ChildProgramOptions extends RunOptions {
    /** The folder of the program: its package.json names the entry module. */
    readonly directory: string;
    /** Milliseconds after which the program is killed. Default: 120000. */
    readonly timeoutMs?: number;
    /** Added to the environment of this process, for example `PULUMI_NODEJS_TRANSPILE_ONLY`. */
    readonly env?: Readonly<Record<string, string>>;
    /** Called at each registration of a resource or of outputs. */
    readonly onRegistration?: () => void;
}

export interface ChildProgramResult {
    /** 0: success. 1: an unhandled error. 32: a logged error. Null: killed. */
    readonly exitCode: number | null;
    readonly timedOut: boolean;
    readonly stdout: string;
    readonly stderr: string;
    /** The registrations and logs up to its end; its errors are among the logs. */
    readonly result: ProgramResult;
    /** Why the monitor stopped. The program does not learn of it and may end with 0. */
    readonly failure: EngineError | undefined;
}

/**
 * Runs a program as Pulumi's language host for Node.js does: in its own process, with the SDK's launcher,
 * with ts-node unless its Pulumi.yaml disables that, and with the monitor and the engine over gRPC on a
 * free loopback port. Exit codes, unhandled errors and leaked promises are therefore the same as with
 * the CLI.
 *
 * Resolves when the process has ended, for whatever reason. The process does not outlive this one.
 */
export async function runChildProgram(options: ChildProgramOptions): Promise<ChildProgramResult> {
    const monitor = monitorOf(options);
    const logs = new LogCollector(options.onLog);
    let failure: EngineError | undefined;
    void monitor.failed.then((reason) => {
        failure = reason;
    });

    const server = new Server();
    const service = monitorService(monitor, (method) => {
        if (REGISTRATIONS.has(method)) {
            options.onRegistration?.();
        }
    });
    server.addService(ResourceMonitorService, service);
    server.addService(EngineService, engineService(logs));
    try {
        const bind = promisify(server.bindAsync.bind(server));
        const port = await bind("127.0.0.1:0", ServerCredentials.createInsecure());
        const ended = await runLauncher(options, `127.0.0.1:${port}`);
        await monitor.idle();
        const result = resultOf(monitor, logs, options.preview ?? false);
        return { ...ended, result, failure };
    } finally {
        monitor.close();
        server.forceShutdown();
    }
}

/** The calls that register resources, as opposed to reads and functions. */
const REGISTRATIONS: ReadonlySet<string> = new Set(["registerResource", "registerResourceOutputs"]);

async function runLauncher(options: ChildProgramOptions, address: string) {
    const child = spawn(process.execPath, launcherArguments(options, address), {
        cwd: options.directory,
        env: {
            ...process.env,
            PULUMI_NODEJS_TYPESCRIPT: String(startsTsNode(options.directory)),
            PULUMI_CONFIG: JSON.stringify(options.config),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys ?? []),
            ...options.env,
        },
        stdio: ["ignore", "pipe", "pipe"],
    });
    const closed = once(child, "close");
    const kill = () => child.kill("SIGKILL");
    let timedOut = false;
    const timer = setTimeout(() => {
        timedOut = true;
        kill();
    }, options.timeoutMs ?? 120_000);
    process.once("exit", kill);
    options.signal?.addEventListener("abort", kill);
    try {
        if (options.signal?.aborted === true) {
            kill();
        }
        const [stdout, stderr] = await Promise.all([
            output(child, "stdout"),
            output(child, "stderr"),
            closed,
        ]);
        return { exitCode: child.exitCode, timedOut, stdout, stderr };
    } finally {
        clearTimeout(timer);
        process.off("exit", kill);
        options.signal?.removeEventListener("abort", kill);
    }
}

function launcherArguments(options: ChildProgramOptions, address: string): string[] {
    // The program's own copy of the SDK, like the CLI.
    const fromProgram = createRequire(join(options.directory, "package.json"));
    return [
        fromProgram.resolve("@pulumi/pulumi/cmd/run"),
        ...["--monitor", address],
        ...["--engine", address],
        ...["--project", options.project],
        ...["--stack", options.stack],
        ...["--organization", options.organization ?? "organization"],
        ...["--root-directory", options.directory],
        ...["--pwd", options.directory],
        ...(options.preview === true ? ["--dry-run"] : []),
        ...["--parallel", "16"],
        ".",
    ];
}

function output(child: ChildProcess, stream: "stdout" | "stderr"): Promise<string> {
    const readable = child[stream];
    return readable === null ? Promise.resolve("") : text(readable);
}

interface ProjectFile {
    readonly main?: unknown;
    readonly runtime?: string | { readonly options?: Readonly<Record<string, unknown>> };
}

/** Pulumi's options for Node.js that would start the program differently. */
const UNSUPPORTED = ["nodeargs", "tsconfigpath"];

/**
 * Whether the language host starts ts-node: `runtime.options.typescript` of the Pulumi.yaml in a
 * program's folder. True by default and without a Pulumi.yaml, as with the CLI.
 */
export function startsTsNode(directory: string): boolean {
    const file = join(directory, "Pulumi.yaml");
    if (!existsSync(file)) {
        return true;
    }
    const { main, runtime } = parse(readFileSync(file, "utf8")) as ProjectFile;
    const options = typeof runtime === "object" ? (runtime.options ?? {}) : {};
    const [refused] = [
        ...(main === undefined ? [] : ["main"]),
        ...UNSUPPORTED.filter((name) => name in options).map((name) => `runtime.options.${name}`),
    ];
    if (refused !== undefined) {
        throw new Error(
            `${file}: the in-process engine does not support ${refused}; use the pulumi CLI`,
        );
    }
    return options.typescript !== false;
}
