import { heapInBytes, quantityInBytes } from "../quantity";
import type { ResourceSettings, Settings } from "../settingsSchema";
import {
    HEAP_SHARE_OF_MEMORY_LIMIT,
    heapNeeds,
    type HeapNeeds,
    memoryLimitFor,
    memoryText,
} from "./memory";
import { brokersOf, consumerOf, DEFAULT_WORKER_CPUS, producerOf } from "./stackModel";

/** Bytes of a record if the stack has no kafka-dr:mirror.throughput. */
export const ASSUMED_RECORD_BYTES = 1000;

/** Minimum of a derived memory limit; Connect starts with less, but does little with it. */
const SMALLEST_LIMIT = 2 * 2 ** 30;

/** The heap that each worker of a stack needs for what its tasks may buffer. */
export function stackHeapNeeds({ source, mirror }: Pick<Settings, "source" | "mirror">): HeapNeeds {
    const { throughput } = mirror;
    return heapNeeds({
        tasks: mirror.tasksMax,
        workers: mirror.replicas,
        producer: producerOf(mirror),
        consumer: consumerOf(mirror),
        recordBytes: throughput?.recordBytes ?? ASSUMED_RECORD_BYTES,
        compressionRatio: throughput?.compressionRatio ?? 1,
        sourceBrokers: brokersOf(source),
        partitions: throughput?.partitions,
    });
}

/**
 * Resources of each worker. If the settings have none, the memory follows from `jvmHeap`, or else
 * from what the tasks may buffer, and is at least 2Gi.
 */
export function workerResources(settings: Pick<Settings, "source" | "mirror">): ResourceSettings {
    const { resources, jvmHeap } = settings.mirror;
    if (resources !== undefined) {
        return resources;
    }
    const given = jvmHeap === undefined ? undefined : heapInBytes(jvmHeap);
    const heap = given ?? stackHeapNeeds(settings).heapBytes;
    const memory = memoryText(Math.max(SMALLEST_LIMIT, memoryLimitFor(heap)));
    return {
        requests: { ...DEFAULT_WORKER_CPUS.requests, memory },
        limits: { ...DEFAULT_WORKER_CPUS.limits, memory },
    };
}

/** Bytes of each worker's heap: `jvmHeap`, or Strimzi's share of the memory limit. */
export function workerHeapBytes(settings: Pick<Settings, "source" | "mirror">): number {
    const { jvmHeap } = settings.mirror;
    const limit = quantityInBytes(workerResources(settings).limits.memory) ?? 0;
    const given = jvmHeap === undefined ? undefined : heapInBytes(jvmHeap);
    return given ?? limit * HEAP_SHARE_OF_MEMORY_LIMIT;
}
