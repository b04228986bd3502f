import type { GarbageCollector } from "./process/jvm";
import type { Supervisor } from "./process/supervisor";

/** A listener of a broker and the port on which it listens. */
export interface ListenerAddress {
    /** Name and namespace of the Kafka object. */
    readonly cluster: string;
    readonly namespace: string;
    readonly nodeId: number;
    /** The name of the listener in the Kafka object. */
    readonly listener: string;
    /** The port of 127.0.0.1 on which the broker listens. */
    readonly port: number;
}

/** What all parts of one lab share. */
export interface LabContext {
    readonly supervisor: Supervisor;
    /** Jars of Kafka, Connect and MirrorMaker 2. */
    readonly classPath: readonly string[];
    /** Jars of another Kafka for the nodes of a cluster; undefined for those of `classPath`. */
    readonly brokerClassPath?: (cluster: {
        readonly name: string;
        readonly namespace: string;
    }) => readonly string[] | undefined;
    /** The largest heap of one JVM, in MiB; see `heapLimit`. */
    readonly heapLimitMegabytes: number;
    /**
     * Which objects get a JMX exporter when they have a `metricsConfig`: `all` by default;
     * `mirrorMaker` or `none` saves the exporter's start in the other JVMs. The ConfigMap and the
     * key that a `metricsConfig` names must exist either way.
     */
    readonly metrics?: "all" | "mirrorMaker" | "none";
    /**
     * Called once for each listener of each broker before the broker starts. Returns the port of
     * 127.0.0.1 that the broker advertises to clients, such as the port of a proxy; undefined for
     * the listener's own port.
     */
    readonly advertise?: (at: ListenerAddress) => Promise<number | undefined>;
    /** The garbage collector of brokers, controllers and workers; `Serial` by default. */
    readonly garbageCollector?: GarbageCollector;
    /**
     * Only the JVM's quick compiler (C1): a third less CPU for brokers and workers that run for a few
     * minutes, and a lower rate of records. Off by default.
     */
    readonly shortLived?: boolean;
    /** Further JVM options by the name of a node or a worker, such as a log of its garbage collector. */
    readonly vmOptions?: (name: string) => readonly string[];
    /** Milliseconds until a start counts as hung; 300,000 by default. */
    readonly startTimeoutMs?: number;
}

export const DEFAULT_START_TIMEOUT_MS = 300_000;
