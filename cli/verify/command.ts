import { type Command, InvalidArgumentError, Option } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import { addConnectionOptions, namesBrokers, wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import { DEFAULT_DEADLINE_SECONDS, DEFAULT_START_SECONDS } from "../run/options";
import type { runInKubernetes } from "../run/commandJob";
import { jobArguments } from "./jobArguments";
import type { runVerify } from "./runVerify";

/** What a person asked for. */
export interface VerifyCommandOptions {
    readonly stack?: string;
    readonly topic: readonly string[];
    readonly group: readonly string[];
    readonly sample?: number;
    readonly since?: number;
    readonly maxPending?: number;
    readonly maxDuplicates?: number;
    readonly produce?: number;
    readonly size: number;
    readonly wait: number;
    readonly timeout: number;
    readonly as?: string;
    readonly image?: string;
    readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  All that stack "prod" mirrors, record by record:
    kafka-dr verify --stack prod \\
        --source-bootstrap a:9093 --source-ca a.crt --source-user ops --source-password-file a.pw \\
        --target-bootstrap b:9093 --target-ca b.crt --target-user ops --target-password-file b.pw

  One topic, nothing may be late, and the result for a script:
    kafka-dr verify --topic orders --max-pending 0 --json

  Send a million records, wait for them at the target, and compare:
    kafka-dr verify --topic my-topic --produce 1000000

Without --source-bootstrap and --target-bootstrap the command runs as a Job next to MirrorMaker 2
of the stack, as users that can only read (docs/operate/kubernetes-job.md):
    kafka-dr verify --stack prod
    kafka-dr verify --stack prod --topic my-topic --produce 1000000 --as my-app

Its users need Read and Describe on the topics and groups of both clusters, and DescribeConfigs on
the topics to compare their configuration. Only --produce writes.

`;

/** Adds `kafka-dr verify`. */
export function registerVerify(program: Command, io: CommandIo): void {
    const command = program
        .command("verify")
        .description("Compare what the source and the target really hold, record by record.")
        .option("--stack <name>", "what is mirrored, by Pulumi.<name>.yaml of this checkout")
        .addOption(repeatable("--topic <name>", "compare this topic alone; repeatable"))
        .addOption(repeatable("--group <name>", "look at this group alone; repeatable"))
        .option("--max-pending <records>", "fail when a topic is further behind", wholeNumber(0))
        .option("--max-duplicates <records>", "fail when a topic has more twice", wholeNumber(0))
        .option("--sample <fraction>", "read only such a part of all partitions", fraction)
        .option("--since <time>", "read only records from this time on, ISO 8601", time)
        .option("--produce <count>", "first send records to the one --topic", wholeNumber(1))
        .option("--size <bytes>", "size of each of these", wholeNumber(20), 100)
        .option("--wait <seconds>", "how long to wait for them at the target", wholeNumber(1), 300);
    addConnectionOptions(command, ["source", "target"])
        .option("--as <user>", "in a Job: be this user of kafka-dr:users at the active site")
        .option("--image <image>", "image for the Job, instead of kafka-dr:images.commands")
        .option("--json", "print one JSON document instead of the report")
        .addHelpText("after", `${EXAMPLES}${exitCodeHelp()}`)
        .action(async (options: VerifyCommandOptions) => {
            // Whoever asks for help does not wait for a Kafka client to load.
            if (options.stack !== undefined && !namesBrokers({ ...options }, io.env)) {
                const { stack, as, image } = options;
                const job = load("../run/commandJob") as {
                    runInKubernetes: typeof runInKubernetes;
                };
                await job.runInKubernetes(
                    jobArguments(options),
                    {
                        stack,
                        ...(as !== undefined && { as }),
                        ...(image !== undefined && { image }),
                        jobDeadline: DEFAULT_DEADLINE_SECONDS,
                        startTimeout: DEFAULT_START_SECONDS,
                    },
                    io,
                );
                return;
            }
            const loaded = load("./runVerify") as { runVerify: typeof runVerify };
            await loaded.runVerify(options, io);
        });
}

function load(module: string): unknown {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
    return require(module) as unknown;
}

function repeatable(flags: string, text: string): Option {
    return new Option(flags, text).argParser(collect).default([], "all that are mirrored");
}

function collect(value: string, previous: readonly string[]): string[] {
    return [...previous, value];
}

function fraction(text: string): number {
    const value = Number(text);
    if (text.trim() === "" || !(value > 0 && value <= 1)) {
        throw new InvalidArgumentError("It must be a number above 0, at most 1.");
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
