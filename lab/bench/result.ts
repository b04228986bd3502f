/**
 * The format of a result file: JSON Lines with the machine first, then a line for each measurement in
 * chronological order.
 */

/** The content of record values; each value begins with the index of the record. */
export type Payload = "letters" | "random" | "text";

/** One point of the grid: a workload, a network and a configuration of the mirror. */
export interface Cell {
    /** The series of the grid that it belongs to; see grid.ts. */
    readonly series: string;
    /** The added round trip between MM2 and the target (or the source), in milliseconds. */
    readonly roundTripMs: number;
    readonly transport: "tls" | "plaintext";
    /** Bytes of each value; records have no keys and no headers. */
    readonly recordBytes: number;
    readonly payload: Payload;
    readonly partitions: number;
    /** Name of the configuration; see configurations.ts. */
    readonly configuration: string;
}

/** The machine on which all measurements of a file were made. */
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

/** The resources that one JVM used while records were mirrored, without its start. */
export interface JvmUsage {
    readonly cpuSeconds: number;
    /** Peak resident memory since the start of the JVM, in bytes. */
    readonly peakMemoryBytes: number;
    /** Sum of the garbage collector's pauses. */
    readonly gcPauseSeconds: number;
}

/** A backlog was mirrored: written with MM2 at 0 replicas, then MM2 at 1 until both logs were equal. */
export interface MirrorLine {
    readonly kind: "mirror";
    readonly cell: Cell;
    /** Counted from 1. */
    readonly repetition: number;
    readonly startedAt: string;
    readonly records: number;
    /** From the first mirrored record to equal log-end offsets. */
    readonly seconds: number;
    /**
     * The part of it for the second half of the records, when the JIT of a new worker has compiled the
     * hot code, which takes about ten seconds of CPU.
     */
    readonly secondHalfSeconds: number;
    /** Size of the values, without keys, headers and framing. */
    readonly megabytes: number;
    /** From Connect's REST API being ready to the first mirrored record. */
    readonly startSeconds: number;
    /** The median time of a request through the proxy, in milliseconds. */
    readonly measuredRoundTripMs: number;
    /** Metrics of the producer with the largest batches, which the tutorial reads from port 9404. */
    readonly batchSizeAvg: number | null;
    readonly requestLatencyAvgMs: number | null;
    /** The largest lag of a partition among the samples of the metrics. */
    readonly recordsLagMax: number | null;
    readonly jvms: Readonly<Record<JvmName, JvmUsage>>;
    /** CPU seconds of this process, which runs the proxy. */
    readonly proxyCpuSeconds: number;
}

/** The latency of records under a constant load. */
export interface LatencyLine {
    readonly kind: "latency";
    readonly cell: Cell;
    readonly repetition: number;
    readonly startedAt: string;
    /** The load in percent of the highest rate that the target kept up with. */
    readonly loadPercent: number;
    /** That highest rate, measured with an unlimited producer. */
    readonly maximumRecordsPerSecond: number;
    readonly recordsPerSecond: number;
    readonly seconds: number;
    /** From the append of a record at the source to its append at the target. */
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
}

/** Kafka's ProducerPerformance wrote to the target's broker. */
export interface ProducerLine {
    readonly kind: "producer";
    readonly cell: Cell;
    readonly repetition: number;
    readonly startedAt: string;
    readonly records: number;
    readonly seconds: number;
}

/** The rate of the proxy without delay, between a sender and a receiver in threads of their own. */
export interface ProxyLine {
    readonly kind: "proxy";
    readonly repetition: number;
    readonly startedAt: string;
    readonly megabytesPerSecond: number;
}

/** A measurement that failed; the grid continued. */
export interface FailureLine {
    readonly kind: "failure";
    /** The kind of the failed measurement. */
    readonly measurement: (MirrorLine | LatencyLine | ProducerLine)["kind"];
    readonly cell: Cell;
    readonly repetition: number;
    readonly startedAt: string;
    readonly message: string;
}

export type ResultLine =
    MachineLine | MirrorLine | LatencyLine | ProducerLine | ProxyLine | FailureLine;
