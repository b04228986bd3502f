import type { Figures } from "./figures";
import { heapNeeds, type HeapNeeds, memoryLimitFor } from "./memory";
import { cpusFor, produceLatencyMs } from "./model";
import type { MirrorConfiguration, Workload } from "./workload";

/** The workers of a mirror, and the configuration of the mirror with them. */
export interface SizedWorkers {
    readonly configuration: MirrorConfiguration;
    /** Connect workers. */
    readonly workers: number;
    /** CPUs of each worker, in steps of a quarter. */
    readonly cpusPerWorker: number;
    /** Heap of each worker, and its contents. */
    readonly heap: HeapNeeds;
    /** Memory limit of each worker, in bytes. */
    readonly memoryBytes: number;
}

/** Maximum CPUs of a worker: a rebalance moves all tasks of one, and it must fit on a node. */
const MOST_CPUS_PER_WORKER = 4;

/** Minimum CPUs of all workers together. */
const FEWEST_CPUS = 0.25;

/**
 * With a larger heap, garbage collection pauses get long and the loss of one worker moves many
 * tasks.
 */
const LARGEST_HEAP = 8 * 2 ** 30;
const SMALLEST_BUFFER = 8 * 2 ** 20;

/**
 * The workers of a mirror whose tasks and clients are given, for a goal in records per second: buffers,
 * CPUs, number of workers and memory.
 * @param mostCpus of all workers together
 */
export function workersOf(
    clients: MirrorConfiguration,
    { workload, mostCpus }: { readonly workload: Workload; readonly mostCpus?: number | undefined },
    goal: number,
    figures: Figures,
): SizedWorkers {
    const bufferBytes = bufferFor(clients, workload, goal, figures);
    const producer = { ...clients.producer, bufferBytes };
    const unlimited = { ...clients, cpus: undefined, producer };
    const needed = cpusNeeded(goal, unlimited, workload, figures);
    const heapOf = (workers: number) => heapOfWorkers(unlimited, workload, workers, figures);
    const workers = workersFor(unlimited.tasks, needed, heapOf);
    const cpusPerWorker = quarters(needed / workers, (mostCpus ?? Infinity) / workers);
    const configuration = { ...unlimited, cpus: cpusPerWorker * workers };
    const heap = heapOf(workers);
    return {
        configuration,
        workers,
        cpusPerWorker,
        heap,
        memoryBytes: memoryLimitFor(heap.heapBytes),
    };
}

/** CPUs of all workers together for a goal in records per second. */
export function cpusNeeded(
    goal: number,
    configuration: MirrorConfiguration,
    workload: Workload,
    figures: Figures,
): number {
    return Math.max(FEWEST_CPUS, cpusFor(goal, configuration, workload, figures));
}

/** The fewest workers that CPUs and heap allow. */
function workersFor(tasks: number, cpus: number, heapOf: (workers: number) => HeapNeeds): number {
    let workers = Math.min(tasks, Math.ceil(cpus / MOST_CPUS_PER_WORKER));
    while (workers < tasks && heapOf(workers).heapBytes > LARGEST_HEAP) {
        workers += 1;
    }
    return workers;
}

function heapOfWorkers(
    { tasks, producer, consumer }: MirrorConfiguration,
    { recordBytes, compressionRatio, sourceBrokers, partitions }: Workload,
    workers: number,
    figures: Figures,
): HeapNeeds {
    return heapNeeds(
        {
            tasks,
            workers,
            producer,
            consumer,
            recordBytes,
            compressionRatio,
            sourceBrokers,
            partitions,
        },
        figures,
    );
}

/** Rounded up to a quarter of a CPU, up to a maximum. */
function quarters(cpus: number, most: number): number {
    return Math.min(Math.ceil(cpus * 4) / 4, most);
}

/**
 * `buffer.memory` is twice what a task's share of the rate has in flight to the target, but no
 * more than its partitions can have in flight plus one batch each: less would block a task that
 * could send, more would only hold records. In whole mebibytes, at least 8.
 */
function bufferFor(
    { tasks, producer }: MirrorConfiguration,
    workload: Workload,
    goal: number,
    figures: Figures,
): number {
    const { partitions, recordBytes } = workload;
    const bytes = recordBytes + figures.recordOverheadBytes;
    const perTask = Math.ceil(partitions / Math.min(tasks, partitions));
    const inFlight = perTask * (producer.inFlight + 1) * Math.max(producer.batchBytes, bytes);
    const request = { bytes: producer.requestBytes, records: producer.requestBytes / bytes };
    const latencyMs = produceLatencyMs(request, workload, figures);
    const bytesInFlight = ((goal / tasks) * bytes * latencyMs) / 1000;
    const needed = Math.max(2 * bytes, Math.min(inFlight, 2 * bytesInFlight));
    const mebibyte = 2 ** 20;
    return Math.max(SMALLEST_BUFFER, Math.ceil(needed / mebibyte) * mebibyte);
}
