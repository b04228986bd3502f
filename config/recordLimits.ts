import { configNumber } from "./brokerConfig";
import { UntranslatablePatternError } from "./javaPattern";
import { mirrorNaming, topicMirroring } from "./mirroredTopics";
import type { KafkaConfig, Settings, Site, TopicSettings } from "./settingsSchema";
import { producerConfig } from "./throughput/effectiveConfig";

/*
 * What brokers and clients accept of a record: its size and its timestamp. A record that the source
 * accepts and the mirror or the target does not stops the task that copies it, and with it all other
 * partitions of the task.
 *
 * The sizes to which a consumer and a follower fetch (fetch.max.bytes, max.partition.fetch.bytes,
 * replica.fetch.max.bytes) are no limits: a broker sends a first batch that is larger (KIP-74).
 */

/** Kafka's defaults (4.3.1), in bytes and milliseconds. */
export const RECORD_LIMIT_DEFAULTS = {
    /** Of brokers and topics: a batch as it is on the wire, compressed or not. */
    "message.max.bytes": 1_048_588,
    /** Of the producer: one record before compression. */
    "max.request.size": 1_048_576,
    "buffer.memory": 33_554_432,
    /** Of brokers: a whole request. */
    "socket.request.max.bytes": 104_857_600,
    /** How far a timestamp may be in the future; unlimited before Kafka 4.0. */
    "log.message.timestamp.after.max.ms": 3_600_000,
} as const;

/** No limit of a timestamp; as a text, because a number of JavaScript cannot hold it. */
const UNLIMITED_MS = "9223372036854775807";

/** A limit that is at least as high as Java's largest long is none. */
export function isUnlimited(milliseconds: number): boolean {
    return milliseconds >= Number(UNLIMITED_MS);
}

/**
 * The size for which the producer takes a record is up to this much larger than the smallest batch
 * that holds it: it does not know the lengths of the batch's numbers yet.
 */
const ESTIMATE_BYTES = 64;

/** The least max.request.size of a producer that may send a batch of a size, in whole KiB. */
export function requestSizeFor(batchBytes: number): number {
    return Math.ceil((batchBytes + ESTIMATE_BYTES) / 1024) * 1024;
}

type LimitSettings = Pick<Settings, "source" | "target" | "mirror" | "topics">;

/** `message.max.bytes` of a site's brokers; undefined where this stack does not set it. */
export function brokerMessageBytes(site: Site): number | undefined {
    return site.managed
        ? (configNumber(site.config, "message.max.bytes") ??
              RECORD_LIMIT_DEFAULTS["message.max.bytes"])
        : undefined;
}

/**
 * How far in the future a timestamp may be at a site's brokers; undefined where this stack does not set
 * it.
 */
export function brokerFutureMs(site: Site): number | undefined {
    const name = "log.message.timestamp.after.max.ms";
    return site.managed
        ? (configNumber(site.config, name) ?? RECORD_LIMIT_DEFAULTS[name])
        : undefined;
}

/** Declared topics that are mirrored, with their positions in the settings. */
export function mirroredTopics(
    settings: LimitSettings,
): (TopicSettings & { readonly index: number })[] {
    const isMirrored = mirroredOrUnknown(settings);
    return settings.topics
        .map((topic, index) => ({ ...topic, index }))
        .filter(({ name }) => isMirrored(name));
}

function mirroredOrUnknown(settings: LimitSettings): (topic: string) => boolean {
    try {
        const mirroringOf = topicMirroring(mirrorNaming(settings));
        return (topic) => mirroringOf(topic).isMirrored;
    } catch (error) {
        if (error instanceof UntranslatablePatternError) {
            return () => true; // only Java can tell
        }
        throw error;
    }
}

/** The largest batch that a declared topic or a cluster of the pair accepts, in bytes. */
export function acceptedBytes(settings: LimitSettings): number {
    const { source, target } = settings;
    const topics = mirroredTopics(settings).map(({ config }) =>
        configNumber(config, "max.message.bytes"),
    );
    const sizes = [...topics, brokerMessageBytes(source), brokerMessageBytes(target)];
    return Math.max(
        RECORD_LIMIT_DEFAULTS["message.max.bytes"],
        ...sizes.flatMap((size) => size ?? []),
    );
}

/** The largest record, before compression, that the settings lead to expect, in bytes. */
export function expectedRecordBytes(settings: LimitSettings): number {
    return Math.max(acceptedBytes(settings), settings.mirror.throughput?.recordBytes ?? 0);
}

/**
 * The settings with what they leave open about the size and the time of records: the producer and the
 * brokers of the other site accept what one site accepts. A value of the stack file stays, and the rules
 * compare it. It is the same for both directions, so that a failback needs no other configuration.
 */
export function withRecordLimits<T extends Partial<Settings>>(settings: T): T {
    const { source, target, mirror, topics } = settings;
    if (!source || !target || !mirror || !topics) {
        return settings; // an error is reported in any case
    }
    const all = { source, target, mirror, topics };
    return {
        ...settings,
        source: withBrokerLimits(source, target),
        target: withBrokerLimits(target, source),
        mirror: {
            ...mirror,
            producerOverrides: { ...producerLimits(all), ...mirror.producerOverrides },
        },
    };
}

function withBrokerLimits<T extends Site>(site: T, other: Site): T {
    if (!site.managed) {
        return site;
    }
    const bytes = brokerMessageBytes(other) ?? 0;
    // Brokers before Kafka 4.0 have no limit.
    const future = brokerFutureMs(other) ?? Infinity;
    const config: KafkaConfig = {
        ...(bytes > (brokerMessageBytes(site) ?? 0) && { "message.max.bytes": bytes }),
        ...(future > (brokerFutureMs(site) ?? 0) && {
            "log.message.timestamp.after.max.ms": isUnlimited(future) ? UNLIMITED_MS : future,
        }),
        ...site.config,
    };
    return { ...site, config };
}

/** What the producer needs beyond the profile and the workers' configuration. */
function producerLimits(settings: LimitSettings): KafkaConfig {
    const { mirror } = settings;
    const config = producerConfig(mirror);
    const given = (name: "max.request.size" | "buffer.memory") =>
        configNumber(config, name) ?? RECORD_LIMIT_DEFAULTS[name];
    const request = Math.max(
        requestSizeFor(expectedRecordBytes(settings)),
        given("max.request.size"),
    );
    const codec = config["compression.type"] === undefined ? declaredCodec(settings) : undefined;
    const isOfWorkers = (name: string) => mirror.workerConfig[`producer.${name}`] !== undefined;
    return {
        ...(request > given("max.request.size") &&
            !isOfWorkers("max.request.size") && { "max.request.size": request }),
        // A record must fit into the buffer.
        ...(request > given("buffer.memory") &&
            !isOfWorkers("buffer.memory") && { "buffer.memory": request }),
        ...(codec !== undefined && { "compression.type": codec }),
    };
}

/** Kafka's codecs, those that compress most first. */
const CODECS = ["zstd", "gzip", "lz4", "snappy"];

/**
 * The codec of the declared topics' `compression.type`. Their brokers compress every batch, so that a
 * record that they accept may exceed the limit of the same topic at the target until it is compressed.
 */
function declaredCodec(settings: LimitSettings): string | undefined {
    const declared = mirroredTopics(settings).map(({ config }) => config["compression.type"]);
    return CODECS.find((codec) => declared.includes(codec));
}
