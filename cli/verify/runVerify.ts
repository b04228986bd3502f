import { UntranslatablePatternError } from "../../config/javaPatternMatcher";
import { ClusterView } from "../../kafka/clusterView";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import { connectionOf } from "../shared/connections";
import { duration, number, ProgressLine, table, type CommandIo } from "../shared/output";
import { checkConnectivity } from "../shared/connectivity";
import { settingsOf } from "../shared/settings";
import type { VerifyCommandOptions } from "./command";
import { defaultScope, type MirrorScope, narrowed, scopeOf } from "./pair";
import { produceAndWait, type ProduceReport } from "./produce";
import { renderVerifyReport } from "./render";
import { NothingToCompareError, verifyPair } from "./verifyPair";

/**
 * `kafka-dr verify`.
 * @throws {CommandError} when it cannot be done; what it finds is no error
 */
export async function runVerify(options: VerifyCommandOptions, io: CommandIo): Promise<void> {
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
        checkConnectivity("source", connections.source, timeoutMs),
        checkConnectivity("target", connections.target, timeoutMs),
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
function scopeFor({ stack, topic, group }: VerifyCommandOptions): MirrorScope {
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
