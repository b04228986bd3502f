import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { decimal, wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import type { runSize } from "./runSize";

/** Numbers in the units of {@link Workload}; what is absent comes from the stack, or has a default. */
export interface SizeCommandOptions {
    readonly stack?: string;
    readonly recordsPerSecond?: number;
    readonly megabytesPerSecond?: number;
    readonly recordSize?: number;
    readonly partitions?: number;
    readonly roundTrip?: number;
    readonly targetRoundTrip?: number;
    readonly linkMbit?: number;
    readonly compressionRatio?: number;
    readonly brokers?: number;
    readonly cpus?: number;
    readonly tls?: boolean;
    readonly plaintext?: boolean;
    readonly exactlyOnce?: boolean;
    readonly json?: boolean;
}

/** The smallest link and CPU that are asked for; 0 would carry nothing. */
const ABOVE_ZERO = 0.001;

/** Adds `kafka-dr size`: tasks, batches, memory and CPUs for a rate, and what limits it. */
export function registerSize(program: Command, io: CommandIo): void {
    program
        .command("size")
        .description(
            "Reckon what the mirror needs for a rate of records: tasks, batches, workers, memory and CPUs, and which limit binds. Connects to nothing.",
        )
        .option("--stack <name>", "stack that is judged as it is; what it states needs no option")
        .option("--records-per-second <n>", "the wanted rate, in records", decimal(ABOVE_ZERO))
        .option("--megabytes-per-second <n>", "or in megabytes (10^6 bytes)", decimal(ABOVE_ZERO))
        .option("--record-size <bytes>", "key, value and headers, uncompressed", wholeNumber(1))
        .option("--partitions <n>", "partitions of all topics that are mirrored", wholeNumber(1))
        .option("--round-trip <ms>", "between MM2 and the source; 0 by default", decimal(0))
        .option("--target-round-trip <ms>", "between MM2 and the target; 0 by default", decimal(0))
        .option("--link-mbit <n>", "Mbit/s of the link to the source", decimal(ABOVE_ZERO))
        .option("--compression-ratio <n>", "of the records at the source; 1 by default", decimal(1))
        .option("--brokers <n>", "of each cluster; 1 by default", wholeNumber(1))
        .option("--cpus <n>", "CPUs that all workers together may have", decimal(ABOVE_ZERO))
        .option("--tls", "connections are encrypted; the default")
        .option("--plaintext", "they are not")
        .option("--exactly-once", "with Connect's exactly-once support")
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Examples:
  kafka-dr size --stack prod
  kafka-dr size --partitions 30 --record-size 1000 --round-trip 40 --megabytes-per-second 50

It ends with 3 when the wanted rate cannot be reached, and with --stack when the stack
as it is does not reach it.

${exitCodeHelp()}`,
        )
        .action((options: SizeCommandOptions) => {
            // Whoever asks for help does not wait for the settings' schema to load.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runSize") as { runSize: typeof runSize };
            loaded.runSize(options, io);
        });
}
