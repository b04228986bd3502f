import { type Command, InvalidArgumentError, Option } from "commander";
import type { runInKubernetes } from "../run/commandJob";
import { DEFAULT_DEADLINE_SECONDS, DEFAULT_START_SECONDS } from "../run/options";
import { CommandError, exitCodeHelp } from "../shared/commandError";
import { addConnectionOptions, namesBrokers, wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import type { runVerify, VerifyCommandOptions } from "./runVerify";

/*
 * `kafka-dr verify`, from the option to the comparison:
 *
 *   command.ts              options and help; through a Job, or from here:
 *   runVerify.ts            opens both clusters, prints the report, sets the exit code
 *   verifyPair.ts           takes a snapshot, compares partition by partition, evaluates the groups
 *   snapshot.ts             where logs and groups of both clusters stand, and the topics' configuration
 *   comparePartition.ts     reads both logs of a partition, and turns records into digests (digest.ts)
 *   partitionComparison.ts  compares: missing, duplicate, unexpected, out of order, lag, unverifiable
 *   failures.ts             which of that fails; reportText.ts prints it
 *
 * `failover`, `failback` and `loss` come in at verifyPair.ts and comparePartition.ts, in both
 * directions: all files but the first two speak of the ends of a mirror, `from` and `to`
 * (../shared/mirror/ends.ts).
 */

const EXAMPLES = `
Examples:
  Everything that the stack "prod" mirrors, record by record:
    kafka-dr verify --stack prod \\
        --source-bootstrap a:9093 --source-ca a.crt --source-user ops --source-password-file a.pw \\
        --target-bootstrap b:9093 --target-ca b.crt --target-user ops --target-password-file b.pw

  The same through a Job next to MirrorMaker 2, where --source-bootstrap and --target-bootstrap are
  not given (docs/operate/kubernetes-job.md):
    kafka-dr verify --stack prod

  One topic that must not lag, and the result for a script:
    kafka-dr verify --stack prod --topic orders --max-lag 0 --json

  Produce a million records as a user that may, wait until they are at the target, and compare:
    kafka-dr verify --stack prod --topic my-topic --produce 1000000 --as my-app

The users need Read and Describe on the topics and groups of both clusters, and DescribeConfigs on
the topics to compare their configuration. The Job's own users can only read. Only --produce writes.

`;

/** Adds `kafka-dr verify`. */
export function registerVerify(program: Command, io: CommandIo): void {
    const command = program
        .command("verify")
        .description("Compare what the source and the target hold, record by record.")
        .option("--stack <name>", "compare what Pulumi.<name>.yaml of this checkout mirrors")
        .addOption(repeatable("--topic <name>", "compare only this topic; repeatable"))
        .addOption(repeatable("--group <name>", "evaluate only this group; repeatable"))
        .option("--max-lag <records>", "fail when a topic lags by more", wholeNumber(0))
        .addOption(renamed("--max-pending <records>", "--max-lag"))
        .option(
            "--max-duplicates <records>",
            "fail when a topic has more duplicates",
            wholeNumber(0),
        )
        .option("--sample <fraction>", "read only this fraction of all partitions", fraction)
        .option("--since <time>", "read only records from this time on, ISO 8601", time)
        .option("--produce <count>", "first produce records to the one --topic", wholeNumber(1))
        .option("--size <bytes>", "size of each of these", wholeNumber(20), 100)
        .option("--wait <seconds>", "how long to wait for them at the target", wholeNumber(1), 300);
    addConnectionOptions(command, ["source", "target"])
        .option("--as <user>", "in a Job: be this user of kafka-dr:users at the active site")
        .option("--image <image>", "image for the Job, instead of kafka-dr:images.commands")
        .option("--json", "print one JSON document instead of the report")
        .addHelpText("after", `${EXAMPLES}${exitCodeHelp()}`)
        .action(async (options: VerifyCommandOptions) => {
            // Loaded here, so that --help does not wait for the clients of Kafka and Kubernetes.
            /* eslint-disable @typescript-eslint/no-require-imports -- import() is for ES modules */
            if (options.stack === undefined || namesBrokers({ ...options }, io.env)) {
                const loaded = require("./runVerify") as { runVerify: typeof runVerify };
                await loaded.runVerify(options, io);
                return;
            }
            const { stack, as, image } = options;
            const args = jobArguments(options);
            const loaded = require("../run/commandJob") as {
                runInKubernetes: typeof runInKubernetes;
            };
            /* eslint-enable @typescript-eslint/no-require-imports */
            await loaded.runInKubernetes(
                args,
                {
                    stack,
                    ...(as !== undefined && { as }),
                    ...(image !== undefined && { image }),
                    jobDeadline: DEFAULT_DEADLINE_SECONDS,
                    startTimeout: DEFAULT_START_SECONDS,
                },
                io,
            );
        });
}

/**
 * The command line of the Job that does the same; the Job itself adds the stack and the connections.
 * @throws {CommandError} `badInput` for `--produce` without a user that may write
 */
export function jobArguments(options: VerifyCommandOptions): string[] {
    if (options.produce !== undefined && options.as === undefined) {
        throw new CommandError(
            "WrongOption",
            "--produce needs a user that may write: the stack's users for commands can only read",
            "Give --as <user>, one of kafka-dr:users that produces to the topic.",
        );
    }
    const since = options.since === undefined ? undefined : new Date(options.since).toISOString();
    const values: [string, string | number | undefined][] = [
        ...options.topic.map((topic): [string, string] => ["--topic", topic]),
        ...options.group.map((group): [string, string] => ["--group", group]),
        ["--max-lag", options.maxLag],
        ["--max-duplicates", options.maxDuplicates],
        ["--sample", options.sample],
        ["--since", since],
        ["--produce", options.produce],
        ["--size", options.size],
        ["--wait", options.wait],
        ["--timeout", options.timeout],
    ];
    return [
        "verify",
        ...values.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
        ...(options.json === true ? ["--json"] : []),
    ];
}

function repeatable(flags: string, text: string): Option {
    return new Option(flags, text)
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], "all mirrored ones");
}

/** An option of earlier versions, which is refused with its new name. */
function renamed(flags: string, name: string): Option {
    return new Option(flags).hideHelp().argParser(() => {
        throw new InvalidArgumentError(`It was renamed to ${name}.`);
    });
}

function fraction(text: string): number {
    const value = Number(text);
    if (text.trim() === "" || !(value > 0 && value <= 1)) {
        throw new InvalidArgumentError("It must be a number above 0 and at most 1.");
    }
    return value;
}

function time(text: string): number {
    const value = Date.parse(text);
    if (Number.isNaN(value)) {
        throw new InvalidArgumentError('It must be a time such as "2026-05-01T12:00:00Z".');
    }
    return value;
}
