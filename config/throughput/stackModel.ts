import { configNumber, nodesWithRole } from "../brokerConfig";
import { mirrorListener, targetListener } from "../listeners";
import { cpuInMillis } from "../quantity";
import type { KafkaConfig, Settings, Site, ThroughputSettings } from "../settingsSchema";
import { type Configured, effectiveConfig, producerConfig } from "./effectiveConfig";
import type { ProfileName } from "./profiles";
import {
    type ConsumerConfiguration,
    DEFAULT_BROKER_SOCKET_BYTES,
    DEFAULT_CONSUMER,
    DEFAULT_PRODUCER,
    type MirrorConfiguration,
    type ProducerConfiguration,
    type Workload,
} from "./workload";

/**
 * The producer's configuration that determines throughput: overrides, then profile, then defaults.
 */
export function producerOf(mirror: Configured): ProducerConfiguration {
    const config = producerConfig(mirror);
    const { batchBytes, inFlight, requestBytes, bufferBytes, sendBufferBytes } = DEFAULT_PRODUCER;
    return {
        batchBytes: positive(config, "batch.size") ?? batchBytes,
        inFlight: positive(config, "max.in.flight.requests.per.connection") ?? inFlight,
        requestBytes: positive(config, "max.request.size") ?? requestBytes,
        bufferBytes: positive(config, "buffer.memory") ?? bufferBytes,
        sendBufferBytes: socketBuffer(config, "send.buffer.bytes") ?? sendBufferBytes,
        compresses: (config["compression.type"] ?? "none") !== "none",
    };
}

/** The same for the consumer. */
export function consumerOf(mirror: Configured): ConsumerConfiguration {
    const config = effectiveConfig(mirror, "consumer");
    const { partitionFetchBytes, fetchBytes, receiveBufferBytes, pollRecords } = DEFAULT_CONSUMER;
    return {
        partitionFetchBytes: positive(config, "max.partition.fetch.bytes") ?? partitionFetchBytes,
        fetchBytes: positive(config, "fetch.max.bytes") ?? fetchBytes,
        receiveBufferBytes: socketBuffer(config, "receive.buffer.bytes") ?? receiveBufferBytes,
        pollRecords: positive(config, "max.poll.records") ?? pollRecords,
    };
}

/** A configuration with the producer and the consumer of a profile instead of its own. */
export function withProfile(
    configuration: MirrorConfiguration,
    profile: ProfileName,
): MirrorConfiguration {
    const mirror = {
        profile,
        producerOverrides: {},
        consumerOverrides: {},
        workerConfig: {},
        jvmFlags: {},
    };
    return { ...configuration, producer: producerOf(mirror), consumer: consumerOf(mirror) };
}

/** A stack's configuration as input of the model. CPUs are those that its workers may use. */
export function configurationOf({
    source,
    target,
    mirror,
}: Pick<Settings, "source" | "target" | "mirror">): MirrorConfiguration {
    const { requests, limits } = mirror.resources ?? DEFAULT_WORKER_CPUS;
    return {
        tasks: mirror.tasksMax,
        cpus: (mirror.replicas * cpuInMillis(limits.cpu ?? requests.cpu)) / 1000,
        producer: producerOf(mirror),
        consumer: consumerOf(mirror),
        exactlyOnce: mirror.exactlyOnceSourceSupport === "enabled",
        sourceSendBufferBytes: brokerSocketBytes(source, "socket.send.buffer.bytes"),
        targetReceiveBufferBytes: brokerSocketBytes(target, "socket.receive.buffer.bytes"),
    };
}

/** CPUs of a worker that the settings leave out. */
export const DEFAULT_WORKER_CPUS = { requests: { cpu: "500m" }, limits: { cpu: "2" } } as const;

/** The parts of a stack's sites that determine throughput. */
export function sitesOf({
    source,
    target,
    mirror,
}: Pick<Settings, "source" | "target" | "mirror">): Pick<
    Workload,
    "tls" | "sourceBrokers" | "targetBrokers"
> {
    const sourceTls = source.managed
        ? (mirrorListener(source, target, mirror)?.tls ?? true)
        : source.tls;
    const targetTls = target.managed ? (targetListener(target, mirror)?.tls ?? true) : target.tls;
    return {
        tls: sourceTls || targetTls,
        sourceBrokers: brokersOf(source),
        targetBrokers: brokersOf(target),
    };
}

/** The load that a stack's settings state. */
export function workloadOf(
    settings: Pick<Settings, "source" | "target" | "mirror">,
    throughput: ThroughputSettings,
): Workload {
    const { partitions, recordBytes, linkMbitPerSecond, compressionRatio } = throughput;
    return {
        ...sitesOf(settings),
        partitions,
        recordBytes,
        sourceRoundTripMs: throughput.roundTripMs,
        targetRoundTripMs: throughput.targetRoundTripMs,
        linkMbitPerSecond,
        compressionRatio,
    };
}

/** Records per second that a stack requires; its settings state one of the two rates. */
export function wishedRate(throughput: ThroughputSettings): number {
    const { recordsPerSecond, megabytesPerSecond = 0, recordBytes } = throughput;
    return recordsPerSecond ?? (megabytesPerSecond * 1e6) / recordBytes;
}

/** The number of brokers; of an unmanaged cluster, the number of bootstrap servers. */
export function brokersOf(site: Site): number {
    return site.managed
        ? Math.max(1, nodesWithRole(site, "broker"))
        : site.bootstrapServers.split(",").length;
}

function brokerSocketBytes(site: Site, name: string): number {
    return (
        (site.managed ? socketBuffer(site.config, name) : undefined) ?? DEFAULT_BROKER_SOCKET_BYTES
    );
}

/**
 * Kafka refuses values that are not positive when it starts; the model uses the default instead.
 */
function positive(config: KafkaConfig, name: string): number | undefined {
    const value = configNumber(config, name);
    return value !== undefined && value > 0 ? value : undefined;
}

function socketBuffer(config: KafkaConfig, name: string): number | undefined {
    return configNumber(config, name) === -1 ? -1 : positive(config, name);
}
