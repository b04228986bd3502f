import type { Supervisor } from "./process/supervisor";

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
    /** Milliseconds until a start counts as failed; 60,000 by default. */
    readonly startTimeoutMs?: number;
}

export const DEFAULT_START_TIMEOUT_MS = 60_000;
