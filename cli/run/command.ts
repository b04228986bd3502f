import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import type { runInKubernetes } from "./commandJob";
import { DEFAULT_DEADLINE_SECONDS, DEFAULT_START_SECONDS, type RunOptions } from "./options";

/** Adds `kafka-dr run`: any other command, as a Job in the target's namespace. */
export function registerRun(program: Command, io: CommandIo): void {
    program
        .command("run")
        .description(
            "Run a command as a Job in the target's namespace, which reaches both clusters. Prints the output of the command and exits with its exit code; deletes the Job afterwards.",
        )
        .requiredOption("--stack <name>", "stack whose clusters the command connects to")
        .option("--image <image>", "image of this repository, instead of kafka-dr:images.commands")
        .option(
            "--as <user>",
            "connect to the active site as this user of kafka-dr:users, for commands that write",
        )
        .option(
            "--job-deadline <seconds>",
            "seconds after which Kubernetes ends the command",
            wholeNumber(1),
            DEFAULT_DEADLINE_SECONDS,
        )
        .option(
            "--start-timeout <seconds>",
            "seconds that the command may take to start",
            wholeNumber(1),
            DEFAULT_START_SECONDS,
        )
        .argument("<command...>", "the command and its options, after --")
        .addHelpText(
            "after",
            `
Example:
  kafka-dr run --stack prod -- verify --json > report.json

Image, users and rights: docs/operate/kubernetes-job.md

${exitCodeHelp()}`,
        )
        .action(async (args: string[], options: RunOptions) => {
            // Loaded late: --help does not wait for a Kubernetes client.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./commandJob") as {
                runInKubernetes: typeof runInKubernetes;
            };
            await loaded.runInKubernetes(args, options, io);
        });
}
