import type { KafkaConfig } from "../settingsSchema";
import { heapText, memoryText } from "./memory";
import { PROFILES, valuesOf } from "./profiles";
import type { Size } from "./size";
import {
    type ConsumerConfiguration,
    DEFAULT_BROKER_SOCKET_BYTES,
    DEFAULT_CONSUMER,
    DEFAULT_PRODUCER,
    type ProducerConfiguration,
} from "./workload";

/** The settings of a stack that a size determines, as in the stack file. */
export interface SizedSettings {
    readonly mirror: {
        readonly replicas: number;
        readonly tasksMax: number;
        readonly profile: "kafka";
        readonly producerOverrides: KafkaConfig;
        readonly consumerOverrides: KafkaConfig;
        readonly jvmFlags: KafkaConfig;
        readonly jvmHeap: string;
        readonly resources: {
            readonly requests: { readonly cpu: string; readonly memory: string };
            readonly limits: { readonly cpu: string; readonly memory: string };
        };
    };
    /** Of the source's brokers; empty if Kafka's defaults are enough. */
    readonly sourceConfig: KafkaConfig;
    /** Of the target's brokers. */
    readonly targetConfig: KafkaConfig;
}

/**
 * The settings of a size. Every value that differs from Kafka's default is an override of the
 * profile `kafka`, so that a change of another profile does not affect them.
 */
export function sizedSettings(size: Size): SizedSettings {
    const { configuration, workers, cpusPerWorker, heap, memoryBytes } = size;
    const cpu = cpuText(cpusPerWorker);
    const memory = memoryText(memoryBytes);
    return {
        mirror: {
            replicas: workers,
            tasksMax: configuration.tasks,
            profile: "kafka",
            producerOverrides: producerOverrides(configuration.producer),
            consumerOverrides: consumerOverrides(configuration.consumer),
            jvmFlags: jvmFlags(configuration.producer),
            jvmHeap: heapText(heap.heapBytes),
            resources: { requests: { cpu, memory }, limits: { cpu, memory } },
        },
        sourceConfig: socketConfig("socket.send.buffer.bytes", configuration.sourceSendBufferBytes),
        targetConfig: socketConfig(
            "socket.receive.buffer.bytes",
            configuration.targetReceiveBufferBytes,
        ),
    };
}

function producerOverrides(producer: ProducerConfiguration): KafkaConfig {
    const { batchBytes, inFlight, requestBytes, bufferBytes, sendBufferBytes } = producer;
    return {
        ...(inFlight !== DEFAULT_PRODUCER.inFlight && {
            "max.in.flight.requests.per.connection": inFlight,
            "enable.idempotence": true,
        }),
        ...other("batch.size", batchBytes, DEFAULT_PRODUCER.batchBytes),
        ...other("max.request.size", requestBytes, DEFAULT_PRODUCER.requestBytes),
        ...other("buffer.memory", bufferBytes, DEFAULT_PRODUCER.bufferBytes),
        ...other("send.buffer.bytes", sendBufferBytes, DEFAULT_PRODUCER.sendBufferBytes),
    };
}

function consumerOverrides(consumer: ConsumerConfiguration): KafkaConfig {
    const { partitionFetchBytes, fetchBytes, receiveBufferBytes, pollRecords } = consumer;
    return {
        ...other(
            "max.partition.fetch.bytes",
            partitionFetchBytes,
            DEFAULT_CONSUMER.partitionFetchBytes,
        ),
        ...other("fetch.max.bytes", fetchBytes, DEFAULT_CONSUMER.fetchBytes),
        ...other("receive.buffer.bytes", receiveBufferBytes, DEFAULT_CONSUMER.receiveBufferBytes),
        ...other("max.poll.records", pollRecords, DEFAULT_CONSUMER.pollRecords),
    };
}

/**
 * The flags of the profile `wan`, with which the figures for more than one request in flight were
 * measured; with one request Kafka's own flags are enough.
 */
function jvmFlags({ inFlight }: ProducerConfiguration): KafkaConfig {
    return inFlight === DEFAULT_PRODUCER.inFlight ? {} : valuesOf(PROFILES.wan.jvm);
}

function socketConfig(name: string, bytes: number): KafkaConfig {
    return other(name, bytes, DEFAULT_BROKER_SOCKET_BYTES);
}

function other(name: string, value: number, byDefault: number): KafkaConfig {
    return value === byDefault ? {} : { [name]: value };
}

/** `2750m`, or `2` for whole CPUs; at least a thousandth. */
function cpuText(cpus: number): string {
    const millis = Math.max(1, Math.floor(cpus * 1000));
    return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}
