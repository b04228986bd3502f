import { type Command, InvalidArgumentError } from "commander";
import type { CommandIo } from "../kubernetes/io";
import { settingsOf } from "../settings";
import { runCommandJob } from "./commandJob";
import { DEFAULT_DEADLINE_SECONDS } from "./jobManifest";

interface RunOptions {
    readonly stack: string;
    readonly image?: string;
    readonly as?: string;
    readonly jobDeadline: number;
    readonly startTimeout: number;
}

/** Adds `kafka-dr run`: any other command, as a Job next to the target. */
export function registerRun(program: Command, io: CommandIo): void {
    program
        .command("run")
        .description(
            "Run a command as a Job in the target's namespace, from where both clusters can be reached. Its output and its exit code are those of the command; the Job is deleted afterwards.",
        )
        .requiredOption("--stack <name>", "stack whose clusters it connects to")
        .option("--image <image>", "image of this repository, instead of kafka-dr:images.commands")
        .option("--as <user>", "be this user of kafka-dr:users at the active site, to write there")
        .option(
            "--job-deadline <seconds>",
            "seconds after which Kubernetes ends the command",
            seconds,
            DEFAULT_DEADLINE_SECONDS,
        )
        .option("--start-timeout <seconds>", "seconds that it may take to start", seconds, 300)
        .argument("<command...>", "the command and its options, behind --")
        .addHelpText(
            "after",
            "\nExample:\n  kafka-dr run --stack prod -- verify --json > report.json\n",
        )
        .action(async (args: string[], options: RunOptions) => {
            const { stack, image, as, jobDeadline, startTimeout } = options;
            const { leave, dispose } = secondInterrupt(io.signal);
            try {
                process.exitCode = await runCommandJob(
                    {
                        stack,
                        settings: settingsOf(stack),
                        args,
                        ...(image !== undefined && { image }),
                        ...(as !== undefined && { as }),
                        deadlineSeconds: jobDeadline,
                        startTimeoutSeconds: startTimeout,
                        leave,
                    },
                    io,
                );
            } finally {
                dispose();
            }
        });
}

function seconds(text: string): number {
    if (!/^[1-9]\d{0,8}$/.test(text)) {
        throw new InvalidArgumentError("must be a whole number of at least 1 second");
    }
    return Number(text);
}

/** A signal that the next Ctrl-C aborts, once the first one has aborted `first`. */
export function secondInterrupt(first: AbortSignal) {
    const controller = new AbortController();
    const leave = () => {
        controller.abort(new Error("interrupted again"));
    };
    const listen = () => {
        // After the listeners of the first one, which still run.
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
