import { FIGURES } from "../throughput/figures";
import { LIMITS } from "../throughput/limits";
import { heapText, memoryLimitFor, memoryText } from "../throughput/memory";
import { predict } from "../throughput/model";
import { smallestChange } from "../throughput/smallestChange";
import { configurationOf, wishedRate, workloadOf } from "../throughput/stackModel";
import {
    ASSUMED_RECORD_BYTES,
    stackHeapNeeds,
    workerHeapBytes,
} from "../throughput/workerContainer";
import { rule } from "./rule";

const outOfReach = rule({
    id: "throughput-out-of-reach",
    summary:
        "The model in docs/reference/scale.md predicts less throughput than `mirror.throughput` requires; the warning has the limit and a change that is sufficient.",
    severity: "warning",
    needs: ["source", "target", "mirror"],
    check: (settings) => {
        const { throughput, replicas } = settings.mirror;
        // Without workers the mirror is stopped on purpose.
        if (throughput === undefined || replicas === 0) {
            return [];
        }
        const wish = wishedRate(throughput);
        const { recordsPerSecond, megabytesPerSecond, limit } = predict(
            configurationOf(settings),
            workloadOf(settings, throughput),
        );
        if (recordsPerSecond >= wish) {
            return [];
        }
        const field =
            throughput.recordsPerSecond === undefined ? "megabytesPerSecond" : "recordsPerSecond";
        const carried = `${rounded(recordsPerSecond)} records/s (${rounded(megabytesPerSecond)} MB/s)`;
        return [
            {
                key: `kafka-dr:mirror.throughput.${field}`,
                value: throughput[field],
                message: `is more than the ${carried} that the model predicts for this mirror, limited by ${LIMITS[limit].what}; ${smallestChange(settings, throughput)}`,
            },
        ];
    },
});

const belowBuffers = rule({
    id: "heap-below-buffers",
    summary:
        "When the target is slow, every task fills the producer's `buffer.memory` and holds fetched records; if the heap is too small for that, the worker stops with OutOfMemoryError.",
    severity: "warning",
    needs: ["source", "mirror"],
    check: (settings) => {
        const { mirror } = settings;
        if (mirror.resources === undefined && mirror.jvmHeap === undefined) {
            return []; // both are derived from the buffers
        }
        const needs = stackHeapNeeds(settings);
        const heap = workerHeapBytes(settings);
        const most = heap * FIGURES.usableShareOfHeap;
        if (needs.live <= most * (1 + TOLERANCE)) {
            return [];
        }
        const { limits } = mirror.resources ?? {};
        const given = mirror.jvmHeap !== undefined;
        const limit = memoryText(memoryLimitFor(needs.heapBytes));
        const remedy = given
            ? `${heapText(needs.heapBytes)} is enough, with a memory limit of ${limit}`
            : `${limit} is enough`;
        const assumed =
            mirror.throughput === undefined
                ? ` of ${ASSUMED_RECORD_BYTES} bytes each, assumed because kafka-dr:mirror.throughput is absent`
                : "";
        return [
            {
                key: `kafka-dr:mirror.${given ? "jvmHeap" : "resources.limits.memory"}`,
                value: given ? mirror.jvmHeap : limits?.memory,
                message: `gives a heap of ${heapText(heap)}, of which ${heapText(most)} may be in use; the ${needs.tasks} tasks that a worker may have can hold ${heapText(needs.live)}: ${heapText(needs.producerBuffers)} in producers' buffers, ${heapText(needs.recordsInFlight)} of records in flight${assumed}, ${heapText(needs.fetchedBytes)} fetched; ${remedy}`,
            },
        ];
    },
});

/** The accuracy of the model. */
const TOLERANCE = 0.05;

/** Three digits, more than the accuracy of the model. */
function rounded(value: number): string {
    return Number(value.toPrecision(3)).toLocaleString("en-US");
}

export const throughputRules = [outOfReach, belowBuffers];
