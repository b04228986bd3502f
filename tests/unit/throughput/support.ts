import fc from "fast-check";
import {
    DEFAULT_BROKER_SOCKET_BYTES,
    DEFAULT_CONSUMER,
    DEFAULT_PRODUCER,
    type MirrorConfiguration,
    type Workload,
} from "../../../config/throughput/workload";

/** The pair of the first measurements: see measuredGrid.test.ts. */
export const WORKLOAD: Workload = {
    partitions: 3,
    recordBytes: 100,
    sourceRoundTripMs: 0,
    targetRoundTripMs: 0,
    compressionRatio: 1,
    tls: false,
    sourceBrokers: 1,
    targetBrokers: 1,
};

/** Kafka's and Connect's defaults, one task for each partition. */
export const CONFIGURATION: MirrorConfiguration = {
    tasks: 3,
    producer: DEFAULT_PRODUCER,
    consumer: DEFAULT_CONSUMER,
    exactlyOnce: false,
    sourceSendBufferBytes: DEFAULT_BROKER_SOCKET_BYTES,
    targetReceiveBufferBytes: DEFAULT_BROKER_SOCKET_BYTES,
};

const roundTrip = fc.oneof(fc.constant(0), fc.double({ min: 0.1, max: 300, noNaN: true }));

export const arbitraryWorkload: fc.Arbitrary<Workload> = fc.record({
    partitions: fc.integer({ min: 1, max: 10_000 }),
    recordBytes: fc.oneof(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 2000, max: 900_000 }),
    ),
    sourceRoundTripMs: roundTrip,
    targetRoundTripMs: roundTrip,
    linkMbitPerSecond: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
    compressionRatio: fc.constantFrom(1, 1.5, 4),
    tls: fc.boolean(),
    sourceBrokers: fc.integer({ min: 1, max: 60 }),
    targetBrokers: fc.integer({ min: 1, max: 60 }),
});

const socketBytes = fc.constantFrom(-1, 65_536, 102_400, 1_000_000);

export const arbitraryConfiguration: fc.Arbitrary<MirrorConfiguration> = fc.record({
    tasks: fc.integer({ min: 1, max: 500 }),
    cpus: fc.option(fc.double({ min: 0.25, max: 64, noNaN: true }), { nil: undefined }),
    producer: fc.record({
        batchBytes: fc.integer({ min: 1, max: 2_000_000 }),
        inFlight: fc.integer({ min: 1, max: 5 }),
        requestBytes: fc.integer({ min: 100_000, max: 20_000_000 }),
        bufferBytes: fc.integer({ min: 1_000_000, max: 500_000_000 }),
        sendBufferBytes: socketBytes,
        compresses: fc.boolean(),
    }),
    consumer: fc.record({
        partitionFetchBytes: fc.integer({ min: 100_000, max: 100_000_000 }),
        fetchBytes: fc.integer({ min: 100_000, max: 200_000_000 }),
        receiveBufferBytes: socketBytes,
        pollRecords: fc.integer({ min: 1, max: 20_000 }),
    }),
    exactlyOnce: fc.boolean(),
    sourceSendBufferBytes: socketBytes,
    targetReceiveBufferBytes: socketBytes,
});
