import { type Figures, FIGURES } from "./figures";
import type { ConsumerConfiguration, ProducerConfiguration } from "./workload";

/**
 * Share of a container's memory that the Java heap may take. The rest holds metaspace, threads and
 * direct buffers; it is also the share that Strimzi gives Kafka Connect by default.
 */
export const HEAP_SHARE_OF_MEMORY_LIMIT = 0.75;

/** What decides how much a worker may have to hold. */
export interface Buffers {
    readonly tasks: number;
    readonly workers: number;
    readonly producer: ProducerConfiguration;
    readonly consumer: ConsumerConfiguration;
    readonly recordBytes: number;
    readonly compressionRatio: number;
    readonly sourceBrokers: number;
    /**
     * Partitions that are mirrored; unknown if absent, and fetch.max.bytes then bounds an answer.
     */
    readonly partitions?: number | undefined;
}

/** Bytes of a worker's heap, by what they are for. */
export interface HeapNeeds {
    /** Tasks that a worker has to carry while another one is away. */
    readonly tasks: number;
    /** The producer's buffer.memory, of all these tasks. */
    readonly producerBuffers: number;
    /** Records that wait for acknowledgement: their objects, and the bytes that they came with. */
    readonly recordsInFlight: number;
    /** Answers of the source's brokers, compressed as they came. */
    readonly fetchedBytes: number;
    /** Records of one poll, decompressed. */
    readonly polledRecords: number;
    /** The worker itself, and what MM2 keeps of each partition. */
    readonly base: number;
    /** All of it. */
    readonly live: number;
    /** Heap in which that much can live, in bytes: a whole number of 64 MiB. */
    readonly heapBytes: number;
}

const HEAP_STEP = 64 * 2 ** 20;
/** A Connect worker starts in less; its base is the figure that is known least. */
const SMALLEST_HEAP = 512 * 2 ** 20;

/**
 * The heap that a worker needs for the worst that its tasks may buffer: every producer's buffer
 * full, as it is whenever the target is slower than the source, and an answer of each broker on the
 * heap.
 *
 * For small records the objects weigh more than the bytes: a buffer of 32 MiB holds 305,000 records
 * of 100 bytes, and each of them keeps about 800 bytes alive until it is acknowledged.
 */
export function heapNeeds(buffers: Buffers, figures: Figures = FIGURES): HeapNeeds {
    const { producer, consumer, recordBytes, compressionRatio, sourceBrokers } = buffers;
    const { partitions } = buffers;
    const running = Math.min(buffers.tasks, partitions ?? Infinity);
    const tasks = tasksOfWorker(running, buffers.workers);
    const bufferedRecordBytes =
        (recordBytes + figures.recordOverheadBytes) / (producer.compresses ? compressionRatio : 1);
    const perRecord = recordBytes + figures.objectBytesPerRecord;
    // A record larger than the whole buffer is refused, so at least one fits.
    const inFlight = Math.max(1, Math.floor(producer.bufferBytes / bufferedRecordBytes));
    const parts = {
        producerBuffers: tasks * producer.bufferBytes,
        recordsInFlight: tasks * inFlight * perRecord,
        fetchedBytes: tasks * fetchedBytes(consumer, sourceBrokers, perTask(running, partitions)),
        polledRecords: tasks * consumer.pollRecords * perRecord,
        base: figures.workerBaseBytes + figures.partitionBytes * (partitions ?? 0),
    };
    const live = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
    const heap = Math.max(SMALLEST_HEAP, live / figures.usableShareOfHeap);
    return { tasks, ...parts, live, heapBytes: Math.ceil(heap / HEAP_STEP) * HEAP_STEP };
}

/** While one of several workers is away, the others carry its tasks. */
function tasksOfWorker(tasks: number, workers: number): number {
    return Math.ceil(tasks / Math.max(1, workers - 1));
}

function perTask(tasks: number, partitions: number | undefined): number {
    return partitions === undefined ? Infinity : Math.ceil(partitions / tasks);
}

/** Each broker sends up to fetch.max.bytes, and up to max.partition.fetch.bytes of a partition. */
function fetchedBytes(
    { fetchBytes, partitionFetchBytes }: ConsumerConfiguration,
    brokers: number,
    partitions: number,
): number {
    return Math.min(brokers * fetchBytes, partitions * partitionFetchBytes);
}

/** The smallest memory limit whose heap share holds a heap, in bytes: a whole number of 256 MiB. */
export function memoryLimitFor(heapBytes: number): number {
    const step = 256 * 2 ** 20;
    return Math.ceil(heapBytes / HEAP_SHARE_OF_MEMORY_LIMIT / step) * step;
}

/** `768m` for 768 MiB: as `jvmHeap` takes it, rounded down to MiB. */
export function heapText(bytes: number): string {
    return `${Math.floor(bytes / 2 ** 20)}m`;
}

/** `2Gi` or `2304Mi`, rounded up to MiB. */
export function memoryText(bytes: number): string {
    const mebibytes = Math.ceil(bytes / 2 ** 20);
    return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}
