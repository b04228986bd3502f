/**
 * `kafka-dr failover` and `kafka-dr failback`. From an option to the broker in ten files:
 *
 * 1. This file has the options.
 * 2. `runFailover.ts` checks them, prints the plan or runs its steps, and writes the report.
 * 3. `plannedFailover.ts` lists the steps of `--planned`; the siblings `unplannedFailover.ts` and
 *    `failback.ts` list those of the other commands.
 * 4. `switchSteps.ts` fences, drains, synchronizes groups, stops the mirror, and compares.
 * 5. `step.ts` defines a step, runs steps in order, and waits.
 * 6. `pulumiDeployment.ts` changes the phase: the stack's file, then `make up`.
 * 7. `../shared/mirror/mirrorOperations.ts` defines the operations of a mirror and its lag.
 * 8. `../shared/mirror/openMirror.ts` opens a mirror, from here or by Jobs next to it.
 * 9. `../shared/mirror/directOperations.ts` sends requests to Kafka Connect and the brokers.
 * 10. `kafka/clusterView.ts` is the connection to a cluster.
 *
 * Beside the route: settings, connections and output (`cli/shared`), the comparison (`cli/verify`),
 * Jobs (`cli/run`).
 */
import { type Command, Option } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import { addReachOptions } from "../shared/mirror/reachOptions";
import type { CommandIo } from "../shared/output";
import type { FailoverOptions, runFailover } from "./runFailover";

const HOW_IT_RUNS = `
Without --source-bootstrap and --target-bootstrap, every step that needs a broker runs as a Job next to
MirrorMaker 2 (docs/operate/kubernetes-job.md). The command sets the phase in Pulumi.<stack>.yaml and deploys it
with make up; commit the file afterwards. To continue an interrupted run, run the same command again.
`;

/** Adds `kafka-dr failover` and `failback`. */
export function registerFailover(program: Command, io: CommandIo): void {
    const failover = program
        .command("failover")
        .description(
            "Make the target the active site: planned, without loss, or unplanned, without the source.",
        )
        .requiredOption("--stack <name>", "stack of this checkout")
        .option("--plan", "print the steps of --planned, or of --unplanned; change nothing")
        .option("--planned", "fence, drain, compare, then switch: loses nothing, needs the source")
        .option("--unplanned", "the source is lost: record the recovery point, then switch")
        .option(
            "--force",
            "with --unplanned: even if the source is alive and records arrive there",
        );
    addCommonOptions(failover)
        .addHelpText(
            "after",
            `
Examples:
  Print the steps:
    kafka-dr failover --stack prod --plan
  Maintenance of the source, without loss:
    kafka-dr failover --stack prod --planned
  The source is lost:
    kafka-dr failover --stack prod --unplanned --record failover.json
${HOW_IT_RUNS}
${exitCodeHelp()}`,
        )
        .action((options: FailoverOptions) => run("failover", options, io));
    const failback = program
        .command("failback")
        .description("Mirror back to a source that was rebuilt, and make it the active site again.")
        .requiredOption("--stack <name>", "stack of this checkout")
        .option("--plan", "print the steps of --planned, or of --start; change nothing")
        .option(
            "--source-is-new",
            "skip the check that the source is empty: it is a new cluster, and its CA and users are not known here yet",
        )
        .option("--start", "only mirror back, until the source has all but the newest records")
        .option("--planned", "the whole failback: mirror back, fence, drain, compare, switch");
    addCommonOptions(failback)
        .addHelpText(
            "after",
            `
Examples:
  Fill the rebuilt source, while applications stay at the target:
    kafka-dr failback --stack prod --start
  Later, at a quiet hour:
    kafka-dr failback --stack prod --planned
${HOW_IT_RUNS}
${exitCodeHelp()}`,
        )
        .action((options: FailoverOptions) => run("failback", options, io));
}

function addCommonOptions(command: Command): Command {
    return addReachOptions(
        command
            .option(
                "--max-lag <offsets>",
                "largest lag at which the switch may begin",
                wholeNumber(0),
                100_000,
            )
            .option("--drain <seconds>", "how long draining may take", wholeNumber(1), 600)
            .option(
                "--quiet <seconds>",
                "producers count as stopped when no record arrives for this time",
                wholeNumber(1),
                5,
            )
            .addOption(
                new Option(
                    "--sample <fraction>",
                    "compare only this fraction of the partitions",
                ).argParser(Number),
            )
            .option(
                "--producers-stopped",
                "confirm that the producers are stopped, if the stack has no users to fence",
            )
            .option("--record <file>", "write steps, times and findings to this file as JSON"),
    ).option("--json", "print one JSON document; progress still goes to standard error");
}

async function run(
    name: "failover" | "failback",
    options: FailoverOptions,
    io: CommandIo,
): Promise<void> {
    // Loaded late: --help does not wait for the clients of Kafka and Kubernetes.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
    const loaded = require("./runFailover") as { runFailover: typeof runFailover };
    await loaded.runFailover(name, options, io);
}
