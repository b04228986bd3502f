import type { ProfileName } from "../../config/throughput/profiles";
import type { Cell } from "./result";

type Values = Readonly<Record<string, string | number | boolean>>;

/**
 * A configuration to compare: settings below `kafka-dr:mirror`, on top of the stack's other settings.
 */
export interface Configuration {
    readonly profile: ProfileName;
    readonly producerOverrides?: Values;
    readonly consumerOverrides?: Values;
    readonly jvmFlags?: Values;
    readonly exactlyOnce?: "enabled";
}

const IN_FLIGHT = {
    "max.in.flight.requests.per.connection": 5,
    "enable.idempotence": true,
};

/** Kafka's defaults of the settings that `wan` changes for the consumer. */
const KAFKA_FETCH = {
    "max.partition.fetch.bytes": 1_048_576,
    "fetch.max.bytes": 52_428_800,
    "receive.buffer.bytes": 65_536,
    "max.poll.records": 500,
};

export const CONFIGURATIONS = {
    defaults: { profile: "kafka" },
    tutorial: { profile: "tutorial" },
    "in-flight": { profile: "kafka", producerOverrides: IN_FLIGHT },
    "in-flight+tutorial": { profile: "tutorial", producerOverrides: IN_FLIGHT },
    lan: { profile: "lan" },
    wan: { profile: "wan" },
    "wan, 64 MiB buffer": {
        profile: "wan",
        producerOverrides: { "buffer.memory": 67_108_864 },
    },
    "wan, 320 KiB batches": { profile: "wan", producerOverrides: { "batch.size": 327_680 } },
    "wan, Kafka's fetch": { profile: "wan", consumerOverrides: KAFKA_FETCH },
    "wan, G1": { profile: "wan", jvmFlags: { UseParallelGC: false, UseG1GC: true } },
    "wan, default generations": {
        profile: "wan",
        jvmFlags: { NewRatio: 2, SurvivorRatio: 8 },
    },
    "wan, late GHASH": {
        profile: "wan",
        // A scaling of 1 is the default: it undoes the flag of the profile.
        jvmFlags: { CompileCommand: "CompileThresholdScaling,com.sun.crypto.provider.GHASH::*,1" },
    },
    "wan, lz4": { profile: "wan", producerOverrides: { "compression.type": "lz4" } },
    "wan, zstd": { profile: "wan", producerOverrides: { "compression.type": "zstd" } },
    "wan, exactly once, polls of 500": {
        profile: "wan",
        consumerOverrides: { "max.poll.records": 500 },
        exactlyOnce: "enabled",
    },
    "wan, exactly once, polls of 10,000": {
        profile: "wan",
        consumerOverrides: { "max.poll.records": 10_000 },
        exactlyOnce: "enabled",
    },
} as const satisfies Record<string, Configuration>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;

/** @throws {Error} for an unknown name, which a result file of another commit may contain */
export function configurationOf({ configuration: name }: Pick<Cell, "configuration">) {
    const found = (CONFIGURATIONS as Readonly<Record<string, Configuration>>)[name];
    if (found === undefined) {
        throw new Error(`unknown configuration ${name}`);
    }
    return found;
}

/** The settings of a configuration that the throughput model takes. */
export function mirrorOf({
    profile,
    producerOverrides = {},
    consumerOverrides = {},
    jvmFlags = {},
}: Configuration) {
    return { profile, producerOverrides, consumerOverrides, jvmFlags, workerConfig: {} };
}

/** All settings of a configuration, so that none of the previous one stays. */
export function mirrorSettings(configuration: Configuration) {
    const { profile, producerOverrides, consumerOverrides, jvmFlags } = mirrorOf(configuration);
    return {
        "kafka-dr:mirror.profile": profile,
        "kafka-dr:mirror.producerOverrides": producerOverrides,
        "kafka-dr:mirror.consumerOverrides": consumerOverrides,
        "kafka-dr:mirror.jvmFlags": jvmFlags,
        "kafka-dr:mirror.exactlyOnceSourceSupport": configuration.exactlyOnce,
    };
}
