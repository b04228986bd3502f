import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../config/settingsSchema";
import { CommandError } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { deployedMirrorMaker, targetCluster } from "../shared/kubernetes/targetCluster";
import { jobManifest } from "./jobManifest";
import { runJob } from "./runJob";
import { jobAccesses } from "./siteAccess";

export interface CommandJobOptions {
    readonly stack: string;
    readonly settings: Settings;
    /** A command and its arguments, without `--stack` and those of the connections. */
    readonly args: readonly string[];
    /** A user of `kafka-dr:users` to be at the active site. */
    readonly as?: string;
    /** Instead of `kafka-dr:images.commands`. */
    readonly image?: string;
    /** Seconds after which Kubernetes ends the command. */
    readonly deadlineSeconds?: number;
    /** Seconds that it may take to start. */
    readonly startTimeoutSeconds?: number;
    /** Aborted by the second Ctrl-C. */
    readonly leave?: AbortSignal;
    /** Of the repository, with the stack's file. */
    readonly root?: string;
}

/** What decides where a command connects, so that it cannot be given twice. */
const OWN_OPTIONS =
    /^--(stack|(source|target)-(bootstrap|ca|user|password-file|certificate|key))\b/;

/** Lower-case letters and digits that are not taken for each other, and make no words. */
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/**
 * Runs a command of `kafka-dr` in the target's namespace, with the connections of the MM2 that is
 * deployed there, and returns its exit code.
 *
 * @throws CommandError for arguments that cannot be, and as {@link runJob} does.
 */
export async function runCommandJob(options: CommandJobOptions, io: CommandIo): Promise<number> {
    const { stack, settings, args } = options;
    const own = args.find((arg) => OWN_OPTIONS.test(arg));
    if (own !== undefined || args.length === 0) {
        throw new CommandError(
            "badInput",
            own === undefined
                ? "There is no command to run inside Kubernetes."
                : `${own} cannot be given to a command inside Kubernetes: the stack says where it connects and as whom.`,
            "Name a command and its own options: kafka-dr run --stack prod -- verify --json",
        );
    }
    const kubeConfig = targetCluster(settings);
    const mirrorMaker = await deployedMirrorMaker(kubeConfig, settings);
    const name = `Pulumi.${stack}.yaml`;
    const root = options.root ?? join(__dirname, "..", "..");
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
