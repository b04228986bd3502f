import { type Figures, FIGURES } from "./figures";
import type { ConsumerConfiguration, ProducerConfiguration } from "./workload";

/**
 * Share of a container's memory that the Java heap may take. The rest holds metaspace, threads and
 * direct buffers; it is also the share that Strimzi gives Kafka Connect by default.
 */
export const HEAP_SHARE_OF_MEMORY_LIMIT = 0.75;

/** What determines the maximum heap of a worker. */
export interface Buffers {
    readonly tasks: number;
    readonly workers: number;
    readonly producer: ProducerConfiguration;
    readonly consumer: ConsumerConfiguration;
    readonly recordBytes: number;
    readonly compressionRatio: number;
    readonly sourceBrokers: number;
    /**
     * Mirrored partitions; unknown if absent, and fetch.max.bytes then limits a response.
     */
    readonly partitions?: number | undefined;
}

/** Bytes of a worker's heap, by purpose. */
export interface HeapNeeds {
    /** Tasks of a worker while another worker is down. */
    readonly tasks: number;
    /** The producers' buffer.memory, summed over these tasks. */
    readonly producerBuffers: number;
    /** Records that await acknowledgement: their objects and their bytes. */
    readonly recordsInFlight: number;
    /** Responses of the source's brokers, still compressed. */
    readonly fetchedBytes: number;
    /** Records of one poll, decompressed. */
    readonly polledRecords: number;
    /** The worker itself, and MM2's data for each partition. */
    readonly base: number;
    /** The sum. */
    readonly live: number;
    /** Heap that holds this much live data, in bytes: a multiple of 64 MiB. */
    readonly heapBytes: number;
}

const HEAP_STEP = 64 * 2 ** 20;
/** A Connect worker starts with less; its base is the least certain figure. */
const SMALLEST_HEAP = 512 * 2 ** 20;

/**
 * The heap that a worker needs for the most that its tasks may buffer: every producer's buffer is
 * full, as happens whenever the target is slower than the source, and the heap holds a response of
 * each broker.
 *
 * With small records the objects take more heap than the bytes: a buffer of 32 MiB holds 305,000
 * records of 100 bytes, and each of them keeps about 800 bytes alive until it is acknowledged.
 */
export function heapNeeds(buffers: Buffers, figures: Figures = FIGURES): HeapNeeds {
    const { producer, consumer, recordBytes, compressionRatio, sourceBrokers } = buffers;
    const { partitions } = buffers;
    const running = Math.min(buffers.tasks, partitions ?? Infinity);
    const tasks = tasksOfWorker(running, buffers.workers);
    const bufferedRecordBytes =
        (recordBytes + figures.recordOverheadBytes) / (producer.compresses ? compressionRatio : 1);
    const perRecord = recordBytes + figures.objectBytesPerRecord;
    // Kafka refuses a record larger than the whole buffer, so at least one fits.
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

/** While one of several workers is down, the others run its tasks. */
function tasksOfWorker(tasks: number, workers: number): number {
    return Math.ceil(tasks / Math.max(1, workers - 1));
}

function perTask(tasks: number, partitions: number | undefined): number {
    return partitions === undefined ? Infinity : Math.ceil(partitions / tasks);
}

/** Each broker sends up to fetch.max.bytes, and up to max.partition.fetch.bytes per partition. */
function fetchedBytes(
    { fetchBytes, partitionFetchBytes }: ConsumerConfiguration,
    brokers: number,
    partitions: number,
): number {
    return Math.min(brokers * fetchBytes, partitions * partitionFetchBytes);
}

/** The smallest memory limit whose heap share holds a heap, in bytes: a multiple of 256 MiB. */
export function memoryLimitFor(heapBytes: number): number {
    const step = 256 * 2 ** 20;
    return Math.ceil(heapBytes / HEAP_SHARE_OF_MEMORY_LIMIT / step) * step;
}

/** `768m` for 768 MiB: the format of `jvmHeap`, rounded down to MiB. */
export function heapText(bytes: number): string {
    return `${Math.floor(bytes / 2 ** 20)}m`;
}

/** `2Gi` or `2304Mi`, rounded up to MiB. */
export function memoryText(bytes: number): string {
    const mebibytes = Math.ceil(bytes / 2 ** 20);
    return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}
