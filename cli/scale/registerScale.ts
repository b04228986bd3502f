import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import type { runScale } from "./runScale";

export interface ScaleCommandOptions {
    readonly stack: string;
    readonly json?: boolean;
}

/** Adds `kafka-dr scale`: MM2 to another number of workers, 0 among them, and back. */
export function registerScale(program: Command, io: CommandIo): void {
    program
        .command("scale")
        .description(
            "Set the number of MirrorMaker 2's workers at once, and wait until they are there; without a number go back to kafka-dr:mirror.replicas. 0 stops the mirror.",
        )
        .argument("[replicas]", "workers; the configured number if absent", wholeNumber(0))
        .requiredOption("--stack <name>", "stack whose MirrorMaker 2 it is")
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Examples:
  Stop the mirror, as for maintenance:
    kafka-dr scale 0 --stack prod
  And go on:
    kafka-dr scale --stack prod

${exitCodeHelp()}`,
        )
        .action(async (replicas: number | undefined, options: ScaleCommandOptions) => {
            // Whoever asks for help does not wait for a Kubernetes client to load.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runScale") as { runScale: typeof runScale };
            await loaded.runScale(replicas, options, io);
        });
}
