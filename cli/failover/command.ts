import { Option, type Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { wholeNumber } from "../shared/connections";
import { addReachOptions } from "../shared/mirror/reachOptions";
import type { CommandIo } from "../shared/output";
import type { runFailover } from "./runFailover";

/** What a person asked for, of `failover` and `failback`. */
export interface FailoverCommandOptions {
    readonly stack: string;
    readonly plan?: boolean;
    readonly planned?: boolean;
    readonly unplanned?: boolean;
    readonly start?: boolean;
    readonly force?: boolean;
    readonly producersStopped?: boolean;
    readonly sourceIsNew?: boolean;
    readonly maxLag: number;
    readonly drain: number;
    readonly quiet: number;
    readonly sample?: number;
    readonly record?: string;
    readonly image?: string;
    readonly connectUrl?: string;
    readonly reverseConnectUrl?: string;
    readonly timeout: number;
    readonly json?: boolean;
}

const WHERE = `
Without --source-bootstrap and --target-bootstrap everything that needs a broker runs as a Job next to
MirrorMaker 2 (docs/operate/kubernetes-job.md). The phase itself is changed in Pulumi.<stack>.yaml and deployed
by make up; commit the file afterwards. A run that was broken off goes on where it was.
`;

/** Adds `kafka-dr failover` and `failback`. */
export function registerFailover(program: Command, io: CommandIo): void {
    const failover = program
        .command("failover")
        .description(
            "Make the target the active site: by a plan, without loss, or without the source.",
        )
        .requiredOption("--stack <name>", "stack of this checkout")
        .option(
            "--plan",
            "print the steps of --planned, or with --unplanned of that; change nothing",
        )
        .option("--planned", "fence, drain, compare, then switch: loses nothing, needs the source")
        .option("--unplanned", "the source is lost: record what was not mirrored, then switch")
        .option(
            "--force",
            "with --unplanned: also away from a source that is alive and written to",
        );
    addCommonOptions(failover)
        .addHelpText(
            "after",
            `
Examples:
  What would be done:
    kafka-dr failover --stack prod --plan
  Maintenance of the source, nothing may be lost:
    kafka-dr failover --stack prod --planned
  The source burns:
    kafka-dr failover --stack prod --unplanned --record failover.json
${WHERE}
${exitCodeHelp()}`,
        )
        .action(async (options: FailoverCommandOptions) => {
            const loaded = load("./runFailover") as { runFailover: typeof runFailover };
            await loaded.runFailover("failover", options, io);
        });
    const failback = program
        .command("failback")
        .description("Mirror back to a source that was rebuilt, and make it the active site again.")
        .requiredOption("--stack <name>", "stack of this checkout")
        .option("--plan", "print the steps of --planned, or with --start of that; change nothing")
        .option(
            "--source-is-new",
            "do not look whether it is empty: a new cluster, whose CA and users are not known here yet",
        )
        .option("--start", "only mirror back, until the source has all but the newest records")
        .option("--planned", "all of it: mirror back, fence, drain, compare, switch");
    addCommonOptions(failback)
        .addHelpText(
            "after",
            `
Examples:
  Fill the rebuilt source; applications go on at the target:
    kafka-dr failback --stack prod --start
  Later, at a quiet hour:
    kafka-dr failback --stack prod --planned
${WHERE}
${exitCodeHelp()}`,
        )
        .action(async (options: FailoverCommandOptions) => {
            const loaded = load("./runFailover") as { runFailover: typeof runFailover };
            await loaded.runFailover("failback", options, io);
        });
}

function addCommonOptions(command: Command): Command {
    return addReachOptions(
        command
            .option(
                "--max-lag <offsets>",
                "most that may be pending before the switch",
                wholeNumber(0),
                100_000,
            )
            .option("--drain <seconds>", "how long the drain may take", wholeNumber(1), 600)
            .option(
                "--quiet <seconds>",
                "nobody writes when no record came for so long",
                wholeNumber(1),
                5,
            )
            .addOption(
                new Option(
                    "--sample <fraction>",
                    "compare only such a part of all partitions",
                ).argParser(Number),
            )
            .option(
                "--producers-stopped",
                "where the stack has no users to fence: they are stopped",
            )
            .option("--record <file>", "write steps, times and findings there as JSON"),
    ).option("--json", "print one JSON document; progress still goes to standard error");
}

/** Whoever asks for help does not wait for a Kafka client to load. */
function load(module: string): unknown {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
    return require(module) as unknown;
}
