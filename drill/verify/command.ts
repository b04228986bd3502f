import { type Command, InvalidArgumentError, Option } from "commander";
import { UntranslatablePatternError } from "../../config/javaPatternMatcher";
import { ClusterView } from "../../kafka/clusterView";
import { CommandError, EXIT_CODES, exitCodeHelp } from "../cli/commandError";
import { addConnectionOptions, connectionOf, wholeNumber } from "../cli/connections";
import { duration, number, ProgressLine, table, type CommandIo } from "../cli/output";
import { reach } from "../cli/reach";
import { settingsOf } from "../settings";
import { defaultScope, type MirrorScope, narrowed, scopeOf } from "./pair";
import { produceAndWait, type ProduceReport } from "./produce";
import { renderVerifyReport } from "./render";
import { NothingToCompareError, verifyPair } from "./verifyPair";

interface Options {
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
        .option("--json", "print one JSON document instead of the report")
        .addHelpText("after", `${EXAMPLES}${exitCodeHelp()}`)
        .action(async (options: Options) => {
            await verify(options, io);
        });
}

async function verify(options: Options, io: CommandIo): Promise<void> {
    const connections = {
        source: connectionOf("source", { ...options }, io.env),
        target: connectionOf("target", { ...options }, io.env),
    };
    const scope = scopeFor(options);
    const [topic] = options.topic;
    if (options.produce !== undefined && (topic === undefined || options.topic.length > 1)) {
        throw new CommandError(
            "badInput",
            "--produce needs one --topic",
            "Say where to send records.",
        );
    }
    const timeoutMs = options.timeout * 1000;
    await Promise.all([
        reach("source", connections.source, timeoutMs),
        reach("target", connections.target, timeoutMs),
    ]);
    const progress = new ProgressLine(io.stderr);
    const views = {
        source: new ClusterView(connections.source, { timeoutMs }),
        target: new ClusterView(connections.target, { timeoutMs }),
    };
    try {
        const produced =
            options.produce === undefined || topic === undefined
                ? undefined
                : await produceAndWait(connections, {
                      topic,
                      targetTopic: scope.topicPrefix + topic,
                      records: options.produce,
                      size: options.size,
                      waitSeconds: options.wait,
                      signal: io.signal,
                      onProgress: (text) => {
                          progress.show(text);
                      },
                  });
        const report = await verifyPair({
            ...views,
            scope,
            limits: {
                ...(options.maxPending !== undefined && { maxPending: options.maxPending }),
                ...(options.maxDuplicates !== undefined && {
                    maxDuplicates: options.maxDuplicates,
                }),
            },
            ...(options.sample !== undefined && { sample: options.sample }),
            ...(options.since !== undefined && { since: options.since }),
            signal: io.signal,
            timeoutMs,
            onProgress: progressOf(progress),
        });
        progress.clear();
        const isOk = report.isOk && produced?.arrived !== false;
        io.stdout.write(
            options.json === true
                ? `${JSON.stringify({ ...report, isOk, ...(produced && { produced }) }, undefined, 2)}\n`
                : `${produced ? renderProduced(produced) : ""}${renderVerifyReport(report)}`,
        );
        io.exit((isOk ? EXIT_CODES.ok : EXIT_CODES.checkFailed).code);
    } catch (error) {
        progress.clear();
        if (error instanceof NothingToCompareError) {
            const remedy = "Check both bootstrap servers, and --topic or --stack.";
            throw new CommandError("badInput", error.message, remedy);
        }
        throw error;
    } finally {
        await Promise.all([views.source.close(), views.target.close()]);
    }
}

/** @throws {CommandError} `badInput` when the stack's settings cannot be used */
function scopeFor({ stack, topic, group }: Options): MirrorScope {
    try {
        const whole = stack === undefined ? defaultScope() : scopeOf(settingsOf(stack));
        return narrowed(whole, topic, group);
    } catch (error) {
        if (error instanceof UntranslatablePatternError) {
            const remedy =
                "Name the topics with --topic and the groups with --group, without --stack.";
            throw new CommandError("badInput", error.message, remedy);
        }
        throw new CommandError("badInput", error instanceof Error ? error.message : String(error));
    }
}

function progressOf(line: ProgressLine): (read: number, of: number) => void {
    const started = performance.now();
    return (read, of) => {
        const seconds = (performance.now() - started) / 1000;
        const rate = read / Math.max(seconds, 0.001);
        const left = Math.max(0, of - read) / Math.max(rate, 1);
        const percent = of === 0 ? 100 : Math.min(100, Math.floor((100 * read) / of));
        line.show(
            `${percent} %, ${number(read)} records read, ${number(Math.round(rate))}/s, about ${duration(left)} left`,
        );
    };
}

function renderProduced(report: ProduceReport): string {
    const { topic, records, size, producedSeconds, mirroredSeconds, logEndOffsets } = report;
    const rows = logEndOffsets.source.map((end, partition) => {
        const other = logEndOffsets.target[partition];
        return [
            `${topic}:${partition}`,
            String(end),
            other === undefined ? "none" : String(other),
            end === other ? "equal" : "DIFFERENT",
        ];
    });
    return [
        `${number(records)} records of ${size} bytes written to the source in ${duration(producedSeconds)}, ${
            report.arrived ? "all at the target after" : "NOT all at the target after"
        } ${duration(mirroredSeconds)}.`,
        "",
        ...table([["log-end offsets", "source", "target", ""], ...rows]),
        "",
        "",
    ].join("\n");
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
