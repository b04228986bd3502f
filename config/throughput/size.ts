import { type Figures, FIGURES } from "./figures";
import type { LimitName } from "./limits";
import { predict, type Prediction } from "./model";
import { cpusNeeded, type SizedWorkers, workersOf } from "./workers";
import {
    DEFAULT_BROKER_SOCKET_BYTES,
    DEFAULT_CONSUMER,
    DEFAULT_PRODUCER,
    type MirrorConfiguration,
    type Workload,
} from "./workload";

/** The requirements of a mirror to size. */
export interface SizeRequest {
    readonly workload: Workload;
    /** Records per second at the peak. */
    readonly recordsPerSecond: number;
    /** Maximum CPUs of all workers together; unlimited if absent. */
    readonly mostCpus?: number | undefined;
    readonly exactlyOnce?: boolean | undefined;
}

/** The size of a mirror: its configuration, the predicted throughput and the limit. */
export interface Size extends SizedWorkers {
    /**
     * Whether the requested rate is reached. If not, the rest describes the largest mirror
     * possible.
     */
    readonly reachable: boolean;
    readonly prediction: Prediction;
    /** What limits the prediction or, if the rate is not reachable, the largest mirror. */
    readonly limit: LimitName;
}

/**
 * A mirror that carries only the requested rate never catches up after a pause. With this factor
 * it catches up within four hours after an outage of one.
 */
export const HEADROOM = 1.25;

/** The target accepts batches up to message.max.bytes, 1,048,588 by default. */
const LARGEST_BATCH = 960 * 2 ** 10;
const LARGEST_REQUEST = 16 * 2 ** 20;
const LARGEST_FETCH = 64 * 2 ** 20;
const SMALLEST_FETCH = 4 * 2 ** 20;
/** Fetched data of a task that is insignificant for the heap. */
const SMALL_FETCH = 64 * 2 ** 20;
const MOST_POLL_RECORDS = 16_000;

/** Requests in flight and batch sizes in the order of their memory, Connect's defaults first. */
const PRODUCERS = [
    [1, DEFAULT_PRODUCER.batchBytes],
    [5, DEFAULT_PRODUCER.batchBytes],
    [5, 64 * 2 ** 10],
    [5, 128 * 2 ** 10],
    [5, 320 * 2 ** 10],
    [5, LARGEST_BATCH],
] as const;

/**
 * Maximum CPU of a batch size relative to the largest one. Small batches reach many rates with two
 * or three times the CPU, and CPU costs more than the heap for larger batches.
 */
const MOST_CPU_OF_SMALL_BATCHES = 1.25;

/**
 * The smallest mirror that carries a rate and a quarter more, by the model of {@link predict}:
 * first the fewest tasks, then the smallest batches, fetches and buffers. Batch sizes that cost
 * over a quarter more CPU than the largest are excluded.
 *
 * If a quarter more is not reachable, the mirror carries the rate itself; if that is not reachable
 * either, as much as possible, with `reachable` false.
 */
export function size(request: SizeRequest, figures: Figures = FIGURES): Size {
    const { recordsPerSecond: wish } = request;
    const goals = [wish * HEADROOM, wish];
    const wall = carried(largest(request), request, figures);
    const most = wall.recordsPerSecond;
    const goal = goals.find((rate) => most >= rate) ?? most;
    const tasks = fewestTasks(request, goal, figures);
    const small = smallestClients(request, tasks, goal, figures);
    const sized = workersOf(small, request, goal, figures);
    const prediction = carried(sized.configuration, request, figures);
    const reachable = prediction.recordsPerSecond >= wish;
    return { ...sized, prediction, reachable, limit: (reachable ? prediction : wall).limit };
}

/** Every value at its maximum. */
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

/** Bisection works because more tasks never carry less. */
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

/**
 * Reduces one part after the other to the smallest that reaches the goal, the most expensive first.
 */
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
            fetchSizes(from, request.workload).map((fetchBytes) => ({
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
 * Sizes of a broker's fetch response to try, smallest first. Kafka's 50 MiB remain if a task's
 * partitions cannot fill much of them; otherwise responses of every broker would take most of the
 * heap.
 */
function fetchSizes(
    { tasks, consumer: { fetchBytes, partitionFetchBytes } }: MirrorConfiguration,
    { partitions, sourceBrokers }: Workload,
): number[] {
    const perTask = Math.ceil(partitions / tasks) * partitionFetchBytes;
    const held = Math.min(perTask, sourceBrokers * fetchBytes);
    return held <= SMALL_FETCH
        ? [fetchBytes]
        : doubling(Math.max(partitionFetchBytes, SMALLEST_FETCH), fetchBytes);
}

/** Kafka's fixed buffers at both ends of the connections to the target. */
function withFixedSend({ producer }: MirrorConfiguration) {
    const { sendBufferBytes } = DEFAULT_PRODUCER;
    return {
        producer: { ...producer, sendBufferBytes },
        targetReceiveBufferBytes: DEFAULT_BROKER_SOCKET_BYTES,
    };
}

/** Kafka's fixed buffers at both ends of the connections from the source. */
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
