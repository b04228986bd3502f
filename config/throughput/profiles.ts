import type { KafkaConfig } from "../fields";

/** The throughput profiles, in the order of the documentation. */
export const PROFILE_NAMES = ["kafka", "tutorial", "lan", "wan"] as const;

export type ProfileName = (typeof PROFILE_NAMES)[number];

/** One value of a profile, and the reason for it in the documentation. */
export interface ProfileValue {
    readonly value: string | number | boolean;
    /** A clause: the effect of the value, and the measurement behind it. */
    readonly why: string;
}

type ProfileConfig = Readonly<Record<string, ProfileValue>>;

/** The values of a profile, by plain Kafka names. */
export interface Profile {
    /** The kind of mirror that it is for. */
    readonly summary: string;
    /** Of the producer that writes mirrored records (`producer.override.*`). */
    readonly producer: ProfileConfig;
    /** Of the consumer that reads the source (`consumer.*`). */
    readonly consumer: ProfileConfig;
    /** Of the Connect workers. */
    readonly worker: ProfileConfig;
    /** `-XX` flags of the workers' JVM, by their names. */
    readonly jvm: ProfileConfig;
}

const IN_FLIGHT: ProfileConfig = {
    "max.in.flight.requests.per.connection": {
        value: 5,
        why: "with Connect's default of 1 every partition waits a round trip for each batch; 5 is the maximum with which Kafka keeps the order",
    },
    "enable.idempotence": {
        value: true,
        why: "keeps the order of records with more than one request in flight; Connect's default is false",
    },
};

const SMALL_BUFFER: ProfileConfig = {
    "buffer.memory": {
        value: 8388608,
        why: "enough for five batches in flight and one that fills, of two partitions per task with the profile wan, and for 80 MB/s per task even at 100 ms; Kafka's 32 MiB hold 300,000 records of 100 bytes, and Connect keeps almost a kilobyte for each",
    },
};

const MORE_RECORDS_A_POLL: ProfileConfig = {
    "max.poll.records": {
        value: 2000,
        why: "fewer rounds of poll and send for small records; with exactlyOnceSourceSupport each poll is a transaction, so this limits the rate of a task",
    },
};

/** Any flag replaces those of Kafka's scripts, so the garbage collector must be one of them. */
const WORKER_JVM: ProfileConfig = {
    UseParallelGC: {
        value: true,
        why: "as fast as G1 with these generations, with 0.2 to 0.3 GiB less memory; its pauses are longer, 14 % of the time instead of 8 % at 100 ms, but no client waits for a worker's response",
    },
    NewRatio: {
        value: 1,
        why: "half of the heap for the young generation instead of a third: records that wait a round trip for their acknowledgement are collected there",
    },
    SurvivorRatio: {
        value: 3,
        why: "two fifths of the young generation for survivors instead of a fifth, so that waiting records are not promoted: with the JVM's default generations a mirror at 100 ms paused for 25 % of the time instead of 14 %, with 2.1 GiB instead of 1.2",
    },
    CompileCommand: {
        value: "CompileThresholdScaling,com.sun.crypto.provider.GHASH::*,0.01",
        why: "for TLS: before the JIT compiles it, the checksum of AES-GCM can take most of a new worker's CPU; this compiles it after a hundredth of the calls, which saved 15 % CPU on a busy machine and changed nothing on an idle one",
    },
};

/**
 * The values of each profile. This is the one place to change a value: docs/reference/settings.md
 * and tests/golden/profiles.md are generated from it, and the rules and the model read it.
 */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
    kafka: {
        summary:
            "The defaults of Kafka and Connect: one request in flight, batches of 16 KiB. Enough for a few MB/s with little delay between the sites.",
        producer: {},
        consumer: {},
        worker: {},
        jvm: {},
    },
    tutorial: {
        summary: "Larger batches only, as in the Strimzi walkthrough, for comparison.",
        producer: {
            "batch.size": {
                value: 327680,
                why: "twenty times Kafka's default: more bytes per round trip to the target",
            },
        },
        consumer: {},
        worker: {},
        jvm: {},
    },
    lan: {
        summary:
            "Source, MM2 and target within a few milliseconds: more requests in flight rather than larger batches, which gain little there and cost throughput with TLS.",
        producer: {
            ...IN_FLIGHT,
            "batch.size": {
                value: 131072,
                why: "eight times Kafka's default: an eighth of the requests, and no batch takes long to send",
            },
            ...SMALL_BUFFER,
        },
        consumer: MORE_RECORDS_A_POLL,
        worker: {},
        jvm: WORKER_JVM,
    },
    wan: {
        summary:
            "Tens of milliseconds or more between MM2 and one of the sites: enough bytes in flight to fill the round trip.",
        producer: {
            ...IN_FLIGHT,
            "batch.size": {
                value: 655360,
                why: "five in flight allow 33 MB/s per partition at 100 ms; 16 KiB allow 0.8 and the tutorial's 320 KiB 16; much larger batches exceed the 1 MiB that a target accepts by default",
            },
            ...SMALL_BUFFER,
            "max.request.size": {
                value: 2097152,
                why: "a request holds one batch of each partition of a broker: three such batches instead of one",
            },
            "send.buffer.bytes": {
                value: -1,
                why: "lets Linux grow the TCP window; Kafka's fixed 128 KiB allow 2.6 MB/s per connection at 50 ms",
            },
        },
        consumer: {
            "max.partition.fetch.bytes": {
                value: 8388608,
                why: "the consumer fetches a partition again only after draining it: 1 MiB per round trip allows 21 MB/s at 50 ms",
            },
            "fetch.max.bytes": {
                value: 67108864,
                why: "eight partitions of that size in one response of a broker",
            },
            "receive.buffer.bytes": {
                value: -1,
                why: "lets Linux grow the TCP window; Kafka's fixed 64 KiB allow 1.3 MB/s per connection at 50 ms",
            },
            ...MORE_RECORDS_A_POLL,
        },
        worker: {},
        jvm: WORKER_JVM,
    },
};

/** The values of a part of a profile, without the reasons. */
export function valuesOf(config: ProfileConfig): KafkaConfig {
    return Object.fromEntries(Object.entries(config).map(([name, { value }]) => [name, value]));
}
