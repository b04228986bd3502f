import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import { addReachOptions } from "../shared/mirror/reachOptions";
import type { CommandIo } from "../shared/output";
import type { runStatus, StatusOptions } from "./runStatus";

/** Adds `kafka-dr status`. */
export function registerStatus(program: Command, io: CommandIo): void {
    const command = program
        .command("status")
        .description(
            "Show whether the mirror replicates, its lag, and what would be lost if the source failed now.",
        )
        .requiredOption("--stack <name>", "stack of this checkout")
        .option(
            "--max-lag-seconds <seconds>",
            "degraded when a record waits longer to be mirrored; the command watches for as long",
            wholeNumber(1),
            60,
        )
        .option(
            "--max-checkpoint-seconds <seconds>",
            "degraded when the newest checkpoint is older and groups would read records again",
            wholeNumber(1),
            120,
        );
    addReachOptions(command)
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Exit code 0: healthy, or idle (the phase has no running mirror). 3: degraded or broken.
5: unknown, because something that decides could not be looked at. Of several, broken counts before
unknown, and unknown before degraded.

How long a record waits is proven by watching, since the timestamps are those of producers: the
command ends as soon as everything is mirrored that was there when it began.

Example:
  kafka-dr status --stack prod

${exitCodeHelp()}`,
        )
        .action(async (options: StatusOptions) => {
            // Loaded late: --help does not wait for the client of Kafka.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runStatus") as { runStatus: typeof runStatus };
            await loaded.runStatus(options, io);
        });
}
