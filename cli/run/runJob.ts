import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { type Ended, followLog } from "./followLog";
import { JobApi } from "./jobApi";
import type { JobManifest } from "./jobManifest";
import { DEFAULT_START_SECONDS } from "./options";
import { pendingReason } from "./pendingReason";

export interface RunJobOptions {
    /** Kubernetes cluster of the target, with its context selected. */
    readonly kubeConfig: KubeConfig;
    readonly job: JobManifest;
    readonly io: CommandIo;
    /** Aborted by the second Ctrl-C: return without waiting for the deletion. */
    readonly leave?: AbortSignal;
    /** Seconds that the command may take to start; {@link DEFAULT_START_SECONDS} if absent. */
    readonly startTimeoutSeconds?: number;
    /** Milliseconds between two polls; 500 if absent. */
    readonly pauseMs?: number;
}

/** Seconds to wait for the deletion of the Job: twice the grace period of its pod. */
const DELETION_SECONDS = 60;

/**
 * Runs a Job as if its command ran here: writes its output to `io`, returns its exit code, and deletes
 * the Job. Ctrl-C (130) deletes it too: the command gets SIGINT, and the output of its cleanup is still
 * shown.
 *
 * @returns the exit code of the command.
 * @throws CommandError when the command does not start, or its end is not known: with exit code 4
 * when the API server does not answer. The Job is deleted first, if possible.
 */
export async function runJob(options: RunJobOptions): Promise<number> {
    const { kubeConfig, job, io } = options;
    io.signal.throwIfAborted();
    const api = new JobApi(kubeConfig, job);
    const print = (text: string) => void io.stderr.write(`${text}\n`);
    const stop = new AbortController();
    await api.create();
    const command = untilEnd(api, options, stop.signal);
    try {
        const ended = await Promise.race([command, aborted(io.signal)]);
        if (ended !== undefined) {
            return exitCodeOf(ended);
        }
        print(
            `Interrupted: deleting the Job ${api.namespace}/${api.name}; press Ctrl-C again to return at once.`,
        );
        return EXIT_CODES.interrupted.code;
    } finally {
        command.catch(() => undefined);
        // The output of the command is shown until its pod is gone.
        await deleted(api, options, print);
        stop.abort();
        await command.catch(() => undefined);
    }
}

/** Waits for the start of the command, shows its output, and returns at its end. */
async function untilEnd(api: JobApi, options: RunJobOptions, signal: AbortSignal): Promise<Ended> {
    const { io, pauseMs = 500 } = options;
    const pod = await started(api, options, signal);
    return followLog(
        api,
        pod,
        ({ channel, text }) => void io[channel].write(text),
        signal,
        pauseMs,
    );
}

/** The name of the pod, once its container runs or has terminated. */
async function started(
    api: JobApi,
    { io, startTimeoutSeconds = DEFAULT_START_SECONDS, pauseMs = 500 }: RunJobOptions,
    signal: AbortSignal,
): Promise<string> {
    const deadline = performance.now() + startTimeoutSeconds * 1000;
    let printed = "";
    for (;;) {
        const pod = await api.pod();
        if (pod !== undefined && (pod.started || pod.failure !== undefined)) {
            return pod.name;
        }
        const pending = pendingReason(await api.pending());
        const isLate = performance.now() > deadline;
        if (pending?.permanent === true || isLate) {
            throw new CommandError(
                "JobFailed",
                pending?.message ??
                    `The command has not started within ${startTimeoutSeconds} s, and Kubernetes reports no reason.`,
                pending?.remedy ??
                    `Is the Job controller running? Try: kubectl --namespace ${api.namespace} describe job ${api.name}`,
            );
        }
        if (pending !== undefined && pending.message !== printed) {
            printed = pending.message;
            io.stderr.write(`Waiting: ${printed}\n`);
        }
        await sleep(pauseMs, undefined, { signal });
    }
}

function exitCodeOf({ pod, writtenExitCode }: Ended): number {
    if (pod?.ended !== undefined) {
        const { exitCode, reason, message } = pod.ended;
        if (writtenExitCode === undefined) {
            throw new CommandError(
                "JobFailed",
                `The container terminated before the command ended: ${[reason || "no reason given", message].filter((text) => text !== "").join(": ")} (exit code ${exitCode}).`,
                reason === "OOMKilled"
                    ? "1Gi of memory was too little: report it with the arguments of the command."
                    : "Its output is above. Check that the image is built from the Dockerfile of this repository.",
            );
        }
        return exitCode;
    }
    if (pod?.failure !== undefined) {
        throw new CommandError(
            "JobFailed",
            `Kubernetes terminated the pod: ${pod.failure}`,
            "Run the command again, on a node with free resources.",
        );
    }
    if (writtenExitCode !== undefined) {
        return writtenExitCode;
    }
    throw new CommandError(
        "JobFailed",
        "The pod was deleted before the command ended.",
        "It was deleted by hand, its node is gone, or the Job exceeded activeDeadlineSeconds (--job-deadline): run the command again.",
    );
}

/** Deletes the Job and waits until its pod is gone; prints what to do if it stays. */
async function deleted(
    api: JobApi,
    { leave, pauseMs = 500 }: RunJobOptions,
    print: (text: string) => void,
): Promise<void> {
    const deadline = performance.now() + DELETION_SECONDS * 1000;
    const left = leave === undefined ? undefined : aborted(leave);
    try {
        const going = (async () => {
            await api.delete();
            while (!(await api.isGone())) {
                if (performance.now() > deadline) {
                    print(`warning: the Job still exists after ${DELETION_SECONDS} s.`);
                    print(`Delete it: ${api.deleteCommand}`);
                    return;
                }
                await sleep(pauseMs, undefined, leave && { signal: leave });
            }
        })();
        going.catch(() => undefined);
        await Promise.race([going, ...(left === undefined ? [] : [left])]);
    } catch (cause) {
        if (leave?.aborted !== true) {
            const reason = cause instanceof Error ? cause.message : String(cause);
            print(`warning: the Job could not be deleted: ${reason}`);
            print(`Delete it: ${api.deleteCommand}`);
        }
    }
    if (leave?.aborted === true) {
        print(`Did not wait for the deletion. If the Job still exists: ${api.deleteCommand}`);
    }
}

/** Resolves when the signal is aborted. */
async function aborted(signal: AbortSignal): Promise<undefined> {
    if (!signal.aborted) {
        await new Promise((resolve) => {
            signal.addEventListener("abort", resolve, { once: true });
        });
    }
    return undefined;
}
