import { isDeepStrictEqual } from "node:util";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import type {
    Condition,
    ConfigMapLookup,
    ConfigMapObject,
    KafkaMirrorMaker2Object,
    SecretLookup,
    ServiceDirectory,
} from "../objects";
import { waitFor } from "../process/wait";
import { secretsFolder, writeSecretFiles } from "../secretFiles";
import { applyConnectors, ConnectorRestarts } from "./applyConnectors";
import { authenticationSecrets, unsupportedAuthentication } from "./clientSecurity";
import { connectorConfigs } from "./connectorConfigs";
import {
    type Annotations,
    CONNECTOR_OFFSETS,
    manageOffsets,
    MIRRORMAKER_CONNECTOR,
} from "./connectorOffsets";
import type { ConnectRest, ConnectorStatus } from "../../kafka/connectRest";
import { failures, mirrorMakerStatus, notReplicating } from "./mirrorMakerStatus";
import type { MirrorMakerStatus } from "./mirrorMakerStatus";
import { trustStoreName, trustStores } from "./trustStores";
import { type Worker, Workers } from "./workers";
import type { MirrorMakerEnvironment } from "./workerProperties";

export interface MirrorMakerOptions {
    readonly mirrorMaker: KafkaMirrorMaker2Object;
    /** Bootstrap service names of all clusters; see `LabKafkaCluster.services`. */
    readonly services: ServiceDirectory;
    /** Finds the Secrets that the object's `trustedCertificates` and `authentication` name. */
    readonly secrets: SecretLookup;
    /** Finds the ConfigMap that the object's `metricsConfig` names; none exists by default. */
    readonly configMaps?: ConfigMapLookup;
    /** Creates or replaces the ConfigMap of a `listOffsets.toConfigMap`; not done by default. */
    readonly applyConfigMap?: (configMap: ConfigMapObject) => void;
}

/** A KafkaMirrorMaker2 that runs in the lab; it does there what Strimzi's operator does. */
export class LabMirrorMaker {
    private readonly environment: MirrorMakerEnvironment;
    private readonly restarts = new ConnectorRestarts();
    private readonly connect: Workers;
    private annotationsNow: Annotations = {};
    private warnings: readonly Condition[] = [];
    private secretValues: Record<string, Record<string, string>> = {};
    private queue: Promise<void> = Promise.resolve();

    private constructor(
        private readonly lab: LabContext,
        private mm2: KafkaMirrorMaker2Object,
        private readonly options: MirrorMakerOptions,
    ) {
        const { services } = options;
        this.environment = { services, secretsFolder: secretsFolder(lab) };
        this.connect = new Workers(lab, this.environment, options.configMaps);
    }

    /** One that runs when it is applied. */
    static prepare(lab: LabContext, options: MirrorMakerOptions): LabMirrorMaker {
        return new LabMirrorMaker(lab, options.mirrorMaker, options);
    }

    /** Starts the workers, creates the connectors. Use `waitUntilReplicating` after it. */
    static async start(lab: LabContext, options: MirrorMakerOptions): Promise<LabMirrorMaker> {
        const started = LabMirrorMaker.prepare(lab, options);
        await started.apply(options.mirrorMaker);
        return started;
    }

    /** The workers, by their index. */
    get workers(): readonly Worker[] {
        return this.connect.all;
    }

    /** The annotations of the object as they are now: those of offsets are removed when it is done. */
    get annotations(): Annotations {
        return this.annotationsNow;
    }

    /**
     * Makes the running MirrorMaker 2 what the object says: starts, stops or rolls workers (also
     * those that ended since), creates, changes or deletes connectors. Reads Secrets and ConfigMaps
     * again.
     * Calls are carried out one after the other.
     */
    async apply(mirrorMaker?: KafkaMirrorMaker2Object): Promise<void> {
        await this.inTurn(async () => {
            if (mirrorMaker !== undefined) {
                // As a server-side apply: annotations of others stay, own ones that are gone go.
                const gone = Object.keys(this.mm2.metadata.annotations ?? {});
                this.annotationsNow = withAnnotations(this.annotationsNow, {
                    ...Object.fromEntries(gone.map((key) => [key, undefined])),
                    ...mirrorMaker.metadata.annotations,
                });
            }
            await this.applyOnce(mirrorMaker ?? this.mm2);
        });
    }

    /**
     * Does what `kubectl annotate` does, and then what the operator does; undefined removes one. It
     * acts on `strimzi.io/connector-offsets` with `strimzi.io/mirrormaker-connector`.
     */
    async annotate(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
        await this.inTurn(async () => {
            this.annotationsNow = withAnnotations(this.annotationsNow, changes);
            await this.applyOnce(this.mm2);
        });
    }

    /** Ends all workers by SIGKILL; `apply` starts them again. */
    async kill(): Promise<void> {
        await this.inTurn(() => this.connect.kill());
    }

    /** Ends all workers, as when the object is deleted: what Kafka has of it stays. */
    async stop(): Promise<void> {
        await this.inTurn(() => this.connect.stop());
    }

    /** What Strimzi would report now; restarts failed connectors where the object says so. */
    async status(): Promise<MirrorMakerStatus> {
        const rest = this.connect.rest;
        const connectors = rest === undefined ? [] : await this.connectorStatuses(rest);
        if (rest !== undefined) {
            const desired = connectorConfigs(this.mm2, this.environment);
            await this.restarts.restartFailed(rest, desired, connectors);
        }
        return mirrorMakerStatus(this.mm2, {
            ...(rest === undefined ? {} : { url: rest.url }),
            connectors,
            autoRestarts: this.restarts.statuses,
            warnings: this.warnings,
            now: new Date(),
        });
    }

    /**
     * Waits until every connector is in the state that the object asks for and the source connector
     * runs its tasks.
     * @throws with the stack traces as soon as a connector that should run, or its task, has FAILED
     */
    async waitUntilReplicating(
        options: { readonly timeoutMs?: number; readonly tasksExpected?: boolean } = {},
    ): Promise<readonly ConnectorStatus[]> {
        const desired = connectorConfigs(this.mm2, this.environment);
        const wanted = desired.filter(({ state }) => state === "running").map(({ name }) => name);
        const name = this.mm2.metadata.name;
        const result = await waitFor(
            `${name} replicates`,
            async () => {
                const rest = this.connect.rest;
                if (rest === undefined) {
                    throw new Error("it has no worker");
                }
                const statuses = await this.connectorStatuses(rest);
                // One that is to be stopped may be FAILED until Connect has stopped it.
                const failed = failures(
                    statuses.filter(({ name: connector }) => wanted.includes(connector)),
                );
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
        await this.connect.apply(mm2, roll);
        const rest = this.connect.rest;
        if (rest !== undefined) {
            const desired = connectorConfigs(mm2, this.environment);
            await applyConnectors(rest, desired, this.lab.supervisor.signal);
            await this.manageOffsets(rest);
        }
    }

    private async inTurn(action: () => Promise<void>): Promise<void> {
        const turn = this.queue.then(action);
        this.queue = turn.catch(() => undefined);
        await turn;
    }

    private async writeSecrets(values: Record<string, Record<string, string>>): Promise<void> {
        const { namespace } = this.mm2.metadata;
        for (const [name, ofSecret] of Object.entries(values)) {
            await writeSecretFiles(this.environment.secretsFolder, namespace, name, ofSecret);
        }
        this.secretValues = values;
    }

    private async manageOffsets(rest: ConnectRest): Promise<void> {
        const { configMaps = () => undefined, applyConfigMap = () => undefined } = this.options;
        const result = await manageOffsets(
            this.mm2,
            this.annotationsNow,
            connectorConfigs(this.mm2, this.environment),
            { rest, configMaps, applyConfigMap, signal: this.lab.supervisor.signal },
        );
        this.warnings = result.warnings;
        if (result.done) {
            this.annotationsNow = withAnnotations(this.annotationsNow, {
                [CONNECTOR_OFFSETS]: undefined,
                [MIRRORMAKER_CONNECTOR]: undefined,
            });
        }
    }

    private async connectorStatuses(rest: ConnectRest): Promise<ConnectorStatus[]> {
        const desired = connectorConfigs(this.mm2, this.environment);
        const statuses = await Promise.all(desired.map(({ name }) => rest.status(name)));
        return statuses.filter((status) => status !== undefined);
    }
}

function withAnnotations(
    present: Annotations,
    changes: Readonly<Record<string, string | undefined>>,
): Annotations {
    return Object.fromEntries(
        Object.entries({ ...present, ...changes }).filter(
            (entry): entry is [string, string] => entry[1] !== undefined,
        ),
    );
}
