import type { KafkaConfig } from "../fields";

/** The profiles of throughput, in the order of the documentation. */
export const PROFILE_NAMES = ["kafka", "tutorial", "lan", "wan"] as const;

export type ProfileName = (typeof PROFILE_NAMES)[number];

/** One value that a profile sets, and the reason that the documentation gives for it. */
export interface ProfileValue {
    readonly value: string | number | boolean;
    /** Half a sentence: what the value does, and the figure behind it. */
    readonly why: string;
}

type ProfileConfig = Readonly<Record<string, ProfileValue>>;

/** What a profile sets, by plain Kafka names. */
export interface Profile {
    /** For which mirror it is meant. */
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
        why: "Connect's 1 makes every partition wait a round trip for each batch; 5 is the most with which Kafka keeps the order",
    },
    "enable.idempotence": {
        value: true,
        why: "keeps the order of records with more than one request in flight; Connect's default is false",
    },
};

const SMALL_BUFFER: ProfileConfig = {
    "buffer.memory": {
        value: 8388608,
        why: "the profile wan's five batches in flight and one that fills for two partitions a task, and 80 MB/s a task even at 100 ms; Kafka's 32 MiB hold 300,000 records of 100 bytes, for each of which Connect keeps most of a kilobyte",
    },
};

const MORE_RECORDS_A_POLL: ProfileConfig = {
    "max.poll.records": {
        value: 2000,
        why: "fewer rounds of poll and send for small records; with exactlyOnceSourceSupport a poll is a transaction, so it bounds the rate of a task",
    },
};

/** With any flag of its own a pod loses those of Kafka's scripts, so the collector is always named. */
const WORKER_JVM: ProfileConfig = {
    UseParallelGC: {
        value: true,
        why: "with these generations as fast as G1, in 0.2 to 0.3 GiB less; its pauses are longer, 14 instead of 8 % of the time at 100 ms, but a worker has no reader who waits for it",
    },
    NewRatio: {
        value: 1,
        why: "half of the heap for young objects, a third by default: records that wait a round trip for their acknowledgement die there",
    },
    SurvivorRatio: {
        value: 3,
        why: "two fifths of that for survivors, a fifth by default, so that waiting records are not promoted: with the JVM's own generations a mirror at 100 ms paused for 25 % of the time instead of 14, in 2.1 GiB instead of 1.2",
    },
    CompileCommand: {
        value: "CompileThresholdScaling,com.sun.crypto.provider.GHASH::*,0.01",
        why: "TLS: until the JIT has compiled it, the checksum of AES-GCM may take most of a new worker's CPU; this has it compiled after a hundredth of the calls, which took 15 % less CPU on a busy machine and changed nothing on an idle one",
    },
};

/**
 * What each profile sets. The one place to change a value: docs/reference/settings.md and
 * tests/golden/profiles.md are generated from it, the rules and the model read it.
 */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
    kafka: {
        summary:
            "Kafka's own settings, with Connect's: one request in flight, batches of 16 KiB. Enough for a few MB/s without delay between the sites.",
        producer: {},
        consumer: {},
        worker: {},
        jvm: {},
    },
    tutorial: {
        summary:
            "Larger batches and nothing else, as the Strimzi walk-through has it: to compare with.",
        producer: {
            "batch.size": {
                value: 327680,
                why: "twenty times Kafka's default: more bytes for each round trip to the target",
            },
        },
        consumer: {},
        worker: {},
        jvm: {},
    },
    lan: {
        summary:
            "Source, MM2 and target within a few milliseconds: more requests in flight before larger batches, which gain little there and lose with TLS.",
        producer: {
            ...IN_FLIGHT,
            "batch.size": {
                value: 131072,
                why: "eight times Kafka's default: an eighth of the requests, and no batch that is long on its way",
            },
            ...SMALL_BUFFER,
        },
        consumer: MORE_RECORDS_A_POLL,
        worker: {},
        jvm: WORKER_JVM,
    },
    wan: {
        summary:
            "Tens of milliseconds or more between MM2 and one of the sites: as many bytes on the way as the round trip takes.",
        producer: {
            ...IN_FLIGHT,
            "batch.size": {
                value: 655360,
                why: "five of them on their way are 33 MB/s a partition at 100 ms; 16 KiB end at 0.8, the tutorial's 320 KiB at 16; much larger ones would not fit into the 1 MiB that a target takes by default",
            },
            ...SMALL_BUFFER,
            "max.request.size": {
                value: 2097152,
                why: "a request carries a batch of each partition of a broker: three of these instead of one",
            },
            "send.buffer.bytes": {
                value: -1,
                why: "lets Linux grow the TCP window; Kafka's fixed 128 KiB end at 2.6 MB/s a connection at 50 ms",
            },
        },
        consumer: {
            "max.partition.fetch.bytes": {
                value: 8388608,
                why: "a partition is fetched again only when it is drained: 1 MiB a round trip ends at 21 MB/s at 50 ms",
            },
            "fetch.max.bytes": {
                value: 67108864,
                why: "eight partitions of that size in one answer of a broker",
            },
            "receive.buffer.bytes": {
                value: -1,
                why: "lets Linux grow the TCP window; Kafka's fixed 64 KiB end at 1.3 MB/s a connection at 50 ms",
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
