import type { Command } from "commander";
import { CommandError, EXIT } from "../kubernetes/commandError";
import type { CommandIo } from "../kubernetes/io";
import { settingsOf } from "../settings";
import { metricsTable } from "./metricsTable";
import { metricsOfUrl, stackMetrics } from "./readMetrics";

export interface MetricsOptions {
    readonly stack?: string;
    readonly metricsUrl?: readonly string[];
    readonly json?: boolean;
}

/** Adds `kafka-dr metrics`: what throughput is tuned by, of every worker of MM2. */
export function registerMetrics(program: Command, io: CommandIo): void {
    program
        .command("metrics")
        .description(
            "Show batch sizes, request latency, lag and task states of every worker of MirrorMaker 2.",
        )
        .option("--stack <name>", "stack whose MirrorMaker 2 is asked, through the API server")
        .option("--metrics-url <url...>", "address of a worker's metrics, instead of a stack")
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            "\nExamples:\n  kafka-dr metrics --stack prod\n  kafka-dr metrics --metrics-url http://127.0.0.1:9404/metrics --json\n",
        )
        .action(async (options: MetricsOptions) => {
            await showMetrics(options, io);
        });
}

/** @throws CommandError for options that do not fit, and as {@link stackMetrics} does. */
export async function showMetrics(options: MetricsOptions, io: CommandIo): Promise<void> {
    const { stack, metricsUrl, json = false } = options;
    if ((stack === undefined) === (metricsUrl === undefined)) {
        throw new CommandError(
            "Give either --stack or --metrics-url.",
            "Example: kafka-dr metrics --stack prod",
            EXIT.badInput,
        );
    }
    const workers =
        stack === undefined
            ? await Promise.all((metricsUrl ?? []).map((url) => metricsOfUrl(url, io.signal)))
            : await stackMetrics(settingsOf(stack), io.signal);
    io.stdout.write(json ? `${JSON.stringify({ workers }, null, 2)}\n` : metricsTable(workers));
}
