import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import type { runMetrics } from "./runMetrics";

export interface MetricsCommandOptions {
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
            `
Examples:
  kafka-dr metrics --stack prod
  kafka-dr metrics --metrics-url http://127.0.0.1:9404/metrics --json

${exitCodeHelp()}`,
        )
        .action(async (options: MetricsCommandOptions) => {
            // Whoever asks for help does not wait for a Kubernetes client to load.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runMetrics") as { runMetrics: typeof runMetrics };
            await loaded.runMetrics(options, io);
        });
}
