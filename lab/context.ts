import type { GarbageCollector } from "./process/jvm";
import type { Supervisor } from "./process/supervisor";

/** Where a listener of a broker is. */
export interface ListenerAddress {
    /** Name and namespace of the Kafka object. */
    readonly cluster: string;
    readonly namespace: string;
    readonly nodeId: number;
    /** The name of the listener in the Kafka object. */
    readonly listener: string;
    /** The port of 127.0.0.1 on which the broker will listen. */
    readonly port: number;
}

/** What every part of one lab shares. */
export interface LabContext {
    readonly supervisor: Supervisor;
    /** Jars of Kafka, Connect and MirrorMaker 2. */
    readonly classPath: readonly string[];
    /** The largest heap of one JVM, in MiB; see `heapLimit`. */
    readonly heapLimitMegabytes: number;
    /**
     * Whose `metricsConfig` is carried out: `all` by default; `mirrorMaker` or `none` saves the
     * exporter's start in the other JVMs. ConfigMaps and keys must exist in any case.
     */
    readonly metrics?: "all" | "mirrorMaker" | "none";
    /**
     * Asked once for each listener of each broker, before that starts: the port of 127.0.0.1 to
     * advertise to clients instead of its own, such as that of a proxy. Undefined for its own.
     */
    readonly advertise?: (at: ListenerAddress) => Promise<number | undefined>;
    /** Of nodes and workers; `Serial` by default. */
    readonly garbageCollector?: GarbageCollector;
    /** Further options of the JVM of a node or a worker, such as a log of its garbage collector. */
    readonly vmOptions?: (name: string) => readonly string[];
    /** Milliseconds until a start counts as failed; 60,000 by default. */
    readonly startTimeoutMs?: number;
}

export const DEFAULT_START_TIMEOUT_MS = 60_000;
