import assert from "node:assert/strict";
import fc from "fast-check";
import { FIGURES } from "../../../config/throughput/figures";
import {
    type Buffers,
    heapNeeds,
    heapText,
    memoryLimitFor,
    memoryText,
} from "../../../config/throughput/memory";
import { DEFAULT_CONSUMER, DEFAULT_PRODUCER } from "../../../config/throughput/workload";

const MIB = 2 ** 20;

const BUFFERS: Buffers = {
    tasks: 3,
    workers: 1,
    producer: DEFAULT_PRODUCER,
    consumer: DEFAULT_CONSUMER,
    recordBytes: 100,
    compressionRatio: 1,
    sourceBrokers: 1,
    partitions: 3,
};

describe("the heap of a worker", () => {
    it("holds full buffers, the objects of their records, and a response of each broker", () => {
        const needs = heapNeeds(BUFFERS);
        const records = Math.floor((32 * MIB) / 110);
        assert.equal(needs.producerBuffers, 3 * 32 * MIB);
        assert.equal(needs.recordsInFlight, 3 * records * (100 + FIGURES.objectBytesPerRecord));
        assert.equal(needs.fetchedBytes, 3 * MIB);
        assert.equal(needs.polledRecords, 3 * 500 * (100 + FIGURES.objectBytesPerRecord));
        // Small records: their objects take seven times their bytes.
        assert(needs.recordsInFlight > 6 * needs.producerBuffers);
        assert(needs.heapBytes * FIGURES.usableShareOfHeap >= needs.live);
    });

    it("limits a response by fetch.max.bytes, and by the partitions of a task if they are known", () => {
        const fetched = (changes: Partial<Buffers>) =>
            heapNeeds({ ...BUFFERS, tasks: 1, ...changes }).fetchedBytes / MIB;
        assert.equal(fetched({ partitions: 7 }), 7);
        assert.equal(fetched({ partitions: 1000 }), 50);
        assert.equal(fetched({ partitions: 1000, sourceBrokers: 3 }), 150);
        assert.equal(fetched({ partitions: undefined, sourceBrokers: 3 }), 150);
    });

    it("includes the tasks of a worker that is down", () => {
        const tasks = (workers: number, all = 10) =>
            heapNeeds({ ...BUFFERS, tasks: all, partitions: 100, workers }).tasks;
        assert.deepEqual(
            [0, 1, 2, 3, 4].map((workers) => tasks(workers)),
            [10, 10, 10, 5, 4],
        );
        assert.equal(heapNeeds({ ...BUFFERS, tasks: 10 }).tasks, 3, "MM2 starts no idle tasks");
    });

    it("grows with tasks, buffers, fetches and partitions, and falls with workers", () => {
        const arbitrary = fc.record({
            tasks: fc.integer({ min: 1, max: 100 }),
            workers: fc.integer({ min: 1, max: 9 }),
            recordBytes: fc.integer({ min: 1, max: 100_000 }),
            sourceBrokers: fc.integer({ min: 1, max: 30 }),
            partitions: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
        });
        fc.assert(
            fc.property(arbitrary, (some) => {
                const buffers = { ...BUFFERS, ...some };
                const { live, heapBytes } = heapNeeds(buffers);
                assert(heapBytes >= live / FIGURES.usableShareOfHeap);
                const { producer, consumer } = buffers;
                const more: readonly Partial<Buffers>[] = [
                    { producer: { ...producer, bufferBytes: producer.bufferBytes * 2 } },
                    { consumer: { ...consumer, fetchBytes: consumer.fetchBytes * 2 } },
                    { consumer: { ...consumer, pollRecords: consumer.pollRecords * 2 } },
                ];
                const unknown = heapNeeds({ ...buffers, partitions: undefined });
                assert(unknown.fetchedBytes >= heapNeeds(buffers).fetchedBytes);
                for (const change of more) {
                    assert(heapNeeds({ ...buffers, ...change }).live >= live);
                }
                assert(heapNeeds({ ...buffers, workers: buffers.workers + 1 }).live <= live);
                // With several workers, another task may leave fewer partitions to each.
                const alone = { ...buffers, workers: 1, partitions: undefined };
                const another = { ...alone, tasks: alone.tasks + 1 };
                assert(heapNeeds(another).live > heapNeeds(alone).live);
            }),
        );
    });

    it("is written in the format of the settings", () => {
        assert.equal(heapText(768 * MIB), "768m");
        assert.equal(memoryText(2048 * MIB), "2Gi");
        assert.equal(memoryText(2304 * MIB), "2304Mi");
        assert.equal(memoryLimitFor(768 * MIB), 1024 * MIB);
        assert.equal(memoryLimitFor(769 * MIB), 1280 * MIB);
    });
});
