import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { LOOPBACK } from "../kafka/nodeProperties";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import { metricsUrl, prepareExporter, type JmxExporter } from "../metrics/jmxExporter";
import { prepareJvm } from "../process/jvm";
import type { ManagedProcess } from "../process/managedProcess";
import { waitFor } from "../process/wait";
import { formatProperties } from "../../kafka/properties";
import { ConnectRest } from "../../kafka/connectRest";

/** What a worker runs with; a difference means that it must be restarted. */
export interface WorkerOptions {
    /** `<mirror maker>-mirrormaker2-<index>`, the name of the pod. */
    readonly name: string;
    readonly restPort: number;
    readonly properties: Readonly<Record<string, string>>;
    readonly heapMegabytes: number;
    /** Flags of the object's `jvmOptions`, as they stand on the command line. */
    readonly vmOptions?: readonly string[];
    /** No metrics without it. */
    readonly exporter?: JmxExporter;
}

/** One Connect worker. */
export interface Worker {
    readonly options: WorkerOptions;
    readonly process: ManagedProcess;
    readonly rest: ConnectRest;
    /** Where its metrics are, `http://127.0.0.1:<port>/metrics`; undefined when it has none. */
    readonly metricsUrl?: string;
}

/** Starts a worker and returns when its REST interface calls it healthy. */
export async function startWorker(lab: LabContext, options: WorkerOptions): Promise<Worker> {
    const worker = await spawnWorker(lab, options);
    await waitFor(`${options.name} is healthy`, async () => worker.rest.isHealthy(), {
        timeoutMs: lab.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
        intervalMs: 100,
        signal: lab.supervisor.signal,
    });
    return worker;
}

/** How a worker is run. */
export interface SpawnOptions {
    /** Whether the lab goes on when the worker ends by itself. */
    readonly mayEnd?: boolean;
    /** See `JvmOptions.shortLived`. */
    readonly shortLived?: boolean;
}

/** Starts a worker and returns at once. */
export async function spawnWorker(
    lab: LabContext,
    options: WorkerOptions,
    { mayEnd = false, shortLived = false }: SpawnOptions = {},
): Promise<Worker> {
    const folder = path.join(lab.supervisor.folder, "connect", options.name);
    const configFile = path.join(folder, "connect.properties");
    await mkdir(folder, { recursive: true });
    await writeFile(configFile, formatProperties(options.properties), { mode: 0o600 });
    const { exporter } = options;
    const process = await lab.supervisor.spawn(
        await prepareJvm({
            name: options.name,
            mainClass: "org.apache.kafka.connect.cli.ConnectDistributed",
            args: [configFile],
            classPath: lab.classPath,
            heapMegabytes: options.heapMegabytes,
            folder,
            shortLived,
            ...(lab.garbageCollector && { garbageCollector: lab.garbageCollector }),
            vmOptions: [
                ...(exporter ? [await prepareExporter(exporter, folder)] : []),
                ...(options.vmOptions ?? []),
                ...(lab.vmOptions?.(options.name) ?? []),
            ],
        }),
        { mayEnd },
    );
    const rest = new ConnectRest(`http://${LOOPBACK}:${options.restPort}`);
    return { options, process, rest, ...(exporter && { metricsUrl: metricsUrl(exporter) }) };
}
