import assert from "node:assert/strict";
import fc from "fast-check";
import { FIGURES } from "../../../config/throughput/figures";
import { type LimitName, LIMITS } from "../../../config/throughput/limits";
import { cpusFor, predict } from "../../../config/throughput/model";
import type { MirrorConfiguration, Workload } from "../../../config/throughput/workload";
import { arbitraryConfiguration, arbitraryWorkload, CONFIGURATION, WORKLOAD } from "./support";

const RUNS = 500;

/** Rounding of sums and products may differ in the last digits. */
function assertAtMost(one: number, other: number, what: string): void {
    assert(one <= other * (1 + 1e-9), `${what}: ${one} is more than ${other}`);
}

function boundOf(limit: LimitName, configuration: MirrorConfiguration, workload: Workload): number {
    const { bounds } = predict(configuration, workload);
    const found = bounds.find((bound) => bound.limit === limit);
    assert(found, `no bound ${limit}`);
    return found.recordsPerSecond;
}

describe("the model of throughput", () => {
    const { producer, consumer } = CONFIGURATION;
    const limited: readonly [
        limit: LimitName,
        configuration: Partial<MirrorConfiguration>,
        workload: Partial<Workload>,
    ][] = [
        ["round-trip", {}, { targetRoundTripMs: 50 }],
        [
            "request-size",
            {
                tasks: 1,
                producer: { ...producer, batchBytes: 327_680, sendBufferBytes: -1 },
                targetReceiveBufferBytes: -1,
            },
            { partitions: 12, targetRoundTripMs: 200 },
        ],
        [
            "buffer-memory",
            {
                tasks: 1,
                producer: {
                    ...producer,
                    inFlight: 5,
                    batchBytes: 327_680,
                    bufferBytes: 1_000_000,
                    sendBufferBytes: -1,
                },
                targetReceiveBufferBytes: -1,
            },
            { targetRoundTripMs: 200 },
        ],
        [
            "send-buffer",
            { producer: { ...producer, inFlight: 5, batchBytes: 327_680 } },
            { targetRoundTripMs: 100 },
        ],
        [
            "fetch-size",
            { consumer: { ...consumer, receiveBufferBytes: -1 }, sourceSendBufferBytes: -1 },
            { sourceRoundTripMs: 500, recordBytes: 10_000 },
        ],
        ["receive-buffer", {}, { sourceRoundTripMs: 100 }],
        ["tasks", { tasks: 1, producer: { ...producer, inFlight: 5, batchBytes: 327_680 } }, {}],
        [
            "transactions",
            {
                exactlyOnce: true,
                producer: { ...producer, inFlight: 5, batchBytes: 327_680, sendBufferBytes: -1 },
                targetReceiveBufferBytes: -1,
            },
            { targetRoundTripMs: 50 },
        ],
        ["cpu", { cpus: 0.1 }, {}],
        ["link", {}, { linkMbitPerSecond: 1 }],
    ];
    for (const [limit, configuration, workload] of limited) {
        it(`names ${limit} where it is the limit`, () => {
            const found = predict(
                { ...CONFIGURATION, ...configuration },
                { ...WORKLOAD, ...workload },
            );
            assert.equal(found.limit, limit, JSON.stringify(found.bounds));
            assert.equal(found.recordsPerSecond, found.bounds[0]!.recordsPerSecond);
        });
    }

    it("has a case for each limit", () => {
        assert.deepEqual(limited.map(([limit]) => limit).sort(), Object.keys(LIMITS).sort());
    });

    it("agrees with calculations by hand for round trip, TCP window and link", () => {
        const workload = {
            ...WORKLOAD,
            recordBytes: 990,
            sourceRoundTripMs: 100,
            targetRoundTripMs: 100,
            linkMbitPerSecond: 100,
        };
        const figures = { produceMs: 100 + FIGURES.produceBaseMs };
        const batch = 16; // records of 1,000 bytes in 16,384
        const ms =
            figures.produceMs +
            FIGURES.produceMicrosPerRecord * 0.016 +
            FIGURES.produceMsPerMegabyte * 0.016;
        assertClose(boundOf("round-trip", CONFIGURATION, workload), (3 * batch * 1000) / ms);
        // The smaller buffer of both ends: the consumer's 64 KiB, and the target brokers' 100 KiB.
        assertClose(boundOf("receive-buffer", CONFIGURATION, workload), 3 * 65.536 * 10);
        assertClose(boundOf("send-buffer", CONFIGURATION, workload), 3 * 102.4 * 10);
        assertClose(boundOf("link", CONFIGURATION, workload), 12_500 * FIGURES.usableShareOfLink);
    });

    it("alternates waiting for the source and processing its response", () => {
        const workload = { ...WORKLOAD, partitions: 1, recordBytes: 990, sourceRoundTripMs: 50 };
        const { plaintext } = FIGURES.taskThread;
        const micros =
            plaintext.microsPerRecord +
            plaintext.microsPerBatch / 16 +
            plaintext.microsPerMegabyte * 0.00099;
        const records = 2 ** 20 / 1000;
        const ms = 50 + FIGURES.fetchBaseMs + (records * micros) / 1000;
        assertClose(boundOf("fetch-size", CONFIGURATION, workload), (records * 1000) / ms);
        // Two brokers send twice as much in this time.
        const two = { ...workload, partitions: 2, sourceBrokers: 2 };
        const one = { ...CONFIGURATION, tasks: 1 };
        assertClose(boundOf("fetch-size", one, two), (2 * records * 1000) / ms);
    });

    it("includes compression in each direction", () => {
        const far = { ...WORKLOAD, targetRoundTripMs: 100 };
        const workload = { ...far, linkMbitPerSecond: 8, compressionRatio: 4 };
        const plain = { ...workload, compressionRatio: 1 };
        assertClose(
            boundOf("link", CONFIGURATION, workload),
            4 * boundOf("link", CONFIGURATION, plain),
        );
        const same = boundOf("round-trip", CONFIGURATION, plain);
        assertClose(boundOf("round-trip", CONFIGURATION, workload), same);
        const compressing = { ...CONFIGURATION, producer: { ...producer, compresses: true } };
        assert(boundOf("round-trip", compressing, workload) > 3.9 * same);
    });

    it("gives a record larger than batch.size its own batch", () => {
        const workload = { ...WORKLOAD, recordBytes: 50_000, targetRoundTripMs: 98 };
        const ms =
            98 +
            FIGURES.produceBaseMs +
            FIGURES.produceMicrosPerRecord * 0.001 +
            FIGURES.produceMsPerMegabyte * 0.05001;
        assertClose(boundOf("round-trip", CONFIGURATION, workload), 3000 / ms);
    });

    const arbitrary = fc.tuple(arbitraryConfiguration, arbitraryWorkload);

    it("is a positive number for any input", () => {
        fc.assert(
            fc.property(arbitrary, ([configuration, workload]) => {
                const { recordsPerSecond, bounds } = predict(configuration, workload);
                assert(recordsPerSecond > 0 && Number.isFinite(recordsPerSecond));
                assert(bounds.every((bound) => bound.recordsPerSecond >= recordsPerSecond));
            }),
            { numRuns: RUNS },
        );
    });

    it("is never raised by more delay", () => {
        fc.assert(
            fc.property(
                arbitrary,
                fc.double({ min: 0, max: 500, noNaN: true }),
                fc.constantFrom("sourceRoundTripMs" as const, "targetRoundTripMs" as const),
                ([configuration, workload], more, side) => {
                    const before = predict(configuration, workload).recordsPerSecond;
                    const slower = { ...workload, [side]: workload[side] + more };
                    assertAtMost(
                        predict(configuration, slower).recordsPerSecond,
                        before,
                        `${side} + ${more}`,
                    );
                },
            ),
            { numRuns: RUNS },
        );
    });

    it("is never lowered by more partitions, tasks, requests in flight, bandwidth or CPUs", () => {
        fc.assert(
            fc.property(
                arbitrary,
                fc.integer({ min: 1, max: 1000 }),
                ([configuration, workload], more) => {
                    const before = predict(configuration, workload).recordsPerSecond;
                    const { tasks, cpus, producer: sending } = configuration;
                    const inFlight = Math.min(5, sending.inFlight + more);
                    const link = workload.linkMbitPerSecond;
                    const others: Record<string, [MirrorConfiguration, Workload]> = {
                        partitions: [
                            configuration,
                            { ...workload, partitions: workload.partitions + more },
                        ],
                        tasks: [{ ...configuration, tasks: tasks + more }, workload],
                        inFlight: [
                            { ...configuration, producer: { ...sending, inFlight } },
                            workload,
                        ],
                        link: [
                            configuration,
                            { ...workload, linkMbitPerSecond: link && link + more },
                        ],
                        cpus: [{ ...configuration, cpus: cpus && cpus + more }, workload],
                    };
                    for (const [what, [other, work]] of Object.entries(others)) {
                        assertAtMost(before, predict(other, work).recordsPerSecond, what);
                    }
                },
            ),
            { numRuns: RUNS },
        );
    });

    it("states the CPUs for the rate that these CPUs allow", () => {
        fc.assert(
            fc.property(arbitrary, ([configuration, workload]) => {
                const cpus = cpusFor(12_345, configuration, workload);
                assertClose(boundOf("cpu", { ...configuration, cpus }, workload), 12_345);
            }),
            { numRuns: RUNS },
        );
    });
});

function assertClose(found: number, expected: number): void {
    assert(Math.abs(found - expected) <= 1e-6 * expected, `${found} is not ${expected}`);
}
