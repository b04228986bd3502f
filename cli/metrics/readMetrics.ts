import type { Settings } from "../../config/settingsSchema";
import { METRICS_PORT } from "../../strimzi/builders/networkPolicy";
import { CommandError } from "../shared/commandError";
import { explained, openStream, statusOf, textOf } from "../shared/kubernetes/request";
import { mirrorMakerPods, targetCluster } from "../shared/kubernetes/targetCluster";
import { parseMetrics } from "./prometheusText";
import { workerMetrics, type WorkerMetrics } from "./workerMetrics";

/** Milliseconds after which a worker that does not answer is given up. */
const TIMEOUT_MS = 10_000;

/**
 * The metrics of every worker of MM2, through the API server, which reaches the pods that a laptop
 * does not.
 *
 * @throws CommandError where there is no worker, or one of them cannot be asked.
 */
export async function stackMetrics(
    settings: Pick<Settings, "target" | "mirror">,
    signal: AbortSignal,
    port = METRICS_PORT,
): Promise<WorkerMetrics[]> {
    const { target, mirror } = settings;
    if (!mirror.metrics) {
        throw new CommandError(
            "badInput",
            "MirrorMaker 2 has no metrics: kafka-dr:mirror.metrics is false.",
            "Set it to true and run make up.",
        );
    }
    const config = targetCluster(settings);
    const items = await mirrorMakerPods(config, settings);
    const pods = items.map(({ metadata }) => metadata?.name ?? "").sort();
    if (pods.length === 0) {
        throw new CommandError(
            "unexpected",
            `MirrorMaker 2 ${target.namespace}/${mirror.name} has no workers.`,
            "With 0 replicas there are none: kafka-dr scale --stack <stack> goes back to the configured number.",
        );
    }
    return Promise.all(
        pods.map(async (pod) => {
            const path = `/api/v1/namespaces/${target.namespace}/pods/${pod}:${port}/proxy/metrics`;
            try {
                const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
                return workerMetrics(
                    pod,
                    parseMetrics(await textOf(await openStream(config, path, {}, within))),
                );
            } catch (cause) {
                signal.throwIfAborted();
                const status = statusOf(cause);
                if (status !== undefined && status >= 500) {
                    throw new CommandError(
                        "unreachable",
                        `The pod ${target.namespace}/${pod} gives no metrics on port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`,
                        "Does it run, and does a NetworkPolicy let the API server reach it (kafka-dr:networkPolicies.metricsFrom)?",
                        { cause },
                    );
                }
                throw explained(config, `ask the pod ${target.namespace}/${pod}`, cause);
            }
        }),
    );
}

/**
 * The metrics behind one URL, such as the lab's.
 *
 * @throws CommandError with exit code 4 where nothing answers there, 2 where that are no metrics.
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
                "unreachable",
                `No metrics at ${url}: ${error.message}${inner}`,
                "It is the address of the JMX exporter, such as http://127.0.0.1:9404/metrics; make demo prints the lab's.",
                { cause },
            );
        }
    })();
    try {
        return workerMetrics(url, parseMetrics(text));
    } catch (cause) {
        throw new CommandError(
            "badInput",
            `${url} answers with something other than Prometheus' text format: ${cause instanceof Error ? cause.message : String(cause)}`,
            "Give the address that ends in /metrics.",
            { cause },
        );
    }
}
