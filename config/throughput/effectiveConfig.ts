import type { KafkaConfig, MirrorSettings } from "../settingsSchema";
import { PROFILES, valuesOf } from "./profiles";

/** The parts of MM2's configuration that a profile and the settings share. */
export type ConfigPart = "producer" | "consumer" | "worker" | "jvm";

/** The setting that overrides each part of the profile, key by key. */
export const OVERRIDES = {
    producer: "producerOverrides",
    consumer: "consumerOverrides",
    worker: "workerConfig",
    jvm: "jvmFlags",
} as const;

/** The settings that determine the configuration of MM2's clients. */
export type Configured = Pick<MirrorSettings, "profile" | (typeof OVERRIDES)[ConfigPart]>;

/**
 * MM2's configuration apart from Kafka's and Connect's defaults: the profile, overridden by the
 * stack's values. Rules, builders and the throughput model use this, not only the overrides.
 */
export function effectiveConfig(mirror: Configured, part: ConfigPart): KafkaConfig {
    return { ...valuesOf(PROFILES[mirror.profile][part]), ...mirror[OVERRIDES[part]] };
}

/** Prefix under which the workers' configuration reaches the producer of every source connector. */
const WORKER_PRODUCER = "producer.";

/**
 * The producer's configuration as Connect combines it: the producer settings of the worker,
 * overridden by those of the connector (`Worker.baseProducerConfigs`, Kafka 4.3.1). MM2 creates
 * its consumer itself and takes nothing from the worker.
 */
export function producerConfig(mirror: Configured): KafkaConfig {
    const ofWorkers = Object.entries(effectiveConfig(mirror, "worker"))
        .filter(([name]) => name.startsWith(WORKER_PRODUCER))
        .map(([name, value]) => [name.slice(WORKER_PRODUCER.length), value] as const);
    return { ...Object.fromEntries(ofWorkers), ...effectiveConfig(mirror, "producer") };
}

/** The setting that a Kafka configuration value comes from, for a message about it. */
export interface Origin {
    /** The config key: of the override, or `kafka-dr:mirror.profile`. */
    readonly key: string;
    /** The value at the key: the override's value, or the profile's name. */
    readonly value: unknown;
    /**
     * Turns a message about the Kafka name ("must be 1") into one about the key, for a profile
     * `sets max.in.flight.requests.per.connection to 5, which must be 1`.
     */
    readonly says: (message: string) => string;
}

/**
 * Determines whether a value of the producer or consumer comes from the stack or the profile.
 */
export function originOf(mirror: Configured, part: "producer" | "consumer", name: string): Origin {
    const own = override(mirror, part, name);
    const fromProfile = PROFILES[mirror.profile][part][name];
    if (own === undefined && fromProfile !== undefined) {
        return {
            key: "kafka-dr:mirror.profile",
            value: mirror.profile,
            says: (message) => `sets ${name} to ${String(fromProfile.value)}, which ${message}`,
        };
    }
    const ofWorkers = override(mirror, "worker", `${WORKER_PRODUCER}${name}`);
    return {
        ...(own ?? (part === "producer" ? ofWorkers : undefined) ?? place(mirror, part, name)),
        says: (message) => message,
    };
}

function override(mirror: Configured, part: ConfigPart, name: string) {
    return Object.hasOwn(mirror[OVERRIDES[part]], name) ? place(mirror, part, name) : undefined;
}

function place(mirror: Configured, part: ConfigPart, name: string) {
    return {
        key: `kafka-dr:mirror.${OVERRIDES[part]}${pathEntry(name)}`,
        value: mirror[OVERRIDES[part]][name],
    };
}

/** `.acks` or `["batch.size"]`: a key in the notation of `pulumi config set --path`. */
function pathEntry(name: string): string {
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
