import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import type { runScale, ScaleOptions } from "./scale";

/** Adds `kafka-dr scale`: sets the number of MirrorMaker 2 workers, or restores the configured one. */
export function registerScale(program: Command, io: CommandIo): void {
    program
        .command("scale")
        .description(
            "Set the number of MirrorMaker 2 workers and wait until they run. Without a number, restore kafka-dr:mirror.replicas. 0 stops mirroring.",
        )
        .argument("[replicas]", "workers; default: the configured number", wholeNumber(0))
        .requiredOption("--stack <name>", "stack whose MirrorMaker 2 to scale")
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Examples:
  Stop mirroring, for example for maintenance:
    kafka-dr scale 0 --stack prod
  Resume with the configured number of workers:
    kafka-dr scale --stack prod

${exitCodeHelp()}`,
        )
        .action(async (replicas: number | undefined, options: ScaleOptions) => {
            // Loaded late: --help does not wait for a Kubernetes client.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./scale") as { runScale: typeof runScale };
            await loaded.runScale(replicas, options, io);
        });
}
