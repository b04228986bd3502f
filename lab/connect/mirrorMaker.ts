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
    /** Finds the ConfigMap that `metricsConfig` names; finds none by default. */
    readonly configMaps?: ConfigMapLookup;
    /** Creates or replaces the ConfigMap of `listOffsets.toConfigMap`; ignored by default. */
    readonly applyConfigMap?: (configMap: ConfigMapObject) => void;
}

/** A KafkaMirrorMaker2 in the lab, which reconciles it as Strimzi's operator would. */
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

    /** Creates one that starts with the first `apply`. */
    static prepare(lab: LabContext, options: MirrorMakerOptions): LabMirrorMaker {
        return new LabMirrorMaker(lab, options.mirrorMaker, options);
    }

    /** Starts the workers and creates the connectors; `waitUntilReplicating` waits for their tasks. */
    static async start(lab: LabContext, options: MirrorMakerOptions): Promise<LabMirrorMaker> {
        const started = LabMirrorMaker.prepare(lab, options);
        await started.apply(options.mirrorMaker);
        return started;
    }

    /** The workers, by their index. */
    get workers(): readonly Worker[] {
        return this.connect.all;
    }

    /** The present annotations of the object; a completed offsets request has removed its own. */
    get annotations(): Annotations {
        return this.annotationsNow;
    }

    /**
     * Reconciles the running MirrorMaker 2 with the object: starts, stops or rolls workers, restarts
     * those that have ended, and creates, changes or deletes connectors. Reads Secrets and
     * ConfigMaps again. Calls run one after the other.
     */
    async apply(mirrorMaker?: KafkaMirrorMaker2Object): Promise<void> {
        await this.inTurn(async () => {
            if (mirrorMaker !== undefined) {
                // As in a server-side apply, annotations of other managers stay.
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
     * Changes annotations as `kubectl annotate` does, and reconciles; undefined removes one. The lab
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

    /** Ends all workers in order, as a deletion of the object would; its topics in Kafka stay. */
    async stop(): Promise<void> {
        await this.inTurn(() => this.connect.stop());
    }

    /** The status that Strimzi would report now. Restarts failed connectors that have `autoRestart`. */
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
     * Waits until every connector has its desired state and the source connector runs its tasks.
     * @throws with the stack traces as soon as a connector that should run, or its task, is FAILED
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
                    throw new Error("it has no running worker");
                }
                const statuses = await this.connectorStatuses(rest);
                // A connector that is being stopped may be FAILED until Connect has stopped it.
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
            throw new Error(`${mm2.metadata.name}: the lab does not support ${list}`);
        }
        const secretValues = {
            [trustStoreName(mm2)]: trustStores(mm2, this.options.secrets),
            ...authenticationSecrets(mm2, this.options.secrets),
        };
        this.mm2 = mm2;
        // Workers read certificates and passwords only when they start, so the operator rolls them
        // when one of these changes.
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
