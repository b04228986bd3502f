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

/** What of a stack's settings a size decides, as its file has them. */
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
    /** Of the source's brokers; empty where Kafka's defaults do. */
    readonly sourceConfig: KafkaConfig;
    /** Of the target's brokers. */
    readonly targetConfig: KafkaConfig;
}

/**
 * The settings of a size. Every value that differs from Kafka's default stands there by its name,
 * over the profile `kafka`, so that they mean the same when a profile changes.
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
 * The flags of the profile `wan`, with which the figures of more than one request in flight were
 * measured; below that Kafka's own do.
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

/** `2750m`, or `2` for whole ones; never less than a thousandth. */
function cpuText(cpus: number): string {
    const millis = Math.max(1, Math.floor(cpus * 1000));
    return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}
