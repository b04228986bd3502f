import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../config/settingsSchema";
import { CommandError } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { ROOT } from "../shared/root";
import { settingsForCommand } from "../shared/settings";
import { deployedMirrorMaker, targetCluster } from "../shared/kubernetes/targetCluster";
import { jobManifest } from "./jobManifest";
import type { RunOptions } from "./options";
import { runJob } from "./runJob";
import { jobAccesses } from "./siteAccess";

export interface CommandJobOptions {
    readonly stack: string;
    readonly settings: Settings;
    /** A command and its arguments, without `--stack` and those of the connections. */
    readonly args: readonly string[];
    /** A user of `kafka-dr:users` to connect as at the active site. */
    readonly as?: string;
    /** Instead of `kafka-dr:images.commands`. */
    readonly image?: string;
    /** Seconds after which Kubernetes ends the command. */
    readonly deadlineSeconds?: number;
    /** Seconds that the command may take to start. */
    readonly startTimeoutSeconds?: number;
    /** Aborted by the second Ctrl-C: return without waiting for the deletion. */
    readonly leave?: AbortSignal;
    /** Folder with the stack file; the repository by default. */
    readonly root?: string;
}

/** Options that the Job sets itself: they decide where the command connects. */
const RESERVED_OPTIONS =
    /^--(stack|(source|target)-(bootstrap|ca|user|password-file|certificate|key))\b/;

/** Lower-case letters and digits that are hard to confuse, without vowels so that they spell no word. */
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/**
 * `kafka-dr run`; exits with the exit code of the command in the Job.
 * @throws {CommandError} for wrong settings, and as {@link runCommandJob} does
 */
export async function runInKubernetes(
    args: readonly string[],
    { stack, image, as, jobDeadline, startTimeout }: RunOptions,
    io: CommandIo,
): Promise<void> {
    const settings = settingsForCommand(stack);
    const { leave, dispose } = secondInterrupt(io.signal);
    try {
        io.exit(
            await runCommandJob(
                {
                    stack,
                    settings,
                    args,
                    ...(image !== undefined && { image }),
                    ...(as !== undefined && { as }),
                    deadlineSeconds: jobDeadline,
                    startTimeoutSeconds: startTimeout,
                    leave,
                },
                io,
            ),
        );
    } finally {
        dispose();
    }
}

/**
 * Runs a command of `kafka-dr` in the target's namespace, with the connections of the MM2 deployed
 * there, and returns its exit code.
 *
 * @throws CommandError for arguments that are not allowed, and as {@link runJob} does.
 */
export async function runCommandJob(options: CommandJobOptions, io: CommandIo): Promise<number> {
    const { stack, settings, args } = options;
    const reserved = args.find((arg) => RESERVED_OPTIONS.test(arg));
    if (reserved !== undefined || args.length === 0) {
        throw new CommandError(
            "WrongOption",
            reserved === undefined
                ? "No command to run in Kubernetes is given."
                : `${reserved} is not allowed for a command in Kubernetes: the stack sets its connections and users.`,
            "Give a command and its other options: kafka-dr run --stack prod -- verify --json",
        );
    }
    const kubeConfig = targetCluster(settings);
    const mirrorMaker = await deployedMirrorMaker(kubeConfig, settings);
    const name = `Pulumi.${stack}.yaml`;
    const root = options.root ?? ROOT;
    const job = jobManifest({
        settings,
        args: [...args, "--stack", stack],
        accesses: jobAccesses(settings, mirrorMaker, options.as),
        suffix: Array.from(
            { length: 5 },
            () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)],
        ).join(""),
        ...(options.image !== undefined && { image: options.image }),
        ...(options.deadlineSeconds !== undefined && {
            deadlineSeconds: options.deadlineSeconds,
        }),
        stackFile: { name, text: readFileSync(join(root, name), "utf8") },
    });
    const { startTimeoutSeconds, leave } = options;
    return runJob({
        kubeConfig,
        job,
        io,
        ...(startTimeoutSeconds !== undefined && { startTimeoutSeconds }),
        ...(leave !== undefined && { leave }),
    });
}

/** A signal that the next Ctrl-C aborts after the first one has aborted `first`. */
export function secondInterrupt(first: AbortSignal) {
    const controller = new AbortController();
    const leave = () => {
        controller.abort(new Error("interrupted again"));
    };
    const listen = () => {
        // Later than the listeners of the first Ctrl-C, which are still being called.
        setImmediate(() => process.once("SIGINT", leave));
    };
    first.addEventListener("abort", listen, { once: true });
    return {
        leave: controller.signal,
        dispose: () => {
            first.removeEventListener("abort", listen);
            process.removeListener("SIGINT", leave);
        },
    };
}
