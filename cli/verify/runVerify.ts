import { UntranslatablePatternError } from "../../config/javaPattern";
import { ClusterView } from "../../kafka/clusterView";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import { connectionOf } from "../shared/connections";
import { sitesInDirection } from "../shared/mirror/ends";
import { duration, number, ProgressLine, table, type CommandIo } from "../shared/output";
import { checkConnectivity } from "../shared/connectivity";
import { settingsOf } from "../shared/settings";
import { recordsText } from "./failures";
import { refuseUnknownNames } from "./namedScope";
import { produceAndWait, type ProduceReport } from "./produce";
import { reportText } from "./reportText";
import { defaultScope, type MirrorScope, narrowed, scopeOf } from "./scope";
import { NothingToCompareError, verifyPair } from "./verifyPair";

/** The options of `kafka-dr verify`; those of the connections are read by their names. */
export interface VerifyCommandOptions {
    readonly stack?: string;
    readonly topic: readonly string[];
    readonly group: readonly string[];
    /** Above 0 and at most 1. */
    readonly sample?: number;
    /** Milliseconds since 1970. */
    readonly since?: number;
    /** Records of one topic. */
    readonly maxLag?: number;
    readonly maxDuplicates?: number;
    /** Records to produce first, each of `size` bytes; `wait` is in seconds. */
    readonly produce?: number;
    readonly size: number;
    readonly wait: number;
    /** Seconds. */
    readonly timeout: number;
    readonly as?: string;
    readonly image?: string;
    readonly json?: boolean;
}

/**
 * `kafka-dr verify` by connections from this process: compares the source with the target and prints
 * the report. What it finds is not an error, but exit code 3, or 5 when it only finds that something
 * cannot be compared.
 * @throws {CommandError} when the comparison is not possible
 */
export async function runVerify(options: VerifyCommandOptions, io: CommandIo): Promise<void> {
    const connections = {
        from: connectionOf("source", { ...options }, io.env),
        to: connectionOf("target", { ...options }, io.env),
    };
    const scope = scopeFor(options);
    const [topic] = options.topic;
    if (options.produce !== undefined && (topic === undefined || options.topic.length > 1)) {
        throw new CommandError(
            "WrongOption",
            "--produce needs one --topic",
            "Give the topic that it produces to.",
        );
    }
    const timeoutMs = options.timeout * 1000;
    await Promise.all([
        checkConnectivity("source", connections.from, timeoutMs),
        checkConnectivity("target", connections.to, timeoutMs),
    ]);
    const progress = new ProgressLine(io.stderr);
    const views = {
        from: new ClusterView(connections.from, { timeoutMs }),
        to: new ClusterView(connections.to, { timeoutMs }),
    };
    try {
        await refuseUnknownNames(views.from, options);
        const produced =
            options.produce === undefined || topic === undefined
                ? undefined
                : await produceAndWait(connections, {
                      topics: { from: topic, to: scope.toTopic(topic) },
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
            sites: sitesInDirection("forward"),
            scope,
            limits: {
                ...(options.maxLag !== undefined && { maxLag: options.maxLag }),
                ...(options.maxDuplicates !== undefined && {
                    maxDuplicates: options.maxDuplicates,
                }),
            },
            ...(options.sample !== undefined && { sample: options.sample }),
            ...(options.since !== undefined && { since: options.since }),
            signal: io.signal,
            timeoutMs,
            onProgress: showProgress(progress),
        });
        progress.clear();
        const isOk = report.isOk && produced?.arrived !== false;
        io.stdout.write(
            options.json === true
                ? `${JSON.stringify({ ...report, isOk, ...(produced && { produced }) }, undefined, 2)}\n`
                : `${produced ? producedText(produced) : ""}${reportText(report)}`,
        );
        const isUnknown = report.failures.length === 0 && produced?.arrived !== false;
        const otherwise = isUnknown ? EXIT_CODES.unknown : EXIT_CODES.checkFailed;
        io.exit((isOk ? EXIT_CODES.ok : otherwise).code);
    } catch (error) {
        progress.clear();
        if (error instanceof NothingToCompareError) {
            const remedy = "Check both bootstrap servers, and --topic or --stack.";
            throw new CommandError("NothingToCompare", error.message, remedy);
        }
        throw error;
    } finally {
        await Promise.all([views.from.close(), views.to.close()]);
    }
}

/** @throws {CommandError} `badInput` when the stack's settings cannot be used */
function scopeFor({ stack, topic, group }: VerifyCommandOptions): MirrorScope {
    try {
        const whole = stack === undefined ? defaultScope() : scopeOf(settingsOf(stack));
        return narrowed(whole, topic, group);
    } catch (error) {
        if (error instanceof UntranslatablePatternError) {
            const remedy =
                "Name the topics with --topic and the groups with --group, without --stack.";
            throw new CommandError("WrongSettings", error.message, remedy);
        }
        const message = error instanceof Error ? error.message : String(error);
        throw new CommandError("WrongSettings", message);
    }
}

function showProgress(line: ProgressLine): (read: number, of: number) => void {
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

function producedText(report: ProduceReport): string {
    const { topic, records, size, producedSeconds, mirroredSeconds, logEndOffsets } = report;
    const rows = logEndOffsets.from.map((end, partition) => {
        const other = logEndOffsets.to[partition];
        return [
            `${topic}:${partition}`,
            String(end),
            other === undefined ? "none" : String(other),
            end === other ? "equal" : "DIFFERENT",
        ];
    });
    return [
        `${recordsText(records)} of ${size} bytes written to the source in ${duration(producedSeconds)}, ${
            report.arrived ? "all at the target after" : "NOT all at the target after"
        } ${duration(mirroredSeconds)}.`,
        "",
        ...table([["log-end offsets", "source", "target", ""], ...rows]),
        "",
        "",
    ].join("\n");
}
