/** What a mirror carries, and over which network. Numbers are above 0 unless they say otherwise. */
export interface Workload {
    /** Partitions of the topics that are mirrored; records are spread evenly over them. */
    readonly partitions: number;
    /** Bytes of a record's key, value and headers, uncompressed. */
    readonly recordBytes: number;
    /** Milliseconds of the round trip between MM2 and the source's brokers; 0 or more. */
    readonly sourceRoundTripMs: number;
    /** The same to the target's brokers, next to which this stack runs MM2; 0 or more. */
    readonly targetRoundTripMs: number;
    /** Megabits per second that the mirror may take of the link to the source; no limit if absent. */
    readonly linkMbitPerSecond?: number | undefined;
    /** Uncompressed by compressed bytes of the records as the source has them; 1 without compression. */
    readonly compressionRatio: number;
    /** Whether connections are encrypted. */
    readonly tls: boolean;
    readonly sourceBrokers: number;
    readonly targetBrokers: number;
}

/** What of a mirror's configuration decides on its throughput. */
export interface MirrorConfiguration {
    readonly tasks: number;
    /** CPUs of all workers together; no limit if absent. */
    readonly cpus?: number | undefined;
    readonly producer: ProducerConfiguration;
    readonly consumer: ConsumerConfiguration;
    /** Whether Connect commits a transaction for each poll. */
    readonly exactlyOnce: boolean;
    /** `socket.send.buffer.bytes` of the source's brokers; -1 where Linux sizes it. */
    readonly sourceSendBufferBytes: number;
    /** `socket.receive.buffer.bytes` of the target's brokers; -1 where Linux sizes it. */
    readonly targetReceiveBufferBytes: number;
}

/** Kafka's names: batch.size, max.in.flight.requests.per.connection, max.request.size, ... */
export interface ProducerConfiguration {
    readonly batchBytes: number;
    readonly inFlight: number;
    readonly requestBytes: number;
    readonly bufferBytes: number;
    /** -1 where Linux sizes it. */
    readonly sendBufferBytes: number;
    /** Whether compression.type is another than none. */
    readonly compresses: boolean;
}

/** Kafka's names: max.partition.fetch.bytes, fetch.max.bytes, receive.buffer.bytes, max.poll.records. */
export interface ConsumerConfiguration {
    readonly partitionFetchBytes: number;
    readonly fetchBytes: number;
    /** -1 where Linux sizes it. */
    readonly receiveBufferBytes: number;
    readonly pollRecords: number;
}

/** Connect's and Kafka's defaults (4.3.1) of what decides on throughput. */
export const DEFAULT_PRODUCER: ProducerConfiguration = {
    batchBytes: 16_384,
    inFlight: 1,
    requestBytes: 2 ** 20,
    bufferBytes: 32 * 2 ** 20,
    sendBufferBytes: 128 * 2 ** 10,
    compresses: false,
};

export const DEFAULT_CONSUMER: ConsumerConfiguration = {
    partitionFetchBytes: 2 ** 20,
    fetchBytes: 50 * 2 ** 20,
    receiveBufferBytes: 64 * 2 ** 10,
    pollRecords: 500,
};

/** A broker's socket.send.buffer.bytes and socket.receive.buffer.bytes (Kafka 4.3.1). */
export const DEFAULT_BROKER_SOCKET_BYTES = 100 * 2 ** 10;
