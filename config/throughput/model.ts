import { type CpuCost, type Figures, FIGURES } from "./figures";
import type { LimitName } from "./limits";
import type { MirrorConfiguration, Workload } from "./workload";

/** The records per second that one limit allows; Infinity where it does not apply. */
export interface Bound {
    readonly limit: LimitName;
    readonly recordsPerSecond: number;
}

/** The throughput of a mirror with a backlog, so that batches are full. */
export interface Prediction {
    readonly recordsPerSecond: number;
    /** Of keys, values and headers, uncompressed; a megabyte is 10^6 bytes. */
    readonly megabytesPerSecond: number;
    /** The limit with the smallest bound. */
    readonly limit: LimitName;
    /** One for each limit, smallest first. */
    readonly bounds: readonly Bound[];
}

/**
 * The throughput of an MM2 configuration: the smallest of the bounds that network, Kafka's clients,
 * threads and CPUs set. docs/reference/scale.md has the formulas. More partitions, tasks or CPUs
 * never lower the result, and more delay never raises it.
 */
export function predict(
    configuration: MirrorConfiguration,
    workload: Workload,
    figures: Figures = FIGURES,
): Prediction {
    const shape = shapeOf(configuration, workload, figures);
    const bounds = [
        ...producerBounds(shape),
        ...consumerBounds(shape),
        ...processingBounds(shape),
    ].sort((one, other) => one.recordsPerSecond - other.recordsPerSecond);
    const { limit, recordsPerSecond } = bounds[0] ?? { limit: "cpu", recordsPerSecond: 0 };
    return {
        recordsPerSecond,
        megabytesPerSecond: (recordsPerSecond * workload.recordBytes) / 1e6,
        limit,
        bounds: onePerLimit(bounds),
    };
}

/** The same limit may apply in two ways; the smaller bound counts. */
function onePerLimit(sorted: readonly Bound[]): Bound[] {
    return sorted.filter(
        ({ limit }, index) => sorted.findIndex((other) => other.limit === limit) === index,
    );
}

/** Values that several bounds use. */
interface Shape {
    readonly configuration: MirrorConfiguration;
    readonly workload: Workload;
    readonly figures: Figures;
    /** MM2 starts at most one task per partition. */
    readonly tasks: number;
    readonly partitionsPerTask: number;
    /** Bytes of a record in a batch from the source, and in a batch to the target. */
    readonly sourceRecordBytes: number;
    readonly targetRecordBytes: number;
    /** Bytes of a full producer batch; a record larger than batch.size gets its own batch. */
    readonly batchBytes: number;
    readonly recordsPerBatch: number;
    /** Microseconds that a task's thread spends on a record. */
    readonly threadMicros: number;
}

function shapeOf(configuration: MirrorConfiguration, workload: Workload, figures: Figures): Shape {
    const { partitions, recordBytes, compressionRatio } = workload;
    const tasks = Math.min(configuration.tasks, partitions);
    const wireBytes = recordBytes + figures.recordOverheadBytes;
    const targetRecordBytes =
        wireBytes / (configuration.producer.compresses ? compressionRatio : 1);
    const recordsPerBatch = Math.max(
        1,
        Math.floor(configuration.producer.batchBytes / targetRecordBytes),
    );
    const thread = figures.taskThread[workload.tls ? "tls" : "plaintext"];
    return {
        configuration,
        workload,
        figures,
        tasks,
        partitionsPerTask: partitions / tasks,
        sourceRecordBytes: wireBytes / compressionRatio,
        targetRecordBytes,
        batchBytes: recordsPerBatch * targetRecordBytes,
        recordsPerBatch,
        threadMicros: microsOfRecord(thread, recordsPerBatch, recordBytes),
    };
}

/** CPU time of a record, including its share of a batch. */
function microsOfRecord(cost: CpuCost, recordsPerBatch: number, recordBytes: number): number {
    return (
        cost.microsPerRecord +
        cost.microsPerBatch / recordsPerBatch +
        (cost.microsPerMegabyte * recordBytes) / 1e6
    );
}

/** Connections of all tasks to a cluster: each task has one to every leader of its partitions. */
function connections({ tasks, partitionsPerTask }: Shape, brokers: number): number {
    return tasks * Math.min(brokers, partitionsPerTask);
}

function producerBounds(shape: Shape): Bound[] {
    const { workload, figures, batchBytes, targetRecordBytes, configuration } = shape;
    const { partitions, targetRoundTripMs, targetBrokers } = workload;
    const { inFlight, requestBytes, bufferBytes, sendBufferBytes } = configuration.producer;
    const lines = connections(shape, targetBrokers);
    // A request carries one batch of each of its partitions, up to max.request.size.
    const fullRequest = (partitions / lines) * batchBytes;
    const request = Math.max(batchBytes, Math.min(fullRequest, requestBytes));
    const latency = (bytes: number) =>
        produceLatencyMs({ bytes, records: bytes / targetRecordBytes }, workload, figures);
    const perSecond = (bytes: number, ms: number) => (bytes / targetRecordBytes / ms) * 1000;
    const window = smallerWindow(
        sendBufferBytes,
        configuration.targetReceiveBufferBytes,
        figures.autotunedWindowBytes,
    );
    return [
        {
            limit: "round-trip",
            recordsPerSecond: perSecond(partitions * inFlight * batchBytes, latency(fullRequest)),
        },
        {
            limit: "request-size",
            recordsPerSecond:
                fullRequest <= request
                    ? Infinity
                    : perSecond(lines * inFlight * request, latency(request)),
        },
        {
            limit: "buffer-memory",
            recordsPerSecond: perSecond(shape.tasks * bufferBytes, latency(0)),
        },
        { limit: "send-buffer", recordsPerSecond: perSecond(lines * window, targetRoundTripMs) },
    ];
}

function consumerBounds(shape: Shape): Bound[] {
    const { workload, figures, configuration, tasks, sourceRecordBytes, threadMicros } = shape;
    const { partitionFetchBytes, fetchBytes, receiveBufferBytes } = configuration.consumer;
    const { sourceBrokers, sourceRoundTripMs, linkMbitPerSecond } = workload;
    const brokers = Math.min(sourceBrokers, shape.partitionsPerTask);
    const answerBytes = Math.max(
        sourceRecordBytes,
        Math.min((shape.partitionsPerTask / brokers) * partitionFetchBytes, fetchBytes),
    );
    const records = answerBytes / sourceRecordBytes;
    // The consumer fetches from a broker again after it has processed the last response
    // (KAFKA-17182): waiting and working alternate, except that a task works on one broker's
    // response while it waits for another's.
    const waitingMs = sourceRoundTripMs + figures.fetchBaseMs;
    const workingMs = (records * threadMicros) / 1000;
    const window = smallerWindow(
        receiveBufferBytes,
        configuration.sourceSendBufferBytes,
        figures.autotunedWindowBytes,
    );
    return [
        {
            limit: waitingMs >= workingMs ? "fetch-size" : "tasks",
            recordsPerSecond: (tasks * brokers * records * 1000) / (waitingMs + workingMs),
        },
        {
            limit: "receive-buffer",
            recordsPerSecond:
                ((connections(shape, sourceBrokers) * window) /
                    sourceRecordBytes /
                    sourceRoundTripMs) *
                1000,
        },
        {
            limit: "link",
            recordsPerSecond:
                ((linkMbitPerSecond ?? Infinity) * 125_000 * figures.usableShareOfLink) /
                sourceRecordBytes,
        },
    ];
}

function processingBounds(shape: Shape): Bound[] {
    const { workload, figures, configuration, tasks, recordsPerBatch, threadMicros } = shape;
    const transactionMs =
        figures.transactionRoundTrips * workload.targetRoundTripMs + figures.transactionBaseMs;
    return [
        { limit: "tasks", recordsPerSecond: (tasks * 1e6) / threadMicros },
        {
            limit: "transactions",
            recordsPerSecond: configuration.exactlyOnce
                ? (tasks * configuration.consumer.pollRecords * 1000) / transactionMs
                : Infinity,
        },
        {
            limit: "cpu",
            recordsPerSecond:
                ((configuration.cpus ?? Infinity) * 1e6) /
                workerMicros(workload, recordsPerBatch, figures),
        },
    ];
}

/** Microseconds of the workers' CPU time for a record. */
function workerMicros(workload: Workload, recordsPerBatch: number, figures: Figures): number {
    const cost = figures.cpu[workload.tls ? "tls" : "plaintext"];
    return figures.workersShareOfCpu * microsOfRecord(cost, recordsPerBatch, workload.recordBytes);
}

/** CPUs that all workers together need for a rate. */
export function cpusFor(
    recordsPerSecond: number,
    configuration: MirrorConfiguration,
    workload: Workload,
    figures: Figures = FIGURES,
): number {
    const { recordsPerBatch } = shapeOf(configuration, workload, figures);
    return (recordsPerSecond * workerMicros(workload, recordsPerBatch, figures)) / 1e6;
}

/** Milliseconds from a produce request to its response. */
export function produceLatencyMs(
    { bytes, records }: { readonly bytes: number; readonly records: number },
    { targetRoundTripMs }: Workload,
    { produceBaseMs, produceMicrosPerRecord, produceMsPerMegabyte }: Figures,
): number {
    return (
        targetRoundTripMs +
        produceBaseMs +
        (produceMicrosPerRecord * records) / 1000 +
        (produceMsPerMegabyte * bytes) / 1e6
    );
}

/**
 * Bytes in flight of a connection: the smaller buffer of both ends; -1 lets Linux choose.
 */
function smallerWindow(one: number, other: number, autotuned: number): number {
    return Math.min(one === -1 ? autotuned : one, other === -1 ? autotuned : other);
}
