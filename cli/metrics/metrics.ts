import type { Settings } from "../../config/settingsSchema";
import { METRICS_PORT } from "../../strimzi/builders/networkPolicy";
import { CommandError } from "../shared/commandError";
import { ApiClient, ApiError, textOf } from "../shared/kubernetes/apiClient";
import { explained } from "../shared/kubernetes/request";
import { mirrorMakerPods, targetCluster } from "../shared/kubernetes/targetCluster";
import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { metricsTable } from "./metricsTable";
import { parseMetrics } from "./prometheusText";
import { workerMetrics, type WorkerMetrics } from "./workerMetrics";

export interface MetricsOptions {
    readonly stack?: string;
    readonly metricsUrl?: readonly string[];
    readonly json?: boolean;
}

/** Milliseconds that a worker has to answer. */
const TIMEOUT_MS = 10_000;

/**
 * `kafka-dr metrics`.
 * @throws {CommandError} for options that do not fit, and as {@link stackMetrics} does
 */
export async function runMetrics(options: MetricsOptions, io: CommandIo): Promise<void> {
    const { stack, metricsUrl, json = false } = options;
    if ((stack === undefined) === (metricsUrl === undefined)) {
        throw new CommandError(
            "WrongOption",
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

/**
 * The metrics of every MM2 worker, through the API server: it reaches pods that a laptop cannot reach.
 *
 * @throws CommandError when there is no worker, or one of them does not answer.
 */
export async function stackMetrics(
    settings: Pick<Settings, "target" | "mirror">,
    signal: AbortSignal,
    port = METRICS_PORT,
): Promise<WorkerMetrics[]> {
    const { target, mirror } = settings;
    if (!mirror.metrics) {
        throw new CommandError(
            "NoMetrics",
            "MirrorMaker 2 has no metrics: kafka-dr:mirror.metrics is false.",
            "Set it to true and run make up.",
        );
    }
    const config = targetCluster(settings);
    const items = await mirrorMakerPods(config, settings);
    const pods = items.map(({ metadata }) => metadata?.name ?? "").sort();
    if (pods.length === 0) {
        throw new CommandError(
            "WorkersMissing",
            `MirrorMaker 2 ${target.namespace}/${mirror.name} has no workers.`,
            "If it was scaled to 0: kafka-dr scale --stack <stack> restores the configured number.",
        );
    }
    const client = new ApiClient(config);
    return Promise.all(
        pods.map(async (pod) => {
            const path = `/api/v1/namespaces/${target.namespace}/pods/${pod}:${port}/proxy/metrics`;
            try {
                const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
                return workerMetrics(
                    pod,
                    parseMetrics(await textOf(await client.stream({ path }, within))),
                );
            } catch (cause) {
                signal.throwIfAborted();
                if (cause instanceof ApiError && cause.status >= 500) {
                    throw new CommandError(
                        "MetricsUnreachable",
                        `The pod ${target.namespace}/${pod} serves no metrics on port ${port}: ${cause.message}`,
                        "Check that the pod runs, and that a NetworkPolicy lets the API server reach it (kafka-dr:networkPolicies.metricsFrom).",
                        { cause },
                    );
                }
                throw explained(
                    config,
                    `read the metrics of the pod ${target.namespace}/${pod}`,
                    cause,
                );
            }
        }),
    );
}

/**
 * The metrics at one URL, such as a worker's of the lab.
 *
 * @throws CommandError with exit code 4 when nothing answers, 2 when the answer is not metrics.
 */
export async function metricsOfUrl(url: string, signal: AbortSignal): Promise<WorkerMetrics> {
    const text = await (async () => {
        try {
            const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
            const answer = await fetch(url, { signal: within });
            if (!answer.ok) {
                throw new Error(`${answer.status} ${answer.statusText}`);
            }
            return await answer.text();
        } catch (cause) {
            signal.throwIfAborted();
            const error = cause instanceof Error ? cause : new Error(String(cause));
            const inner = error.cause instanceof Error ? `: ${error.cause.message}` : "";
            throw new CommandError(
                "MetricsUnreachable",
                `No metrics at ${url}: ${error.message}${inner}`,
                "Give the address of a JMX exporter, such as http://127.0.0.1:9404/metrics; make demo prints those of the lab.",
                { cause },
            );
        }
    })();
    try {
        return workerMetrics(url, parseMetrics(text));
    } catch (cause) {
        throw new CommandError(
            "NoMetrics",
            `${url} answers with something other than Prometheus' text format: ${cause instanceof Error ? cause.message : String(cause)}`,
            "Give an address that ends in /metrics.",
            { cause },
        );
    }
}
