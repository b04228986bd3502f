/** The load of a mirror and its network. Numbers are greater than 0 unless stated otherwise. */
export interface Workload {
    /** Partitions of the topics that are mirrored; records are spread evenly over them. */
    readonly partitions: number;
    /** Bytes of a record's key, value and headers, uncompressed. */
    readonly recordBytes: number;
    /** Milliseconds of the round trip between MM2 and the source's brokers; 0 or more. */
    readonly sourceRoundTripMs: number;
    /** Milliseconds of the round trip between MM2 and the target's brokers; 0 or more. */
    readonly targetRoundTripMs: number;
    /**
     * Megabits per second of the link to the source that the mirror may use; unlimited if absent.
     */
    readonly linkMbitPerSecond?: number | undefined;
    /**
     * Uncompressed size of the source's records divided by their compressed size; 1 without
     * compression.
     */
    readonly compressionRatio: number;
    /** Whether connections are encrypted. */
    readonly tls: boolean;
    readonly sourceBrokers: number;
    readonly targetBrokers: number;
}

/** The configuration of a mirror that determines its throughput. */
export interface MirrorConfiguration {
    readonly tasks: number;
    /** CPUs of all workers together; unlimited if absent. */
    readonly cpus?: number | undefined;
    readonly producer: ProducerConfiguration;
    readonly consumer: ConsumerConfiguration;
    /** Whether Connect commits a transaction for each poll. */
    readonly exactlyOnce: boolean;
    /** `socket.send.buffer.bytes` of the source's brokers; -1 if Linux sizes it. */
    readonly sourceSendBufferBytes: number;
    /** `socket.receive.buffer.bytes` of the target's brokers; -1 if Linux sizes it. */
    readonly targetReceiveBufferBytes: number;
}

/** Kafka's names: batch.size, max.in.flight.requests.per.connection, max.request.size, ... */
export interface ProducerConfiguration {
    readonly batchBytes: number;
    readonly inFlight: number;
    readonly requestBytes: number;
    readonly bufferBytes: number;
    /** -1 if Linux sizes it. */
    readonly sendBufferBytes: number;
    /** Whether compression.type is other than none. */
    readonly compresses: boolean;
}

/**
 * Kafka's names: max.partition.fetch.bytes, fetch.max.bytes, receive.buffer.bytes,
 * max.poll.records.
 */
export interface ConsumerConfiguration {
    readonly partitionFetchBytes: number;
    readonly fetchBytes: number;
    /** -1 if Linux sizes it. */
    readonly receiveBufferBytes: number;
    readonly pollRecords: number;
}

/** Connect's and Kafka's defaults (4.3.1). */
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
