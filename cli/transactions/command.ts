import { type Command, Option } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import { addReachOptions } from "../shared/mirror/reachOptions";
import type { CommandIo } from "../shared/output";
import type { runTransactions, TransactionsOptions } from "./runTransactions";

/** Adds `kafka-dr transactions`. */
export function registerTransactions(program: Command, io: CommandIo): void {
    const command = program
        .command("transactions")
        .description("List the transactions behind which records wait, or abort one that hangs.")
        .requiredOption("--stack <name>", "stack of this checkout")
        .addOption(
            new Option("--site <site>", "cluster to look at")
                .choices(["source", "target"])
                .default("source"),
        )
        .option("--abort", "end a transaction that hangs; needs the next three options")
        .option("--topic <name>", "its topic")
        .option("--partition <number>", "its partition", wholeNumber(0))
        .option("--start-offset <offset>", "where it begins", wholeNumber(0))
        .option("--yes", "do not ask before the abort");
    addReachOptions(command)
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
MirrorMaker 2 and consumers with read_committed read no record behind an open transaction. One that
its coordinator knows ends with its producer, or after its transaction.timeout.ms. One that no
coordinator knows hangs: only an abort ends it, and its records are then gone for such consumers.

To list them, the user needs Read on the topics and Describe on all transactional IDs; to abort
one, Alter on the cluster (ClusterAction before Kafka 3.8). The users of the Job lack that right:
name the brokers and an administrator with --source-bootstrap, --target-bootstrap and their users.

Exit code 0: no transaction is open, or the abort succeeded. 3: transactions are open.
5: something could not be looked at.

Examples:
  kafka-dr transactions --stack prod
  kafka-dr transactions --stack prod --abort --topic orders --partition 3 --start-offset 501

${exitCodeHelp()}`,
        )
        .action(async (options: TransactionsOptions) => {
            // Loaded late: --help does not wait for the client of Kafka.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runTransactions") as {
                runTransactions: typeof runTransactions;
            };
            await loaded.runTransactions(options, io);
        });
}
