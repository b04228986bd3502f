import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import { DEFAULT_DEADLINE_SECONDS, DEFAULT_START_SECONDS } from "./deadline";
import type { runCommand } from "./runCommand";

export interface RunCommandOptions {
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
            wholeNumber(1),
            DEFAULT_DEADLINE_SECONDS,
        )
        .option(
            "--start-timeout <seconds>",
            "seconds that it may take to start",
            wholeNumber(1),
            DEFAULT_START_SECONDS,
        )
        .argument("<command...>", "the command and its options, behind --")
        .addHelpText(
            "after",
            `
Example:
  kafka-dr run --stack prod -- verify --json > report.json

Image, users and rights: docs/operate/kubernetes-job.md

${exitCodeHelp()}`,
        )
        .action(async (args: string[], options: RunCommandOptions) => {
            // Whoever asks for help does not wait for a Kubernetes client to load.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runCommand") as { runCommand: typeof runCommand };
            await loaded.runCommand(args, options, io);
        });
}
