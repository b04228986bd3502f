import { type Figures, FIGURES } from "./figures";
import type { LimitName } from "./limits";
import { heapNeeds, type HeapNeeds, memoryLimitFor } from "./memory";
import { cpusFor, predict, type Prediction, produceLatencyMs } from "./model";
import {
    DEFAULT_BROKER_SOCKET_BYTES,
    DEFAULT_CONSUMER,
    DEFAULT_PRODUCER,
    type MirrorConfiguration,
    type Workload,
} from "./workload";

/** What is asked of a mirror that is to be sized. */
export interface SizeRequest {
    readonly workload: Workload;
    /** Records per second at the busiest time. */
    readonly recordsPerSecond: number;
    /** CPUs that all workers together may have; as many as needed if absent. */
    readonly mostCpus?: number | undefined;
    readonly exactlyOnce?: boolean | undefined;
}

/** A mirror's size: what to configure, what it then carries, and what binds it. */
export interface Size {
    /** Whether the wished rate is reached. If not, the rest is the most that can be had. */
    readonly reachable: boolean;
    readonly configuration: MirrorConfiguration;
    /** Connect workers. */
    readonly workers: number;
    /** CPUs of each worker, in steps of a quarter. */
    readonly cpusPerWorker: number;
    /** Heap of each worker, and what fills it. */
    readonly heap: HeapNeeds;
    /** Memory limit of each worker, in bytes. */
    readonly memoryBytes: number;
    readonly prediction: Prediction;
    /** What binds: of the prediction, or where the wish is not reachable, of the largest mirror. */
    readonly limit: LimitName;
}

/**
 * A mirror that carries just the wished rate falls behind for ever at its first pause, so it gets as
 * much more: after an hour's outage it has caught up in four.
 */
export const HEADROOM = 1.25;

/** Workers get no larger: a rebalance moves the tasks of one, and a node must have the room. */
const MOST_CPUS_PER_WORKER = 4;

/** A batch is one message set to the target, whose message.max.bytes is 1,048,588 by default. */
const LARGEST_BATCH = 960 * 2 ** 10;
const LARGEST_REQUEST = 16 * 2 ** 20;
const LARGEST_FETCH = 64 * 2 ** 20;
const SMALLEST_ANSWER = 4 * 2 ** 20;
/** What a task may hold of fetched data without a thought for its heap. */
const SMALL_FETCH = 64 * 2 ** 20;
const MOST_POLL_RECORDS = 16_000;
const SMALLEST_BUFFER = 8 * 2 ** 20;
/** Beyond it pauses of the collector get long, and the loss of one worker moves much at once. */
const LARGEST_HEAP = 8 * 2 ** 30;

/** Requests in flight and batch sizes, by the memory that they take: Connect's own first. */
const PRODUCERS = [
    [1, DEFAULT_PRODUCER.batchBytes],
    [5, DEFAULT_PRODUCER.batchBytes],
    [5, 64 * 2 ** 10],
    [5, 128 * 2 ** 10],
    [5, 320 * 2 ** 10],
    [5, LARGEST_BATCH],
] as const;

/**
 * What batches may cost in CPU against the largest ones. Small ones reach many a rate with two or three
 * times the CPU, and CPU is dearer than what a batch takes of the heap.
 */
const MOST_CPU_OF_SMALL_BATCHES = 1.25;

/** No worker gets less CPU. */
const FEWEST_CPUS = 0.25;

/**
 * The smallest mirror that carries a rate and a quarter more, by the model of {@link predict}: first
 * the fewest tasks that can, then the smallest batches, fetches and buffers with which they do. Batches
 * that would cost a quarter more CPU than the largest are not among them.
 *
 * Where a quarter more cannot be had, the rate itself; where not even that, the most that can be had,
 * with `reachable` false and the limit named in `prediction`.
 */
export function size(request: SizeRequest, figures: Figures = FIGURES): Size {
    const { recordsPerSecond: wish } = request;
    const goals = [wish * HEADROOM, wish];
    const wall = carried(largest(request), request, figures);
    const most = wall.recordsPerSecond;
    const goal = goals.find((rate) => most >= rate) ?? most;
    const tasks = fewestTasks(request, goal, figures);
    const small = smallestClients(request, tasks, goal, figures);
    const sized = completed(small, request, goal, figures);
    const reachable = sized.prediction.recordsPerSecond >= wish;
    return { ...sized, reachable, limit: (reachable ? sized.prediction : wall).limit };
}

/** Everything as large as it may be. */
function largest({ workload, mostCpus, exactlyOnce = false }: SizeRequest): MirrorConfiguration {
    return {
        tasks: workload.partitions,
        cpus: mostCpus,
        exactlyOnce,
        producer: {
            ...DEFAULT_PRODUCER,
            inFlight: 5,
            batchBytes: LARGEST_BATCH,
            requestBytes: LARGEST_REQUEST,
            sendBufferBytes: -1,
        },
        consumer: {
            ...DEFAULT_CONSUMER,
            partitionFetchBytes: LARGEST_FETCH,
            fetchBytes: LARGEST_FETCH,
            receiveBufferBytes: -1,
            pollRecords: exactlyOnce ? MOST_POLL_RECORDS : DEFAULT_CONSUMER.pollRecords,
        },
        sourceSendBufferBytes: -1,
        targetReceiveBufferBytes: -1,
    };
}

function carried(configuration: MirrorConfiguration, request: SizeRequest, figures: Figures) {
    return predict(configuration, request.workload, figures);
}

/** By bisection, since more tasks never carry less. */
function fewestTasks(request: SizeRequest, goal: number, figures: Figures): number {
    const suffices = (tasks: number) =>
        carried({ ...largest(request), tasks }, request, figures).recordsPerSecond >= goal;
    let [low, high] = [1, request.workload.partitions];
    while (low < high) {
        const middle = Math.floor((low + high) / 2);
        [low, high] = suffices(middle) ? [low, middle] : [middle + 1, high];
    }
    return low;
}

/** Makes one part after the other as small as the goal allows, the costliest first. */
function smallestClients(
    request: SizeRequest,
    tasks: number,
    goal: number,
    figures: Figures,
): MirrorConfiguration {
    const reaches = (candidate: MirrorConfiguration) =>
        carried(candidate, request, figures).recordsPerSecond >= goal;
    const cpus = (candidate: MirrorConfiguration) =>
        cpusNeeded(goal, candidate, request.workload, figures);
    const steps: readonly ((from: MirrorConfiguration) => readonly MirrorConfiguration[])[] = [
        (from) =>
            PRODUCERS.map(([inFlight, batchBytes]) => ({
                ...from,
                producer: { ...from.producer, inFlight, batchBytes },
            })).filter((candidate) => cpus(candidate) <= MOST_CPU_OF_SMALL_BATCHES * cpus(from)),
        (from) =>
            doubling(DEFAULT_PRODUCER.requestBytes, LARGEST_REQUEST).map((requestBytes) => ({
                ...from,
                producer: { ...from.producer, requestBytes },
            })),
        (from) =>
            doubling(DEFAULT_CONSUMER.partitionFetchBytes, LARGEST_FETCH).map((bytes) => ({
                ...from,
                consumer: {
                    ...from.consumer,
                    partitionFetchBytes: bytes,
                    fetchBytes: Math.max(DEFAULT_CONSUMER.fetchBytes, bytes),
                },
            })),
        (from) =>
            fetchAnswers(from, request.workload).map((fetchBytes) => ({
                ...from,
                consumer: { ...from.consumer, fetchBytes },
            })),
        (from) => [{ ...from, ...withFixedSend(from) }],
        (from) => [{ ...from, ...withFixedReceive(from) }],
        (from) =>
            doubling(DEFAULT_CONSUMER.pollRecords, MOST_POLL_RECORDS).map((pollRecords) => ({
                ...from,
                consumer: { ...from.consumer, pollRecords },
            })),
    ];
    return steps.reduce<MirrorConfiguration>((from, step) => step(from).find(reaches) ?? from, {
        ...largest(request),
        tasks,
    });
}

/**
 * Sizes of a broker's answer to try, smallest first. Kafka's 50 MiB stay where a task's partitions
 * cannot fill much of them; where they can, from every broker, they would be most of the heap.
 */
function fetchAnswers(
    { tasks, consumer: { fetchBytes, partitionFetchBytes } }: MirrorConfiguration,
    { partitions, sourceBrokers }: Workload,
): number[] {
    const perTask = Math.ceil(partitions / tasks) * partitionFetchBytes;
    const held = Math.min(perTask, sourceBrokers * fetchBytes);
    return held <= SMALL_FETCH
        ? [fetchBytes]
        : doubling(Math.max(partitionFetchBytes, SMALLEST_ANSWER), fetchBytes);
}

/** Kafka's fixed buffers at both ends of the connections to the target. */
function withFixedSend({ producer }: MirrorConfiguration) {
    const { sendBufferBytes } = DEFAULT_PRODUCER;
    return {
        producer: { ...producer, sendBufferBytes },
        targetReceiveBufferBytes: DEFAULT_BROKER_SOCKET_BYTES,
    };
}

/** And of those from the source. */
function withFixedReceive({ consumer }: MirrorConfiguration) {
    const { receiveBufferBytes } = DEFAULT_CONSUMER;
    return {
        consumer: { ...consumer, receiveBufferBytes },
        sourceSendBufferBytes: DEFAULT_BROKER_SOCKET_BYTES,
    };
}

function doubling(from: number, to: number): number[] {
    return from >= to ? [to] : [from, ...doubling(from * 2, to)];
}

/** Adds what follows from tasks and clients: buffers, CPUs, workers and memory. */
function completed(
    small: MirrorConfiguration,
    request: SizeRequest,
    goal: number,
    figures: Figures,
): Omit<Size, "reachable" | "limit"> {
    const { workload, mostCpus } = request;
    const bufferBytes = bufferFor(small, workload, goal, figures);
    const unlimited = { ...small, cpus: undefined, producer: { ...small.producer, bufferBytes } };
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
        prediction: predict(configuration, workload, figures),
    };
}

function cpusNeeded(
    goal: number,
    configuration: MirrorConfiguration,
    workload: Workload,
    figures: Figures,
): number {
    return Math.max(FEWEST_CPUS, cpusFor(goal, configuration, workload, figures));
}

/** As few as CPUs and heap allow. */
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

/** Rounded up to a quarter of a CPU, as far as the most allows. */
function quarters(cpus: number, most: number): number {
    return Math.min(Math.ceil(cpus * 4) / 4, most);
}

/**
 * `buffer.memory` of twice what a task's share of the rate has on its way to the target, but no more
 * than its partitions can have in flight and one batch more for each: less would stop the task while
 * it could send, more only holds records. Whole mebibytes, 8 at least.
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
    const onTheWay = ((goal / tasks) * bytes * latencyMs) / 1000;
    const needed = Math.max(2 * bytes, Math.min(inFlight, 2 * onTheWay));
    const mebibyte = 2 ** 20;
    return Math.max(SMALLEST_BUFFER, Math.ceil(needed / mebibyte) * mebibyte);
}
