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
    /** Called for every message as it comes. */
    readonly onLog?: (message: LogMessage) => void;
    /** Fails the run with the signal's reason. */
    readonly signal?: AbortSignal;
}

/** What a program did. */
export interface ProgramResult {
    readonly stackUrn: string;
    readonly preview: boolean;
    /** In the order in which they came, the root stack first. */
    readonly registrations: readonly Registration[];
    /** In the order in which they came; those of a preview that wait for an unknown id included. */
    readonly reads: readonly ReadRequest[];
    /** What resources turned out to be, by URN; for components what they registered as outputs. */
    readonly states: ReadonlyMap<string, ResourceState>;
    /** The stack's outputs as plain values. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Property paths of the outputs that are secret or unknown. */
    readonly secretOutputs: readonly string[];
    readonly unknownOutputs: readonly string[];
    readonly logs: readonly LogMessage[];
}

/** Returns the stack's outputs, or a promise of them, as what a program's entry module exports. */
export type Program = () => unknown;

/**
 * Runs a program as a Pulumi stack in this process. Runs may follow each other and may overlap.
 *
 * It ends when the program has returned, every resource that it registered is done, and two more
 * turns of the event loop have brought no rejection. A program that waits for something that never
 * comes does not end.
 *
 * @throws EngineError when a resource fails: the backend's message, and the resource's URN. Whatever
 * else goes wrong is thrown as it is: what the program throws, what its promises reject with even if
 * nobody handles it, the signal's reason. `pulumi.log.error` fails a run, too. Always the first
 * failure, and after the backend is done with what was under way.
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
                await Promise.race([toItsEnd(program), rejectionOf(monitor)]);
                failWithLoggedErrors(logs);
                return resultOf(monitor, logs, options.preview ?? false);
            } catch (error) {
                const first = monitor.fail(error);
                await monitor.idle();
                await strayRejectionsAreTold();
                throw first.urn === undefined ? first.cause : first;
            } finally {
                options.signal?.removeEventListener("abort", abort);
                unwatch();
                monitor.close();
            }
        },
    );
}

/** A monitor for a run, with what the stack's config says to the engine itself. */
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

/** What a monitor has seen, complete or not. */
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

async function toItsEnd(program: Program): Promise<void> {
    await runtime.runInPulumiStack(() => Promise.resolve(program()));
    await callbackServerAnswers();
    await runtime.disconnect();
    await strayRejectionsAreTold();
}

async function rejectionOf(monitor: ResourceMonitor): Promise<never> {
    throw await monitor.failed;
}

/** Node tells of unhandled rejections at the end of a turn; handling one may cause another. */
async function strayRejectionsAreTold(): Promise<void> {
    await setImmediate();
    await setImmediate();
}

function failWithLoggedErrors(logs: LogCollector): void {
    const errors = logs.messages.filter(({ severity }) => severity === "error");
    if (errors.length > 0) {
        throw new Error(errors.map(({ message }) => message).join("\n"));
    }
}
