import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ConnectRest } from "../../kafka/connectRest";
import { formatProperties } from "../../kafka/properties";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import {
    metricsUrl,
    prepareExporter,
    type JmxExporter,
    exporterRules,
    jmxExporters,
} from "../jmxExporter";
import type { ConfigMapLookup, KafkaMirrorMaker2Object } from "../objects";
import { prepareJvm, flagOptions, heapMegabytes } from "../process/jvm";
import type { ManagedProcess } from "../process/managedProcess";
import { freePorts, LOOPBACK } from "../process/ports";
import { waitFor } from "../process/wait";
import { workerProperties, type MirrorMakerEnvironment } from "./workerProperties";

const DEFAULT_HEAP_MEGABYTES = 512;
/** Milliseconds that a worker has to leave its group: the grace period of Kubernetes. */
const STOP_GRACE_MS = 30_000;

/** The options of a worker; it is restarted when they change. */
export interface WorkerOptions {
    /** `<mirror maker>-mirrormaker2-<index>`, the name of the pod. */
    readonly name: string;
    readonly restPort: number;
    readonly properties: Readonly<Record<string, string>>;
    readonly heapMegabytes: number;
    /** The flags of the object's `jvmOptions`, as command-line options. */
    readonly vmOptions?: readonly string[];
    /** Undefined for a worker without metrics. */
    readonly exporter?: JmxExporter;
}

/** One Connect worker. */
export interface Worker {
    readonly options: WorkerOptions;
    readonly process: ManagedProcess;
    readonly rest: ConnectRest;
    /** The URL of its metrics, `http://127.0.0.1:<port>/metrics`; undefined when it has none. */
    readonly metricsUrl?: string;
}

/** Starts a worker and returns when its REST API reports it healthy. */
export async function startWorker(lab: LabContext, options: WorkerOptions): Promise<Worker> {
    const worker = await spawnWorker(lab, options);
    await waitFor(`${options.name} is healthy`, async () => worker.rest.isHealthy(), {
        timeoutMs: lab.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
        intervalMs: 100,
        signal: lab.supervisor.signal,
    });
    return worker;
}

/** How the lab treats the process of a worker. */
export interface SpawnOptions {
    /** Whether the lab continues when the worker ends by itself. */
    readonly mayEnd?: boolean;
}

/** Starts a worker and returns before it answers. */
export async function spawnWorker(
    lab: LabContext,
    options: WorkerOptions,
    { mayEnd = false }: SpawnOptions = {},
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
            ...(lab.shortLived && { shortLived: true }),
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

/** The Connect workers of one KafkaMirrorMaker2. */
export class Workers {
    private byIndex: Worker[] = [];
    private ports: number[] = [];
    private exporters: JmxExporter[] = [];

    constructor(
        private readonly lab: LabContext,
        private readonly environment: MirrorMakerEnvironment,
        private readonly configMaps: ConfigMapLookup | undefined,
    ) {}

    /** All workers by index, including those that have ended. */
    get all(): readonly Worker[] {
        return this.byIndex;
    }

    /** The REST API of the first running worker. */
    get rest(): ConnectRest | undefined {
        return this.byIndex.find(({ process }) => process.running)?.rest;
    }

    /**
     * Starts, stops or rolls workers to match the object, and restarts those that have ended.
     * @param roll also restart the workers whose options are unchanged
     */
    async apply(mm2: KafkaMirrorMaker2Object, roll: boolean): Promise<void> {
        const { replicas } = mm2.spec;
        if (this.ports.length < replicas) {
            this.ports.push(...(await freePorts(replicas - this.ports.length)));
        }
        const exporters = await this.updateExporters(mm2);
        // Surplus workers leave the group in order, the youngest first.
        for (const worker of this.byIndex.slice(replicas).reverse()) {
            await worker.process.stop(STOP_GRACE_MS);
        }
        const kept = this.byIndex.slice(0, replicas);
        const next: Worker[] = [];
        const missing: Promise<void>[] = [];
        for (const [index, restPort] of this.ports.slice(0, replicas).entries()) {
            const options = this.optionsOf(mm2, index, restPort, exporters[index]);
            const worker = kept[index];
            if (worker?.process.running !== true) {
                const started = startWorker(this.lab, options).then((made) => {
                    next[index] = made;
                });
                missing.push(started);
            } else if (roll || !isDeepStrictEqual(options, worker.options)) {
                await worker.process.stop(STOP_GRACE_MS);
                next[index] = await startWorker(this.lab, options);
            } else {
                next[index] = worker;
            }
        }
        await Promise.all(missing);
        this.byIndex = next;
    }

    /** Lets all workers leave their group in order and end. */
    async stop(): Promise<void> {
        await Promise.all(this.byIndex.map(({ process }) => process.stop(STOP_GRACE_MS)));
        this.byIndex = [];
    }

    /** Ends all workers by SIGKILL. */
    async kill(): Promise<void> {
        for (const { process } of this.byIndex) {
            process.kill("SIGKILL");
        }
        await Promise.all(this.byIndex.map(({ process }) => process.exited));
    }

    private optionsOf(
        mm2: KafkaMirrorMaker2Object,
        index: number,
        restPort: number,
        exporter: JmxExporter | undefined,
    ): WorkerOptions {
        return {
            name: `${mm2.metadata.name}-mirrormaker2-${index}`,
            restPort,
            properties: workerProperties(mm2, this.environment, restPort),
            heapMegabytes: heapMegabytes(
                mm2.spec.jvmOptions,
                this.lab.heapLimitMegabytes,
                DEFAULT_HEAP_MEGABYTES,
            ),
            vmOptions: flagOptions(mm2.spec.jvmOptions?.["-XX"]),
            ...(exporter && { exporter }),
        };
    }

    /** The JMX exporter of each worker, by index, with the present rules; empty without metrics. */
    private async updateExporters(mm2: KafkaMirrorMaker2Object): Promise<JmxExporter[]> {
        const { metadata, spec } = mm2;
        const rules = exporterRules(metadata, spec.metricsConfig, this.configMaps);
        if (rules === undefined || this.lab.metrics === "none") {
            return [];
        }
        const missing = Math.max(0, spec.replicas - this.exporters.length);
        this.exporters.push(...(missing > 0 ? await jmxExporters(rules, missing) : []));
        this.exporters = this.exporters.map((exporter) => ({ ...exporter, rules }));
        return this.exporters;
    }
}
