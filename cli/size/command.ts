import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { decimal, wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import type { runSize, SizeOptions } from "./size";

/** The smallest rate, link and CPU limit accepted: 0 would carry nothing. */
const ABOVE_ZERO = 0.001;

/** Adds `kafka-dr size`: tasks, batches, memory and CPUs for a rate, and what limits it. */
export function registerSize(program: Command, io: CommandIo): void {
    program
        .command("size")
        .description(
            "Calculate what the mirror needs for a record rate: tasks, batches, workers, memory and CPUs, and which limit binds. Connects to nothing.",
        )
        .option(
            "--stack <name>",
            "also predict what this stack carries; its throughput settings replace options",
        )
        .option("--records-per-second <n>", "wanted rate, in records", decimal(ABOVE_ZERO))
        .option(
            "--megabytes-per-second <n>",
            "wanted rate, in megabytes (10^6 bytes)",
            decimal(ABOVE_ZERO),
        )
        .option(
            "--record-size <bytes>",
            "size of key, value and headers, uncompressed",
            wholeNumber(1),
        )
        .option("--partitions <n>", "partitions of all mirrored topics together", wholeNumber(1))
        .option(
            "--round-trip <ms>",
            "round trip between MM2 and the source; default: 0",
            decimal(0),
        )
        .option(
            "--target-round-trip <ms>",
            "round trip between MM2 and the target; default: 0",
            decimal(0),
        )
        .option(
            "--link-mbit <n>",
            "bandwidth of the link to the source, in Mbit/s",
            decimal(ABOVE_ZERO),
        )
        .option(
            "--compression-ratio <n>",
            "compression ratio at the source; default: 1",
            decimal(1),
        )
        .option("--brokers <n>", "brokers of each cluster; default: 1", wholeNumber(1))
        .option("--cpus <n>", "CPU limit of all workers together", decimal(ABOVE_ZERO))
        .option("--tls", "calculate with encrypted connections; the default")
        .option("--plaintext", "calculate with unencrypted connections")
        .option("--exactly-once", "calculate with exactly-once support of Kafka Connect")
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Examples:
  kafka-dr size --stack prod --partitions 30 --record-size 1000 --records-per-second 50000
  kafka-dr size --partitions 30 --record-size 1000 --round-trip 40 --megabytes-per-second 50

With kafka-dr:mirror.throughput in its stack file, --stack needs no further options.
The exit code is 3 when no size reaches the wanted rate, or the stack of --stack does not.

${exitCodeHelp()}`,
        )
        .action((options: SizeOptions) => {
            // Loaded late: --help does not wait for the schema of the settings.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./size") as { runSize: typeof runSize };
            loaded.runSize(options, io);
        });
}
