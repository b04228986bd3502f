/**
 * What a benchmark measured, as it stands in its result file: JSON Lines, the machine first, then a
 * line for each measurement in the order in which they were made.
 */

/** What the values of records are made of; each begins with the index of the record. */
export type Payload = "letters" | "random" | "text";

/** One point of the grid: a workload, a network and a configuration of the mirror. */
export interface Cell {
    /** The part of the grid that it belongs to; see grid.ts. */
    readonly series: string;
    /** Added between MM2 and the target, there and back, in milliseconds. */
    readonly roundTripMs: number;
    readonly transport: "tls" | "plaintext";
    /** Bytes of each value; records have no keys and no headers. */
    readonly recordBytes: number;
    readonly payload: Payload;
    readonly partitions: number;
    /** Name of the configuration; see configurations.ts. */
    readonly configuration: string;
}

/** The machine on which everything in a result file was measured. */
export interface MachineLine {
    readonly kind: "machine";
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly kernel: string;
    readonly node: string;
    readonly java: string;
    readonly kafka: string;
    /** Heap of each JVM in MiB. */
    readonly heapMegabytes: Readonly<Record<JvmName, number>>;
    readonly garbageCollector: string;
    /** Commit of the project, with `+` when the work tree differed from it. */
    readonly commit: string;
    /** ISO 8601. */
    readonly startedAt: string;
}

export type JvmName = "mirrorMaker" | "source" | "target";

/** What one JVM used while the records were mirrored; its start is left out. */
export interface JvmUsage {
    readonly cpuSeconds: number;
    /** Largest resident memory since the JVM began, in bytes. */
    readonly peakMemoryBytes: number;
    /** Sum of the pauses of the garbage collector. */
    readonly gcPauseSeconds: number;
}

/** A backlog was mirrored: MM2 at 0, the source filled, MM2 at 1, until both logs end equally. */
export interface MirrorLine {
    readonly kind: "mirror";
    readonly cell: Cell;
    /** From 1. */
    readonly repetition: number;
    readonly startedAt: string;
    readonly records: number;
    /** From the first mirrored record to equal log-end offsets. */
    readonly seconds: number;
    /**
     * Of it, for the second half of the records: by then the JIT has compiled what matters, which
     * takes a new worker's JVM about ten seconds of CPU.
     */
    readonly secondHalfSeconds: number;
    /** Of the values, without keys, headers and framing. */
    readonly megabytes: number;
    /** From Connect's REST API being ready to the first mirrored record. */
    readonly startSeconds: number;
    /** The request of the proxy's own: what a round trip took in fact, median, in milliseconds. */
    readonly measuredRoundTripMs: number;
    /** Of the producer of the busiest task, as the tutorial reads them from port 9404. */
    readonly batchSizeAvg: number | null;
    readonly requestLatencyAvgMs: number | null;
    /** Largest lag of a partition that a look at the metrics saw. */
    readonly recordsLagMax: number | null;
    readonly jvms: Readonly<Record<JvmName, JvmUsage>>;
    /** CPU seconds of this process, which holds the proxy. */
    readonly proxyCpuSeconds: number;
}

/** A constant load was mirrored: how long records were on their way. */
export interface LatencyLine {
    readonly kind: "latency";
    readonly cell: Cell;
    readonly repetition: number;
    readonly startedAt: string;
    /** Share of the largest rate at which the target kept up, in percent. */
    readonly loadPercent: number;
    /** That rate, measured before with an unlimited producer. */
    readonly maximumRecordsPerSecond: number;
    readonly recordsPerSecond: number;
    readonly seconds: number;
    /** From the source's log-end offset reaching a record to the target's reaching it. */
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
}

/** Kafka's own ProducerPerformance wrote to the target's broker. */
export interface ProducerLine {
    readonly kind: "producer";
    readonly cell: Cell;
    readonly repetition: number;
    readonly startedAt: string;
    readonly records: number;
    readonly seconds: number;
}

/** What the proxy could do without delay, between a sender and a receiver of their own processes. */
export interface ProxyLine {
    readonly kind: "proxy";
    readonly repetition: number;
    readonly startedAt: string;
    readonly megabytesPerSecond: number;
}

/** A measurement that failed; the grid went on. */
export interface FailureLine {
    readonly kind: "failure";
    /** What was to be measured. */
    readonly measurement: (MirrorLine | LatencyLine | ProducerLine)["kind"];
    readonly cell: Cell;
    readonly repetition: number;
    readonly startedAt: string;
    readonly message: string;
}

export type ResultLine =
    MachineLine | MirrorLine | LatencyLine | ProducerLine | ProxyLine | FailureLine;
