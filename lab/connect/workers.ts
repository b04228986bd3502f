import { isDeepStrictEqual } from "node:util";
import type { LabContext } from "../context";
import { exporterRules, jmxExporters, type JmxExporter } from "../metrics/jmxExporter";
import type { ConfigMapLookup, KafkaMirrorMaker2Object } from "../objects";
import { flagOptions } from "../process/jvm";
import { heapMegabytes } from "../process/memory";
import { freePorts } from "../process/ports";
import type { ConnectRest } from "../../kafka/connectRest";
import { startWorker, type Worker, type WorkerOptions } from "./worker";
import { workerProperties, type MirrorMakerEnvironment } from "./workerProperties";

const DEFAULT_HEAP_MEGABYTES = 512;
/** The time that Kubernetes gives a worker to leave its group, in milliseconds. */
const STOP_GRACE_MS = 30_000;

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

    /** By their index, those that ended by themselves included. */
    get all(): readonly Worker[] {
        return this.byIndex;
    }

    /** The REST interface of the first worker that runs. */
    get rest(): ConnectRest | undefined {
        return this.byIndex.find(({ process }) => process.running)?.rest;
    }

    /**
     * Starts, stops or rolls workers until they are those of the object; also starts those that
     * ended since.
     * @param roll whether those that can stay are restarted, too
     */
    async apply(mm2: KafkaMirrorMaker2Object, roll: boolean): Promise<void> {
        const { replicas } = mm2.spec;
        if (this.ports.length < replicas) {
            this.ports.push(...(await freePorts(replicas - this.ports.length)));
        }
        const exporters = await this.updateExporters(mm2);
        // A worker that is no longer wanted leaves the group in order, the youngest first.
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

    /** Lets all of them leave their group in order, and end. */
    async stop(): Promise<void> {
        await Promise.all(this.byIndex.map(({ process }) => process.stop(STOP_GRACE_MS)));
        this.byIndex = [];
    }

    /** Ends all of them by SIGKILL. */
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

    /** The exporter of each worker, by index, with the present rules; none without metrics. */
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
