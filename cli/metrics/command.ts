import type { Command } from "commander";
import { exitCodeHelp } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import type { MetricsOptions, runMetrics } from "./metrics";

/** Adds `kafka-dr metrics`: the throughput metrics of every MM2 worker. */
export function registerMetrics(program: Command, io: CommandIo): void {
    program
        .command("metrics")
        .description(
            "Show batch sizes, request latency, lag and task states of every MirrorMaker 2 worker.",
        )
        .option("--stack <name>", "read the workers of this stack, through the API server")
        .option("--metrics-url <url...>", "read these metrics endpoints instead of a stack")
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            `
Examples:
  kafka-dr metrics --stack prod
  kafka-dr metrics --metrics-url http://127.0.0.1:9404/metrics --json

${exitCodeHelp()}`,
        )
        .action(async (options: MetricsOptions) => {
            // Loaded late: --help does not wait for a Kubernetes client.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./metrics") as { runMetrics: typeof runMetrics };
            await loaded.runMetrics(options, io);
        });
}
