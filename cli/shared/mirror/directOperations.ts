import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaConfig, SiteName } from "../../../config/settingsSchema";
import { ClusterView } from "../../../kafka/clusterView";
import type { KafkaConnection } from "../../../kafka/connection";
import {
    abortHanging,
    type OpenTransactions,
    type TransactionPlace,
    transactionsIn,
} from "./transactions";
import { unreadablePartitions } from "./unreadable";
import type { UnknownPartition } from "./progress";
import { type ConnectRest, ConnectRestError } from "../../../kafka/connectRest";
import type { ClusterLook } from "../../../kafka/logLook";
import { findLoss } from "../../loss/loss";
import { connectivityProblem } from "../connectivity";
import { lookAtGroups } from "../../verify/lookAtGroups";
import type { MirrorScope } from "../../verify/scope";
import { verifyPair } from "../../verify/verifyPair";
import type { Ends, MirrorEnd } from "./ends";
import { existingDataOf } from "./existingData";
import { lastTimestamp, openTransactions, type Reading } from "./looks";
import type {
    ConnectorReport,
    Loss,
    MirrorObservation,
    MirrorOperations,
    ObserveRequest,
    ProgressRequest,
    RecoveryPoint,
    VerifyRequest,
} from "./mirrorOperations";
import { observeMirror } from "./observe";
import { mirroredOffsetsOf, type MirrorProgress } from "./progress";
import { readWarnings } from "./readWarnings";
import type { MirrorWarnings } from "./recordWarnings";
import { type TaskFailure, taskFailureOf } from "./taskFailure";
import { watchedProgress } from "./watchedProgress";

export interface DirectOptions extends Ends<KafkaConnection> {
    readonly sites: Ends<SiteName>;
    /** Called for every request: the workers of a mirror may not exist yet. */
    readonly connect: () => ConnectRest;
    readonly connectorNames: { readonly source: string; readonly checkpoint: string };
    /** Alias of the cluster at `from`. */
    readonly alias: string;
    readonly checkpointsTopic: string;
    /** What to do when the CA is not trusted that has signed a cluster's certificate. */
    readonly caRemedies: Partial<Ends<string>>;
    readonly scope: MirrorScope;
    /** The configuration of the mirror's producer by the settings. */
    readonly producer: KafkaConfig;
    readonly signal: AbortSignal;
    /** How long a cluster may take to answer, in milliseconds; 10,000 by default. */
    readonly timeoutMs?: number;
    readonly onProgress?: (read: number, of: number) => void;
}

const POLL_MS = 250;

/** Asks brokers and Kafka Connect itself. Each operation opens and closes its own connections. */
export class DirectOperations implements MirrorOperations {
    constructor(private readonly options: DirectOptions) {}

    async unreachable(end: MirrorEnd): Promise<string | undefined> {
        const { timeoutMs = 10_000 } = this.options;
        this.options.signal.throwIfAborted();
        const problem = await connectivityProblem(this.options[end], timeoutMs);
        const remedy = problem?.isUntrusted === true ? this.options.caRemedies[end] : undefined;
        return remedy === undefined ? problem?.reason : `${problem?.reason ?? ""}. ${remedy}`;
    }

    async connectors(): Promise<ConnectorReport[]> {
        const { connect, connectorNames } = this.options;
        return Promise.all(
            [connectorNames.source, connectorNames.checkpoint].map(async (name) => {
                const status = await connect().status(name);
                return status === undefined
                    ? { name, state: "ABSENT" as const, tasks: [] }
                    : {
                          name,
                          state: status.connector.state,
                          ...failureIn(status.connector),
                          tasks: status.tasks.map((task) => ({
                              id: task.id,
                              state: task.state,
                              ...failureIn(task),
                          })),
                      };
            }),
        );
    }

    async stop(seconds: number): Promise<ConnectorReport[]> {
        const { connect, signal } = this.options;
        const deadline = performance.now() + seconds * 1000;
        for (;;) {
            const connectors = await this.connectors();
            const running = connectors.filter(
                ({ state, tasks }) =>
                    state !== "ABSENT" && (state !== "STOPPED" || tasks.length > 0),
            );
            if (running.length === 0) {
                return connectors;
            }
            if (performance.now() > deadline) {
                const list = running.map(({ name, state }) => `${name} is ${state}`).join(", ");
                throw new Error(`not stopped after ${seconds} s: ${list}`);
            }
            for (const { name, state } of running.filter((found) => found.state !== "STOPPED")) {
                try {
                    await connect().changeState(name, "stop");
                } catch (error) {
                    // 409: the workers are rebalancing, so the request is repeated.
                    if (!(error instanceof ConnectRestError && error.status === 409)) {
                        throw new Error(`${name}, which is ${state}, cannot be stopped`, {
                            cause: error,
                        });
                    }
                }
            }
            await sleep(POLL_MS, undefined, { signal });
        }
    }

    async progress(request: ProgressRequest): Promise<MirrorProgress> {
        const { signal } = this.options;
        return this.at("from", async (view) =>
            watchedProgress(
                {
                    mirroredOffsets: async () => this.mirroredOffsets(),
                    look: async () => this.look(view, "from"),
                    firstRecords: async (parts) => view.firstRecords(parts),
                    openTransactions: async (partitions) => openTransactions(view, partitions),
                },
                request,
                signal,
            ),
        );
    }

    async mirroredOffsets() {
        const { connect, connectorNames, alias } = this.options;
        return mirroredOffsetsOf(await connect().offsets(connectorNames.source), alias);
    }

    async ends(end: MirrorEnd): Promise<ClusterLook> {
        return this.at(end, async (view) => this.look(view, end));
    }

    async observe(request: ObserveRequest): Promise<MirrorObservation> {
        const observation = await observeMirror(this, request);
        // An interrupted look is no finding.
        this.options.signal.throwIfAborted();
        return observation;
    }

    async groups() {
        const { scope, sites, signal, timeoutMs } = this.options;
        const reading = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
        return this.both((from, to) => lookAtGroups({ from, to }, scope, sites, reading));
    }

    async verify({ maxLag, ...request }: VerifyRequest) {
        const { sites, scope, signal, timeoutMs, onProgress } = this.options;
        return this.both((from, to) =>
            verifyPair({
                from,
                to,
                sites,
                scope,
                signal,
                ...request,
                ...(maxLag !== undefined && { limits: { maxLag } }),
                ...(timeoutMs !== undefined && { timeoutMs }),
                ...(onProgress !== undefined && { onProgress }),
            }),
        );
    }

    async existingData(end: MirrorEnd) {
        const { isMirroredGroup } = this.options.scope;
        return this.at(end, async (view) =>
            existingDataOf(view, await this.look(view, end), {
                isMirroredGroup,
                isMirroredTopic: (found) => this.nameAtFrom(end, found) !== undefined,
            }),
        );
    }

    async loss(recoveryPoint: RecoveryPoint): Promise<Loss> {
        return this.both(async (from, to) =>
            findLoss(
                { from, to },
                recoveryPoint,
                { from: await this.look(from, "from"), to: await this.look(to, "to") },
                { scope: this.options.scope, ...this.reading },
            ),
        );
    }

    async checkpointSeconds(): Promise<number | undefined> {
        const { checkpointsTopic } = this.options;
        return this.at("to", async (view) => {
            const newest = await lastTimestamp(view, checkpointsTopic, 0, this.reading);
            return newest && (Date.now() - newest) / 1000;
        });
    }

    async warnings(): Promise<MirrorWarnings> {
        const { scope, connect, connectorNames, alias, producer } = this.options;
        return this.both((from, to) =>
            readWarnings({
                from,
                to,
                scope,
                connect: connect(),
                connector: connectorNames.source,
                alias,
                producer,
                reading: this.reading,
            }),
        );
    }

    async unreadable(): Promise<UnknownPartition[]> {
        const mirrored = await this.mirroredOffsets();
        return this.at("from", async (view) =>
            unreadablePartitions(view, await this.look(view, "from"), mirrored),
        );
    }

    async transactions(end: MirrorEnd): Promise<OpenTransactions> {
        const { isMirroredTopic, fromTopic } = this.options.scope;
        return this.at(end, async (view) => {
            // Under the names that the topics have at this end: the operator looks there.
            const look = await view.look((found) => {
                const name = end === "to" ? fromTopic(found) : found;
                return name !== undefined && isMirroredTopic(name);
            });
            return transactionsIn(view, look);
        });
    }

    async abortTransaction(end: MirrorEnd, place: TransactionPlace): Promise<void> {
        await this.at(end, async (view) => abortHanging(view, place));
    }

    async clusterIds(): Promise<Ends<string>> {
        return this.both(async (from, to) => ({
            from: await from.clusterId(),
            to: await to.clusterId(),
        }));
    }

    /** The logs of the mirrored topics at an end, under the names that the topics have at `from`. */
    private async look(view: ClusterView, end: MirrorEnd): Promise<ClusterLook> {
        const look = await view.look((found) => this.nameAtFrom(end, found) !== undefined);
        return {
            ...look,
            topics: look.topics.map((topic) => ({
                ...topic,
                name: this.nameAtFrom(end, topic.name) ?? topic.name,
            })),
        };
    }

    /** The name at `from` of a topic found at an end; undefined unless it is mirrored, or a copy. */
    private nameAtFrom(end: MirrorEnd, found: string): string | undefined {
        const { isMirroredTopic, fromTopic } = this.options.scope;
        const name = end === "to" ? fromTopic(found) : found;
        return name !== undefined && isMirroredTopic(name) ? name : undefined;
    }

    private get reading(): Reading {
        const { signal, timeoutMs } = this.options;
        return { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    }

    private async at<T>(end: MirrorEnd, use: (view: ClusterView) => Promise<T>): Promise<T> {
        const { timeoutMs = 10_000, signal } = this.options;
        signal.throwIfAborted();
        const view = new ClusterView(this.options[end], { timeoutMs });
        try {
            return await use(view);
        } finally {
            await view.close();
        }
    }

    private async both<T>(use: (from: ClusterView, to: ClusterView) => Promise<T>): Promise<T> {
        return this.at("from", (from) => this.at("to", (to) => use(from, to)));
    }
}

function failureIn({ trace }: { readonly trace?: string }): { failure?: TaskFailure } {
    const failure = taskFailureOf(trace);
    return failure === undefined ? {} : { failure };
}
