import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { type Ended, followLog } from "./followLog";
import { JobApi } from "./jobApi";
import type { JobManifest } from "./jobManifest";
import { startTrouble } from "./startTrouble";

export interface RunJobOptions {
    /** The Kubernetes cluster of the target, its context chosen. */
    readonly kubeConfig: KubeConfig;
    readonly job: JobManifest;
    readonly io: CommandIo;
    /** Aborted by the second Ctrl-C: leave at once. */
    readonly leave?: AbortSignal;
    /** Seconds that the command may take to start; 300 if absent. */
    readonly startTimeoutSeconds?: number;
    /** Milliseconds between two looks; 500 if absent. */
    readonly pauseMs?: number;
}

/** Seconds to wait for the end of a Job that was deleted: twice the grace period of its pod. */
const DELETION_SECONDS = 60;

/**
 * Runs a Job as if its command ran here: its output goes to `io`, its exit code is returned, and
 * afterwards the Job is gone, also after Ctrl-C (130), which the command is told of and may still
 * answer.
 *
 * @returns the exit code of the command.
 * @throws CommandError when it does not start, or its end was not seen: with code 4 where the API
 * server does not answer. The Job is deleted before, where that can be done.
 */
export async function runJob(options: RunJobOptions): Promise<number> {
    const { kubeConfig, job, io } = options;
    io.signal.throwIfAborted();
    const api = new JobApi(kubeConfig, job);
    const say = (text: string) => void io.stderr.write(`${text}\n`);
    const stop = new AbortController();
    await api.create();
    const command = untilEnd(api, options, stop.signal);
    try {
        const ended = await Promise.race([command, aborted(io.signal)]);
        if (ended !== undefined) {
            return exitCodeOf(ended);
        }
        say(`Interrupted: stopping ${api.namespace}/${api.name}; once more leaves it behind.`);
        return EXIT_CODES.interrupted.code;
    } finally {
        command.catch(() => undefined);
        // Meanwhile the command's last words are still shown.
        await deleted(api, options, say);
        stop.abort();
        await command.catch(() => undefined);
    }
}

/** Starts to show the command's output as soon as there is any, and returns at its end. */
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

/** The name of the pod whose container runs, or has ended already. */
async function started(
    api: JobApi,
    { io, startTimeoutSeconds = 300, pauseMs = 500 }: RunJobOptions,
    signal: AbortSignal,
): Promise<string> {
    const deadline = performance.now() + startTimeoutSeconds * 1000;
    let said = "";
    for (;;) {
        const pod = await api.pod();
        if (pod !== undefined && (pod.started || pod.failure !== undefined)) {
            return pod.name;
        }
        const trouble = startTrouble(await api.startView());
        const isLate = performance.now() > deadline;
        if (trouble?.final === true || isLate) {
            throw new CommandError(
                "unexpected",
                trouble?.message ??
                    `The command has not started within ${startTimeoutSeconds} s, and Kubernetes does not say why.`,
                trouble?.remedy ??
                    `Is the Job controller at work? Try: kubectl describe job ${api.name}`,
            );
        }
        if (trouble !== undefined && trouble.message !== said) {
            said = trouble.message;
            io.stderr.write(`Waiting: ${said}\n`);
        }
        await sleep(pauseMs, undefined, { signal });
    }
}

function exitCodeOf({ pod, writtenExitCode }: Ended): number {
    if (pod?.ended !== undefined) {
        const { exitCode, reason, message } = pod.ended;
        if (writtenExitCode === undefined) {
            throw new CommandError(
                "unexpected",
                `The container ended before the command did: ${[reason || "no reason given", message].filter((text) => text !== "").join(": ")} (exit code ${exitCode}).`,
                reason === "OOMKilled"
                    ? "It had too little memory (1Gi): report it with the command's arguments."
                    : "What it wrote stands above; is the image one of this repository's Dockerfile?",
            );
        }
        return exitCode;
    }
    if (pod?.failure !== undefined) {
        throw new CommandError(
            "unexpected",
            `Kubernetes ended the pod: ${pod.failure}`,
            "Run the command again, on a node with room.",
        );
    }
    if (writtenExitCode !== undefined) {
        return writtenExitCode;
    }
    throw new CommandError(
        "unexpected",
        "The pod was deleted before the command had ended.",
        "Somebody deleted it, its node went, or activeDeadlineSeconds was over (--job-deadline): run it again.",
    );
}

/** Deletes the Job and waits until its pod is gone; says what to do where it does not go. */
async function deleted(
    api: JobApi,
    { leave, pauseMs = 500 }: RunJobOptions,
    say: (text: string) => void,
): Promise<void> {
    const deadline = performance.now() + DELETION_SECONDS * 1000;
    const left = leave === undefined ? undefined : aborted(leave);
    try {
        const going = (async () => {
            await api.delete();
            while (!(await api.isGone())) {
                if (performance.now() > deadline) {
                    say(`warning: the Job is still there after ${DELETION_SECONDS} s.`);
                    say(`Look at it, and delete it: ${api.deletion}`);
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
            say(`warning: the Job could not be deleted: ${reason}`);
            say(`Delete it: ${api.deletion}`);
        }
    }
    if (leave?.aborted === true) {
        say(`Left behind; delete it: ${api.deletion}`);
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
