import { setTimeout as sleep } from "node:timers/promises";
import type { SiteName } from "../../../config/settingsSchema";
import { ClusterView } from "../../../kafka/clusterView";
import { readCommitted } from "../../../kafka/committedRecords";
import type { KafkaConnection } from "../../../kafka/connection";
import { type ConnectRest, ConnectRestError } from "../../../kafka/connectRest";
import { innermostReason } from "../../../kafka/errors";
import { findLoss, lossRanges } from "../../loss/loss";
import { verifyGroups } from "../../verify/groups";
import type { MirrorScope } from "../../verify/scope";
import { verifyPair } from "../../verify/verifyPair";
import type { Ends, MirrorEnd } from "./ends";
import { existingDataOf } from "./existingData";
import {
    type ConnectorReport,
    mirroredOffsetsOf,
    type MirrorOperations,
    type MirrorWarnings,
    type PartitionLoss,
    type PartitionProgress,
    progressOf,
    type RecoveryPoint,
    type TopicLogs,
    type VerifyRequest,
} from "./mirrorOperations";

export interface DirectOptions extends Ends<KafkaConnection> {
    readonly sites: Ends<SiteName>;
    /** Called for every request: the workers of a mirror may not exist yet. */
    readonly connect: () => ConnectRest;
    readonly connectorNames: { readonly source: string; readonly checkpoint: string };
    /** Alias of the cluster at `from`. */
    readonly alias: string;
    readonly checkpointsTopic: string;
    readonly scope: MirrorScope;
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
        try {
            await this.at(end, (view) => view.clusterId());
            return undefined;
        } catch (error) {
            return innermostReason(error);
        }
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
                          tasks: status.tasks.map(({ id, state }) => ({ id, state })),
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

    async progress(readLag: boolean): Promise<PartitionProgress[]> {
        return this.at("from", async (view) => {
            const mirrored = await this.mirroredOffsets();
            const progress = progressOf(await this.logs(view, "from"), mirrored);
            return readLag
                ? Promise.all(progress.map((partition) => this.withLagSeconds(view, partition)))
                : progress;
        });
    }

    async mirroredOffsets() {
        const { connect, connectorNames, alias } = this.options;
        return mirroredOffsetsOf(await connect().offsets(connectorNames.source), alias);
    }

    async ends(end: MirrorEnd) {
        return this.at(end, async (view) =>
            (await this.logs(view, end)).map(({ topic, endOffsets }) => ({ topic, endOffsets })),
        );
    }

    async groups() {
        const { scope, sites, signal, timeoutMs } = this.options;
        const reading = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
        return this.both((from, to) => verifyGroups({ from, to }, scope, sites, reading));
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

    async existingData() {
        return this.at("to", async (view) =>
            existingDataOf(view, await this.logs(view, "to"), this.options.scope),
        );
    }

    async loss(recoveryPoint: RecoveryPoint): Promise<PartitionLoss[]> {
        const { signal, timeoutMs, scope } = this.options;
        return this.both(async (from, to) =>
            findLoss({ from, to }, lossRanges(recoveryPoint, await this.logs(from, "from")), {
                scope,
                signal,
                ...(timeoutMs !== undefined && { timeoutMs }),
            }),
        );
    }

    async checkpointSeconds(): Promise<number | undefined> {
        const { checkpointsTopic } = this.options;
        return this.at("to", async (view) => {
            if (!(await view.topicNames()).includes(checkpointsTopic)) {
                return undefined;
            }
            const topic = await view.topic(checkpointsTopic);
            const [end = 0] = await view.committedEndOffsets(topic);
            const newest =
                end === 0
                    ? undefined
                    : await this.firstTimestamp(view, checkpointsTopic, 0, end - 1, end);
            return newest && (Date.now() - newest.timestamp) / 1000;
        });
    }

    async warnings(): Promise<MirrorWarnings> {
        return this.at("from", async (view) => ({
            unexpectedMirrorings: this.options.scope.unexpected(await view.topicNames()),
        }));
    }

    async clusterIds(): Promise<Ends<string>> {
        return this.both(async (from, to) => ({
            from: await from.clusterId(),
            to: await to.clusterId(),
        }));
    }

    /** The logs of mirrored topics or of their copies, by the names of the topics at `from`. */
    private async logs(view: ClusterView, end: MirrorEnd): Promise<TopicLogs[]> {
        const { isMirroredTopic, fromTopic } = this.options.scope;
        const logs: TopicLogs[] = [];
        for (const found of await view.topicNames()) {
            const name = end === "to" ? fromTopic(found) : found;
            if (name === undefined || !isMirroredTopic(name)) {
                continue;
            }
            const topic = await view.topic(found);
            const [firstOffsets, endOffsets] = await Promise.all([
                view.earliestOffsets(topic),
                view.committedEndOffsets(topic),
            ]);
            logs.push({ topic: name, firstOffsets, endOffsets });
        }
        return logs;
    }

    /** Adds the age of the first record that is not mirrored, or that there is no such record. */
    private async withLagSeconds(
        view: ClusterView,
        progress: PartitionProgress,
    ): Promise<PartitionProgress> {
        const { topic, partition, endOffset, lag } = progress;
        const first =
            lag === 0
                ? undefined
                : await this.firstTimestamp(view, topic, partition, endOffset - lag, endOffset);
        return first === undefined
            ? { ...progress, lagRecords: 0 }
            : { ...progress, lagSeconds: Math.max(0, (Date.now() - first.timestamp) / 1000) };
    }

    /** The first record in a range; undefined where the range holds none. */
    private async firstTimestamp(
        view: ClusterView,
        topic: string,
        partition: number,
        firstOffset: number,
        endOffset: number,
    ): Promise<{ timestamp: number } | undefined> {
        const { signal, timeoutMs } = this.options;
        const range = { topic, partition, firstOffset, endOffset };
        const reading = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
        for await (const batches of readCommitted(view, range, reading)) {
            for (const batch of batches) {
                for (const { offsetDelta, timestampDelta } of batch.records) {
                    const offset = Number(batch.firstOffset) + offsetDelta;
                    if (offset >= firstOffset && offset < endOffset) {
                        const appended = batch.appendTimestamp;
                        return {
                            timestamp: Number(appended ?? batch.firstTimestamp + timestampDelta),
                        };
                    }
                }
            }
        }
        return undefined;
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
