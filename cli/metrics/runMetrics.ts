import { CommandError } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { metricsTable } from "./metricsTable";
import { metricsOfUrl, stackMetrics } from "./readMetrics";
import type { MetricsCommandOptions } from "./registerMetrics";

/**
 * `kafka-dr metrics`.
 * @throws {CommandError} for options that do not fit, and as {@link stackMetrics} does
 */
export async function runMetrics(options: MetricsCommandOptions, io: CommandIo): Promise<void> {
    const { stack, metricsUrl, json = false } = options;
    if ((stack === undefined) === (metricsUrl === undefined)) {
        throw new CommandError(
            "badInput",
            "Give either --stack or --metrics-url.",
            "Example: kafka-dr metrics --stack prod",
        );
    }
    const workers =
        stack === undefined
            ? await Promise.all((metricsUrl ?? []).map((url) => metricsOfUrl(url, io.signal)))
            : await stackMetrics(settingsForCommand(stack), io.signal);
    io.stdout.write(json ? `${JSON.stringify({ workers }, null, 2)}\n` : metricsTable(workers));
}
