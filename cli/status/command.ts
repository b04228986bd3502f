import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import { addReachOptions, type ReachOptions } from "../shared/mirror/reachOptions";
import type { runStatus } from "./runStatus";

export interface StatusCommandOptions extends ReachOptions {
    readonly maxLagSeconds: number;
    readonly maxCheckpointSeconds: number;
    readonly json?: boolean;
}

/** Adds `kafka-dr status`. */
export function registerStatus(program: Command, io: CommandIo): void {
    const command = program
        .command("status")
        .description(
            "Say whether it replicates, how far, and what would be lost if the source died now.",
        )
        .requiredOption("--stack <name>", "stack of this checkout")
        .option(
            "--max-lag-seconds <seconds>",
            "degraded when a record waits longer",
            wholeNumber(1),
            60,
        )
        .option(
            "--max-checkpoint-seconds <seconds>",
            "degraded when the newest checkpoint is older while groups are behind",
            wholeNumber(1),
            120,
        );
    addReachOptions(command)
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Healthy and idle (a phase without a running mirror) end with 0, degraded and broken with 3.

Example:
  kafka-dr status --stack prod

${exitCodeHelp()}`,
        )
        .action(async (options: StatusCommandOptions) => {
            // Whoever asks for help does not wait for a Kafka client to load.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runStatus") as { runStatus: typeof runStatus };
            await loaded.runStatus(options, io);
        });
}
