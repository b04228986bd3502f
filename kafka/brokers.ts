import {
    type API,
    apiVersionsV0,
    apiVersionsV3,
    type Connection,
    metadataV10,
    metadataV11,
    metadataV12,
    protocolAPIsById,
    ResponseError,
} from "@platformatic/kafka";
import { type KafkaConnection, openConnection } from "./connection";
import { isRefusedVersion, UnsupportedBrokerError, type VersionRange } from "./errors";

/** An open connection to one broker, which knows what that broker speaks. */
export class Broker {
    private constructor(
        /** `broker 1 at my-host:9092`, or without the id before it is known. */
        readonly description: string,
        readonly raw: Connection,
        private readonly versions: ReadonlyMap<number, VersionRange>,
    ) {}

    /** Connects to the first of the bootstrap servers and asks for its versions. */
    static async open(
        connection: KafkaConnection,
        description: string,
        timeoutMs: number,
    ): Promise<Broker> {
        const raw = await openConnection(connection, "kafka-dr", timeoutMs);
        try {
            const { apiKeys } = await apiVersions(raw);
            const versions = apiKeys.map(
                ({ apiKey, minVersion, maxVersion }) =>
                    [apiKey, { min: minVersion, max: maxVersion }] as const,
            );
            return new Broker(description, raw, new Map(versions));
        } catch (error) {
            await raw.close();
            throw error;
        }
    }

    get isOpen(): boolean {
        return this.raw.isConnected();
    }

    /**
     * Sends a request in the newest version that both sides know.
     * @param apis the versions of one request, whose arguments and answers have one form
     * @throws {UnsupportedBrokerError} when the broker knows none of them
     */
    async send<A extends unknown[], R>(apis: readonly API<A, R>[], ...args: A): Promise<R> {
        return this.newest(apis).async(this.raw, ...args);
    }

    /** The newest of the versions of a request that the broker knows. @throws {UnsupportedBrokerError} */
    newest<T extends { readonly key: number; readonly version: number }>(apis: readonly T[]): T {
        const key = apis[0]?.key ?? -1;
        const speaks = this.versions.get(key);
        const [newest] = apis
            .filter(({ version }) => speaks && version >= speaks.min && version <= speaks.max)
            .sort((one, other) => other.version - one.version);
        if (newest === undefined) {
            const own = apis.map(({ version }) => version);
            throw new UnsupportedBrokerError(
                this.description,
                protocolAPIsById[key] ?? `request ${key}`,
                { min: Math.min(...own), max: Math.max(...own) },
                speaks,
            );
        }
        return newest;
    }
}

async function apiVersions(raw: Connection) {
    try {
        return await apiVersionsV3.api.async(raw, "kafka-dr", "1");
    } catch (error) {
        if (!isRefusedVersion(error)) {
            throw error;
        }
        return apiVersionsV0.api.async(raw, "kafka-dr", "1");
    }
}

/** The answer of a request in which single topics or partitions failed; their error codes are in it. */
export async function withPartialErrors<T>(request: Promise<T>): Promise<T> {
    try {
        return await request;
    } catch (error) {
        const { response } = error as { readonly response?: unknown };
        if (!(error instanceof ResponseError) || response === undefined) {
            throw error;
        }
        return response as T;
    }
}

/** What a cluster says of itself: its id, brokers, topics and their leaders. */
export interface ClusterMetadata {
    readonly clusterId: string;
    readonly topics: readonly TopicMetadata[];
}

export interface TopicMetadata {
    readonly name: string;
    /** Undefined where brokers give topics no id: before 2.8, or after an upgrade that is not finished. */
    readonly id: string | undefined;
    /** Kafka's error code; 0 without an error. */
    readonly errorCode: number;
    readonly isInternal: boolean;
    readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
    /** The id of the broker; -1 while there is none. */
    readonly leader: number;
    readonly leaderEpoch: number;
}

const METADATA = [metadataV12.api, metadataV11.api, metadataV10.api];
const NO_TOPIC_ID = "00000000-0000-0000-0000-000000000000";

/**
 * The brokers of a cluster, each with at most one connection, opened when it is first needed. Versions
 * are negotiated with each of them: during an update of the cluster they differ.
 */
export class Brokers {
    private readonly open = new Map<string, Promise<Broker>>();
    private readonly addresses = new Map<number, string>();

    constructor(
        readonly connection: KafkaConnection,
        /** Of connecting and of each request, in milliseconds. */
        readonly timeoutMs: number,
    ) {}

    async close(): Promise<void> {
        const open = [...this.open.values()];
        this.open.clear();
        await Promise.allSettled(open.map(async (broker) => (await broker).raw.close()));
    }

    /**
     * Asks any broker for topics, and learns where all brokers are.
     * @param topics all topics that the user may describe by default
     */
    async metadata(topics: readonly string[] | null = null): Promise<ClusterMetadata> {
        const broker = await this.any();
        const answer = await withPartialErrors(
            broker.send(METADATA, topics && [...topics], false, false),
        );
        for (const { nodeId, host, port } of answer.brokers) {
            this.addresses.set(nodeId, `${host}:${port}`);
        }
        return {
            clusterId: answer.clusterId ?? "",
            topics: answer.topics.map(({ name, topicId, errorCode, isInternal, partitions }) => {
                const ordered = [...partitions].sort(
                    (one, other) => one.partitionIndex - other.partitionIndex,
                );
                return {
                    name: name ?? "",
                    id: topicId === NO_TOPIC_ID ? undefined : topicId,
                    errorCode,
                    isInternal,
                    partitions: ordered.map(({ leaderId, leaderEpoch }) => ({
                        leader: leaderId,
                        leaderEpoch,
                    })),
                };
            }),
        };
    }

    /** Ids of all brokers that metadata has named. */
    get ids(): number[] {
        return [...this.addresses.keys()];
    }

    /** `broker 1 at my-host:9092`. */
    describe(id: number): string {
        return `broker ${id} at ${this.addresses.get(id) ?? "an unknown address"}`;
    }

    /** The connection to a broker that metadata has named. */
    async byId(id: number): Promise<Broker> {
        return this.at(this.address(id), this.describe(id));
    }

    /** A new connection to a broker that metadata has named; the caller closes it. */
    async openOwn(id: number, timeoutMs: number): Promise<Broker> {
        const bootstrapServers = this.address(id);
        return Broker.open({ ...this.connection, bootstrapServers }, this.describe(id), timeoutMs);
    }

    /** The first of the bootstrap servers that responds. */
    async any(): Promise<Broker> {
        const errors: unknown[] = [];
        for (const server of this.connection.bootstrapServers.split(",")) {
            try {
                return await this.at(server, `the broker at ${server}`);
            } catch (error) {
                errors.push(error);
            }
        }
        throw errors.length === 1
            ? errors[0]
            : new AggregateError(errors, "no bootstrap server responds");
    }

    private address(id: number): string {
        const address = this.addresses.get(id);
        if (address === undefined) {
            throw new Error(`the cluster has no broker ${id}`);
        }
        return address;
    }

    private async at(address: string, description: string): Promise<Broker> {
        const existing = await this.open.get(address)?.catch(() => undefined);
        if (existing?.isOpen) {
            return existing;
        }
        const opening = Broker.open(
            { ...this.connection, bootstrapServers: address },
            description,
            this.timeoutMs,
        );
        this.open.set(address, opening);
        return opening;
    }
}
