import { isDeepStrictEqual } from "node:util";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import { exporterRules, jmxExporters, type JmxExporter } from "../metrics/jmxExporter";
import type { ConfigMapLookup, KafkaMirrorMaker2Object } from "../objects";
import type { SecretLookup, ServiceDirectory } from "../objects";
import { heapMegabytes } from "../process/memory";
import { freePorts } from "../process/ports";
import { waitFor } from "../process/wait";
import { secretsFolder, writeSecretFiles } from "../secretFiles";
import type { ConnectRest, ConnectorStatus } from "./connectRest";
import { authenticationSecrets, unsupportedAuthentication } from "./clientSecurity";
import { connectorConfigs } from "./connectorConfigs";
import { applyConnectors } from "./applyConnectors";
import { failures, mirrorMakerStatus, notReplicating } from "./mirrorMakerStatus";
import type { MirrorMakerStatus } from "./mirrorMakerStatus";
import { ConnectorRestarts } from "./connectorRestarts";
import { trustStoreName, trustStores } from "./trustStores";
import { startWorker, type Worker, type WorkerOptions } from "./worker";
import { workerProperties, type MirrorMakerEnvironment } from "./workerProperties";

const DEFAULT_HEAP_MEGABYTES = 512;
/** The time that Kubernetes gives a worker to leave its group, in milliseconds. */
const STOP_GRACE_MS = 30_000;

export interface MirrorMakerOptions {
    readonly mirrorMaker: KafkaMirrorMaker2Object;
    /** Bootstrap service names of all clusters; see `LabKafkaCluster.services`. */
    readonly services: ServiceDirectory;
    /** Finds the Secrets that the object's `trustedCertificates` and `authentication` name. */
    readonly secrets: SecretLookup;
    /** Finds the ConfigMap that the object's `metricsConfig` names; none exists by default. */
    readonly configMaps?: ConfigMapLookup;
}

/** A KafkaMirrorMaker2 that runs in the lab; it does there what Strimzi's operator does. */
export class LabMirrorMaker {
    private readonly environment: MirrorMakerEnvironment;
    private readonly restarts = new ConnectorRestarts();
    private workersByIndex: Worker[] = [];
    private ports: number[] = [];
    private exporters: JmxExporter[] = [];
    private secretValues: Record<string, Record<string, string>> = {};
    private queue: Promise<void> = Promise.resolve();

    private constructor(
        private readonly lab: LabContext,
        private mm2: KafkaMirrorMaker2Object,
        private readonly options: MirrorMakerOptions,
    ) {
        const { services } = options;
        this.environment = { services, secretsFolder: secretsFolder(lab) };
    }

    /** Starts the workers, creates the connectors. Use `waitUntilReplicating` after it. */
    static async start(lab: LabContext, options: MirrorMakerOptions): Promise<LabMirrorMaker> {
        const started = new LabMirrorMaker(lab, options.mirrorMaker, options);
        await started.apply();
        return started;
    }

    /** The running workers, by their index. */
    get workers(): readonly Worker[] {
        return this.workersByIndex;
    }

    /**
     * Makes the running MirrorMaker 2 what the object says: starts, stops or rolls workers (also
     * those that ended since), creates, changes or deletes connectors. Reads Secrets and ConfigMaps
     * again.
     * Calls are carried out one after the other.
     */
    async apply(mirrorMaker: KafkaMirrorMaker2Object = this.mm2): Promise<void> {
        const turn = this.queue.then(() => this.applyOnce(mirrorMaker));
        this.queue = turn.catch(() => undefined);
        await turn;
    }

    /** What Strimzi would report now; restarts failed connectors where the object says so. */
    async status(): Promise<MirrorMakerStatus> {
        const rest = this.anyRest();
        const connectors = rest === undefined ? [] : await this.connectorStatuses(rest);
        if (rest !== undefined) {
            const desired = connectorConfigs(this.mm2, this.environment);
            await this.restarts.restartFailed(rest, desired, connectors);
        }
        return mirrorMakerStatus(this.mm2, {
            ...(rest === undefined ? {} : { url: rest.url }),
            connectors,
            autoRestarts: this.restarts.statuses,
            now: new Date(),
        });
    }

    /**
     * Waits until every connector is in the state that the object asks for and the source connector
     * runs its tasks.
     * @throws with the stack traces as soon as a connector or task has FAILED
     */
    async waitUntilReplicating(
        options: { readonly timeoutMs?: number; readonly tasksExpected?: boolean } = {},
    ): Promise<readonly ConnectorStatus[]> {
        const desired = connectorConfigs(this.mm2, this.environment);
        const name = this.mm2.metadata.name;
        const result = await waitFor(
            `${name} replicates`,
            async () => {
                const rest = this.anyRest();
                if (rest === undefined) {
                    throw new Error("it has no worker");
                }
                const statuses = await this.connectorStatuses(rest);
                const failed = failures(statuses);
                if (failed.length > 0) {
                    return { failed, statuses };
                }
                const missing = notReplicating(desired, statuses, options.tasksExpected);
                if (missing.length > 0) {
                    throw new Error(missing.join("; "));
                }
                return { failed, statuses };
            },
            {
                timeoutMs: options.timeoutMs ?? DEFAULT_START_TIMEOUT_MS,
                intervalMs: 100,
                signal: this.lab.supervisor.signal,
            },
        );
        if (result.failed.length > 0) {
            throw new Error(`${name} has failed:\n${result.failed.join("\n")}`);
        }
        return result.statuses;
    }

    private async applyOnce(mm2: KafkaMirrorMaker2Object): Promise<void> {
        const unsupported = unsupportedAuthentication(mm2);
        if (unsupported.length > 0) {
            const list = unsupported.join("; ");
            throw new Error(`${mm2.metadata.name}: not available on one machine: ${list}`);
        }
        const secretValues = {
            [trustStoreName(mm2)]: trustStores(mm2, this.options.secrets),
            ...authenticationSecrets(mm2, this.options.secrets),
        };
        this.mm2 = mm2;
        // The operator rolls the workers when certificates or passwords change: they read them at
        // start only.
        const roll = !isDeepStrictEqual(secretValues, this.secretValues);
        await this.writeSecrets(secretValues);
        await this.applyWorkers(mm2, roll);
        const rest = this.anyRest();
        if (rest !== undefined) {
            const desired = connectorConfigs(mm2, this.environment);
            await applyConnectors(rest, desired, this.lab.supervisor.signal);
        }
    }

    private async writeSecrets(values: Record<string, Record<string, string>>): Promise<void> {
        const { namespace } = this.mm2.metadata;
        for (const [name, ofSecret] of Object.entries(values)) {
            await writeSecretFiles(this.environment.secretsFolder, namespace, name, ofSecret);
        }
        this.secretValues = values;
    }

    private async applyWorkers(mm2: KafkaMirrorMaker2Object, roll: boolean): Promise<void> {
        const { replicas } = mm2.spec;
        if (this.ports.length < replicas) {
            this.ports.push(...(await freePorts(replicas - this.ports.length)));
        }
        const exporters = await this.updateExporters(mm2);
        // A worker that is no longer wanted leaves the group in order, the youngest first.
        for (const worker of this.workersByIndex.slice(replicas).reverse()) {
            await worker.process.stop(STOP_GRACE_MS);
        }
        const kept = this.workersByIndex.slice(0, replicas);
        const next: Worker[] = [];
        const missing: Promise<void>[] = [];
        for (const [index, restPort] of this.ports.slice(0, replicas).entries()) {
            const options = this.workerOptions(mm2, index, restPort, exporters[index]);
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
        this.workersByIndex = next;
    }

    private workerOptions(
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
            ...(exporter && { exporter }),
        };
    }

    /** The exporter of each worker, by index, with the present rules; none without metrics. */
    private async updateExporters(mm2: KafkaMirrorMaker2Object): Promise<JmxExporter[]> {
        const { metadata, spec } = mm2;
        const rules = exporterRules(metadata, spec.metricsConfig, this.options.configMaps);
        if (rules === undefined || this.lab.metrics === "none") {
            return [];
        }
        const missing = Math.max(0, spec.replicas - this.exporters.length);
        this.exporters.push(...(missing > 0 ? await jmxExporters(rules, missing) : []));
        this.exporters = this.exporters.map((exporter) => ({ ...exporter, rules }));
        return this.exporters;
    }

    /** The REST interface of the first worker that runs. */
    private anyRest(): ConnectRest | undefined {
        return this.workersByIndex.find(({ process }) => process.running)?.rest;
    }

    private async connectorStatuses(rest: ConnectRest): Promise<ConnectorStatus[]> {
        const desired = connectorConfigs(this.mm2, this.environment);
        const statuses = await Promise.all(desired.map(({ name }) => rest.status(name)));
        return statuses.filter((status) => status !== undefined);
    }
}
