import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { addReachOptions } from "../shared/mirror/reachOptions";
import type { CommandIo } from "../shared/output";
import type { LossOptions, runLoss } from "./runLoss";

/** Adds `kafka-dr loss`. */
export function registerLoss(program: Command, io: CommandIo): void {
    const loss = program
        .command("loss")
        .description(
            "List the records that an unplanned failover lost, once the source is back as it was.",
        )
        .requiredOption("--stack <name>", "stack of this checkout")
        .requiredOption("--record <file>", "what kafka-dr failover --unplanned recorded");
    addReachOptions(loss)
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Example:
  kafka-dr loss --stack prod --record failover.json

${exitCodeHelp()}`,
        )
        .action(async (options: LossOptions) => {
            // Loaded here, so that --help does not wait for the Kafka client.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runLoss") as { runLoss: typeof runLoss };
            await loaded.runLoss(options, io);
        });
}
