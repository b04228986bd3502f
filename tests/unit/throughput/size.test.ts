import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../../config/parseSettings";
import { heapInBytes, quantityInBytes } from "../../../config/quantity";
import { HEAP_SHARE_OF_MEMORY_LIMIT } from "../../../config/throughput/memory";
import { cpusFor, predict } from "../../../config/throughput/model";
import { PROFILES, valuesOf } from "../../../config/throughput/profiles";
import { HEADROOM, size } from "../../../config/throughput/size";
import { sizedSettings } from "../../../config/throughput/sizedSettings";
import type { MirrorConfiguration } from "../../../config/throughput/workload";
import { changed, rawStack } from "../../support/rawSettings";
import { arbitraryWorkload, CONFIGURATION, WORKLOAD } from "./support";

const RUNS = 300;

const arbitraryRequest = fc.record({
    workload: arbitraryWorkload,
    recordsPerSecond: fc.double({ min: 1, max: 5e6, noNaN: true }),
    mostCpus: fc.option(fc.double({ min: 0.25, max: 100, noNaN: true }), { nil: undefined }),
    exactlyOnce: fc.boolean(),
});

describe("the sizing function", () => {
    it("keeps Kafka's defaults if they suffice", () => {
        const { configuration, reachable, workers } = size({
            workload: { ...WORKLOAD, recordBytes: 1000 },
            recordsPerSecond: 1000,
        });
        assert(reachable);
        assert.equal(workers, 1);
        assert.equal(configuration.tasks, 1);
        const { mirror, sourceConfig, targetConfig } = sizedSettings(
            size({ workload: { ...WORKLOAD, recordBytes: 1000 }, recordsPerSecond: 1000 }),
        );
        assert.deepEqual(mirror.producerOverrides, { "buffer.memory": 8 * 2 ** 20 });
        assert.deepEqual([mirror.consumerOverrides, sourceConfig, targetConfig], [{}, {}, {}]);
    });

    it("prefers more requests in flight to larger batches, and uses both for a long round trip", () => {
        const at = (targetRoundTripMs: number, recordsPerSecond: number) =>
            size({ workload: { ...WORKLOAD, targetRoundTripMs }, recordsPerSecond }).configuration
                .producer;
        assert.deepEqual([at(50, 20_000).inFlight, at(50, 20_000).batchBytes], [5, 16_384]);
        assert.deepEqual([at(50, 200_000).inFlight, at(50, 200_000).batchBytes], [5, 327_680]);
    });

    it("chooses larger batches than the rate needs if small ones cost more CPU", () => {
        const workload = { ...WORKLOAD, tls: true, targetRoundTripMs: 10 };
        const { producer } = size({ workload, recordsPerSecond: 140_000 }).configuration;
        const small = { ...CONFIGURATION, producer: { ...CONFIGURATION.producer, inFlight: 5 } };
        assert(predict(small, workload).recordsPerSecond >= 140_000 * HEADROOM);
        assert.equal(producer.batchBytes, 131_072);
    });

    it("never requires a quarter more CPU than the largest batches need", () => {
        fc.assert(
            fc.property(arbitraryRequest, (request) => {
                const { configuration, prediction } = size(request);
                const rate = Math.min(request.recordsPerSecond, prediction.recordsPerSecond);
                const producer = { ...configuration.producer, batchBytes: 983_040 };
                const cpus = (of: MirrorConfiguration) => cpusFor(rate, of, request.workload);
                const lean = Math.max(0.25, cpus({ ...configuration, producer }));
                assert(cpus(configuration) <= 1.25 * lean * (1 + 1e-9));
            }),
            { numRuns: RUNS },
        );
    });

    it("has the JVM flags of the measurements if it changes Kafka's defaults", () => {
        const flags = (recordsPerSecond: number) =>
            sizedSettings(size({ workload: WORKLOAD, recordsPerSecond })).mirror.jvmFlags;
        assert.deepEqual(flags(1000), {});
        assert.deepEqual(flags(400_000), valuesOf(PROFILES.wan.jvm));
    });

    it("lets Linux size the sockets of both ends if the source is distant", () => {
        const workload = { ...WORKLOAD, sourceRoundTripMs: 100 };
        const found = sizedSettings(size({ workload, recordsPerSecond: 100_000 }));
        assert.equal(found.mirror.consumerOverrides["receive.buffer.bytes"], -1);
        assert.deepEqual(found.sourceConfig, { "socket.send.buffer.bytes": -1 });
        assert.deepEqual(found.targetConfig, {});
    });

    const walls = [
        ["round-trip", { partitions: 1, targetRoundTripMs: 100 }, undefined],
        ["link", { linkMbitPerSecond: 10 }, undefined],
        ["cpu", {}, 0.5],
        ["tasks", { partitions: 1 }, undefined],
    ] as const;
    for (const [limit, workload, mostCpus] of walls) {
        it(`names ${limit} as the limit, and returns the largest possible mirror`, () => {
            const request = { workload: { ...WORKLOAD, ...workload }, mostCpus };
            const asked = { ...request, recordsPerSecond: 5e6 };
            const { reachable, prediction, limit: found } = size(asked);
            assert.equal(reachable, false);
            assert.equal(found, limit);
            const most = prediction.recordsPerSecond;
            assert(size({ ...request, recordsPerSecond: most * 0.999 }).reachable);
        });
    }

    it("adds a quarter to the requested rate if possible", () => {
        const { prediction } = size({ workload: WORKLOAD, recordsPerSecond: 10_000 });
        assert(prediction.recordsPerSecond >= 10_000 * HEADROOM);
    });

    it("reaches the requested rate by the model, or reports that it does not", () => {
        fc.assert(
            fc.property(arbitraryRequest, (request) => {
                const { configuration, reachable, prediction } = size(request);
                const { recordsPerSecond } = predict(configuration, request.workload);
                assert.equal(recordsPerSecond, prediction.recordsPerSecond);
                assert.equal(recordsPerSecond >= request.recordsPerSecond, reachable);
                assert((configuration.cpus ?? 0) <= (request.mostCpus ?? Infinity) * (1 + 1e-9));
            }),
            { numRuns: RUNS },
        );
    });

    it("reports unreachable only if no larger mirror reaches the rate either", () => {
        fc.assert(
            fc.property(arbitraryRequest, (request) => {
                const { reachable, configuration, prediction } = size(request);
                if (reachable) {
                    return;
                }
                const { producer, consumer } = configuration;
                const larger = {
                    ...configuration,
                    tasks: request.workload.partitions,
                    cpus: request.mostCpus,
                    producer: {
                        ...producer,
                        inFlight: 5,
                        batchBytes: 983_040,
                        requestBytes: 16 * 2 ** 20,
                        bufferBytes: 2 ** 40,
                        sendBufferBytes: -1,
                    },
                    consumer: {
                        ...consumer,
                        partitionFetchBytes: 64 * 2 ** 20,
                        fetchBytes: 64 * 2 ** 20,
                        receiveBufferBytes: -1,
                    },
                    sourceSendBufferBytes: -1,
                    targetReceiveBufferBytes: -1,
                };
                const most = predict(larger, request.workload).recordsPerSecond;
                assert(most < request.recordsPerSecond, `${most} could be had`);
                assert(prediction.recordsPerSecond >= most * 0.999, "not the most");
            }),
            { numRuns: RUNS },
        );
    });

    it("returns settings that the rules accept, without a warning about heap or rate", () => {
        fc.assert(
            fc.property(arbitraryRequest, (asked) => {
                // The clusters of `dev`.
                const clusters = { sourceBrokers: 1, targetBrokers: 1, tls: true };
                const request = { ...asked, workload: { ...asked.workload, ...clusters } };
                const { workload, recordsPerSecond, exactlyOnce } = request;
                const sized = size(request);
                const { mirror, sourceConfig, targetConfig } = sizedSettings(sized);
                const throughput = {
                    recordsPerSecond,
                    recordBytes: workload.recordBytes,
                    partitions: workload.partitions,
                    roundTripMs: workload.sourceRoundTripMs,
                    targetRoundTripMs: workload.targetRoundTripMs,
                    linkMbitPerSecond: workload.linkMbitPerSecond,
                    compressionRatio: workload.compressionRatio,
                };
                const support = { exactlyOnceSourceSupport: exactlyOnce ? "enabled" : "disabled" };
                const raw = changed(
                    rawStack("dev"),
                    ["mirror", { name: "m", ...support, ...mirror, throughput }],
                    ["topics", []],
                    ["source/config", sourceConfig],
                    ["target/config", targetConfig],
                );
                const rules = parseSettings(raw, "file").warnings.map(({ rule }) => rule);
                assert(!rules.includes("heap-below-buffers"));
                // CPUs are written in thousandths, which may be slightly below a given maximum.
                if (sized.reachable && request.mostCpus === undefined) {
                    assert(!rules.includes("throughput-out-of-reach"));
                }
            }),
            { numRuns: RUNS },
        );
    });

    it("returns memory for every buffer, in a heap that the limit allows", () => {
        fc.assert(
            fc.property(arbitraryRequest, (request) => {
                const sized = size(request);
                const { jvmHeap, resources } = sizedSettings(sized).mirror;
                const heap = heapInBytes(jvmHeap) ?? 0;
                const { producer, consumer, tasks } = sized.configuration;
                const carried = Math.ceil(tasks / Math.max(1, sized.workers - 1));
                const { recordBytes } = request.workload;
                assert.equal(sized.heap.tasks, carried);
                assert(
                    heap > carried * (producer.bufferBytes + consumer.pollRecords * recordBytes),
                );
                assert(
                    heap <=
                        (quantityInBytes(resources.limits.memory) ?? 0) *
                            HEAP_SHARE_OF_MEMORY_LIMIT,
                );
            }),
            { numRuns: RUNS },
        );
    });
});
