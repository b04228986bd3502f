import { setImmediate } from "node:timers/promises";
import { runtime } from "@pulumi/pulumi";
import type { StackConfig } from "../config/stackFile";
import type { Backend, ReadRequest, Registration, ResourceState } from "./backend";
import { LogCollector, type LogMessage } from "./diagnostics";
import { ResourceMonitor } from "./monitor";
import { formatPropertyPath } from "./propertyPath";
import { engineClient, monitorClient } from "./rpc";
import { callbackServerAnswers, inFreshRuntime } from "./runtimeStore";
import { watchStrayRejections } from "./strayRejections";

export interface RunOptions extends StackConfig {
    /** Default: `organization`, as with a self-managed backend of the CLI. */
    readonly organization?: string;
    /** Default: false. */
    readonly preview?: boolean;
    readonly backend: Backend;
    /** Called with each log message. */
    readonly onLog?: (message: LogMessage) => void;
    /** Aborting it fails the run with the signal's reason. */
    readonly signal?: AbortSignal;
}

/** The registrations, reads, outputs and logs of a run. */
export interface ProgramResult {
    readonly stackUrn: string;
    readonly preview: boolean;
    /** In the order of registration, the root stack first. */
    readonly registrations: readonly Registration[];
    /** In order, including the reads of a preview whose id is unknown. */
    readonly reads: readonly ReadRequest[];
    /** Ids and outputs by URN; for components the outputs that they registered. */
    readonly states: ReadonlyMap<string, ResourceState>;
    /** The stack's outputs as plain values. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Property paths of the outputs that are secret or unknown. */
    readonly secretOutputs: readonly string[];
    readonly unknownOutputs: readonly string[];
    readonly logs: readonly LogMessage[];
}

/** A program: returns the stack's outputs or a promise of them, like the export of an entry module. */
export type Program = () => unknown;

/**
 * Runs a program as a Pulumi stack in this process. Runs may overlap.
 *
 * A run ends when the program has returned, all registered resources are complete, and two more turns of
 * the event loop have brought no rejection. A program that waits for something that never happens does
 * not end.
 *
 * @throws EngineError with the backend's message and the resource's URN when a resource fails. Other
 *     errors are thrown unchanged: those that the program throws, rejections of its promises even if
 *     unhandled, and the signal's reason. `pulumi.log.error` fails a run as well. The first failure is
 *     thrown, after the backend has finished the operations in progress.
 */
export async function runProgram(program: Program, options: RunOptions): Promise<ProgramResult> {
    const monitor = monitorOf(options);
    const logs = new LogCollector(options.onLog);
    return inFreshRuntime(
        {
            project: options.project,
            stack: options.stack,
            organization: options.organization ?? "organization",
            preview: options.preview ?? false,
            config: options.config,
            secretKeys: options.secretKeys ?? [],
            monitor: monitorClient(monitor),
            engine: engineClient(logs),
        },
        async () => {
            const unwatch = watchStrayRejections((reason) => {
                monitor.fail(reason);
            });
            const abort = () => {
                monitor.fail(options.signal?.reason);
            };
            options.signal?.addEventListener("abort", abort);
            try {
                options.signal?.throwIfAborted();
                await Promise.race([runToEnd(program), rejectionOf(monitor)]);
                failWithLoggedErrors(logs);
                return resultOf(monitor, logs, options.preview ?? false);
            } catch (error) {
                const first = monitor.fail(error);
                await monitor.idle();
                await strayRejectionsAreReported();
                throw first.urn === undefined ? first.cause : first;
            } finally {
                options.signal?.removeEventListener("abort", abort);
                unwatch();
                monitor.close();
            }
        },
    );
}

/** Creates the monitor of a run, with the config values that concern the engine itself. */
export function monitorOf(options: RunOptions): ResourceMonitor {
    const disabled = options.config["pulumi:disable-default-providers"];
    return new ResourceMonitor({
        project: options.project,
        stack: options.stack,
        preview: options.preview ?? false,
        backend: options.backend,
        disabledDefaultProviders:
            disabled === undefined ? [] : (JSON.parse(disabled) as readonly string[]),
    });
}

/** The result of a run so far. */
export function resultOf(
    monitor: ResourceMonitor,
    logs: LogCollector,
    preview: boolean,
): ProgramResult {
    const { values, secrets, unknowns } = monitor.stackOutputs;
    return {
        stackUrn: monitor.stackUrn,
        preview,
        registrations: monitor.registrations,
        reads: monitor.reads,
        states: monitor.states,
        outputs: values,
        secretOutputs: secrets.map(formatPropertyPath),
        unknownOutputs: unknowns.map(formatPropertyPath),
        logs: logs.messages,
    };
}

async function runToEnd(program: Program): Promise<void> {
    await runtime.runInPulumiStack(() => Promise.resolve(program()));
    await callbackServerAnswers();
    await runtime.disconnect();
    await strayRejectionsAreReported();
}

async function rejectionOf(monitor: ResourceMonitor): Promise<never> {
    throw await monitor.failed;
}

/** Node.js reports unhandled rejections at the end of a turn; handling one may cause another. */
async function strayRejectionsAreReported(): Promise<void> {
    await setImmediate();
    await setImmediate();
}

function failWithLoggedErrors(logs: LogCollector): void {
    const errors = logs.messages.filter(({ severity }) => severity === "error");
    if (errors.length > 0) {
        throw new Error(errors.map(({ message }) => message).join("\n"));
    }
}
