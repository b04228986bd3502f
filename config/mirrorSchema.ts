import { z } from "zod";
import {
    bootstrapServers,
    containerResources,
    heapSize,
    integer,
    jvmFlags,
    kafkaConfig,
    mirrorName,
    singleLine,
} from "./fields";
import { patternProblem } from "./javaPattern";
import { PROFILE_NAMES } from "./throughput/profiles";

/** A number above or from a least one on, with a message that says the unit. */
function number(least: "above 0" | "at least 0" | "at least 1", unit: string) {
    const error = `must be a number of ${least}${unit === "" ? "" : ` ${unit}`}`;
    const value = z.number({ error });
    return least === "above 0"
        ? value.positive({ error })
        : value.min(least === "at least 0" ? 0 : 1, { error });
}

/** What a stack needs of its mirror: the input of the model of throughput. */
export const throughputSchema = z
    .strictObject({
        recordsPerSecond: number("above 0", "records/s")
            .optional()
            .describe("Records per second at the busiest time. This or `megabytesPerSecond`."),
        megabytesPerSecond: number("above 0", "MB/s")
            .optional()
            .describe("The same in megabytes (10^6 bytes) of keys, values and headers."),
        recordBytes: integer(1, "byte").describe(
            "Bytes of key, value and headers of a record, uncompressed; the average.",
        ),
        partitions: integer(1, "partition").describe(
            "Partitions of all topics that are mirrored, those of other stacks too.",
        ),
        roundTripMs: number("at least 0", "ms")
            .default(0)
            .describe("Round trip between MM2, which runs next to the target, and the source."),
        targetRoundTripMs: number("at least 0", "ms")
            .default(0)
            .describe("Round trip between MM2 and the target's brokers, where they are elsewhere."),
        linkMbitPerSecond: number("above 0", "Mbit/s")
            .optional()
            .describe("What the mirror may take of the link to the source; no limit if absent."),
        compressionRatio: number("at least 1", "")
            .default(1)
            .describe("Uncompressed by compressed bytes of the records at the source."),
    })
    .superRefine(({ recordsPerSecond, megabytesPerSecond }, context) => {
        if ((recordsPerSecond === undefined) === (megabytesPerSecond === undefined)) {
            context.addIssue({
                code: "custom",
                message: "must have either recordsPerSecond or megabytesPerSecond",
                params: { rule: "throughput-rate" },
            });
        }
    });

/**
 * Kafka's own defaults of MirrorSourceConnector and MirrorCheckpointConnector (4.3.1). A pattern
 * given to Strimzi replaces them, so they are always restated.
 */
export const DEFAULT_TOPICS_EXCLUDE = ".*[\\-\\.]internal, .*\\.replica, __.*";
export const DEFAULT_GROUPS_EXCLUDE = "console-consumer-.*, connect-.*, __.*";

function pattern() {
    return singleLine().superRefine((value, context) => {
        const problem = patternProblem(value);
        if (problem !== undefined) {
            context.addIssue({
                code: "custom",
                message: problem,
                params: { rule: "invalid-pattern" },
            });
        }
    });
}

const seconds = () => integer(1, "second");

export const mirrorSchema = z.strictObject({
    name: mirrorName().describe("Name of the KafkaMirrorMaker2; also of its group and topics."),
    epoch: integer(1)
        .default(1)
        .describe(
            "Counts the lives of the mirror; part of the names of its group and internal topics from 2 on. It grows by one with the change to the phase `resuming`, never otherwise.",
        ),
    replicas: integer(0, "workers").default(1).describe("Connect workers; 0 stops the mirror."),
    tasksMax: integer(1, "task")
        .default(4)
        .describe("Tasks of the source connector; more than there are partitions stay idle."),
    sourceListener: z
        .string()
        .optional()
        .describe(
            "Listener of the source that MM2 connects to. If absent: with one context the first internal one, with two the first that is exposed, TLS preferred.",
        ),
    sourceBootstrapServers: bootstrapServers()
        .optional()
        .describe("Addresses of the source as MM2 reaches it, instead of what its listener says."),
    targetListener: z
        .string()
        .optional()
        .describe(
            "Listener of the target that MM2 connects to. If absent: the one of applications there, the first internal one with TLS and scram-sha-512.",
        ),
    failback: z
        .strictObject({
            targetListener: z
                .string()
                .optional()
                .describe(
                    "Listener of the target that the mirror back to the source connects to; if absent, chosen like `sourceListener`.",
                ),
            targetBootstrapServers: bootstrapServers()
                .optional()
                .describe("Addresses of the target as that mirror reaches it."),
            sourceListener: z
                .string()
                .optional()
                .describe(
                    "Listener of the source that it connects to; if absent, chosen like `targetListener`.",
                ),
        })
        .prefault({})
        .describe("How the mirror back to a rebuilt source reaches both clusters."),
    topicsPattern: pattern()
        .default(".*")
        .describe("Topics to mirror: Java regular expressions, separated by commas."),
    topicsExcludePattern: pattern()
        .default(DEFAULT_TOPICS_EXCLUDE)
        .describe("Topics never to mirror; replaces the default, which Kafka's internals need."),
    groupsPattern: pattern()
        .default(".*")
        .describe("Consumer groups whose offsets are translated to the target."),
    groupsExcludePattern: pattern()
        .default(DEFAULT_GROUPS_EXCLUDE)
        .describe("Consumer groups to leave out; replaces the default."),
    replicationPolicy: z
        .enum(["identity", "default"])
        .default("identity")
        .describe(
            "`identity` keeps topic names, as a failover needs; `default` puts the source's alias before them.",
        ),
    replicationPolicySeparator: z
        .string()
        .regex(/^[a-zA-Z0-9._-]{1,10}$/, {
            error: 'must be 1 to 10 characters that a topic name may have: letters, digits, ".", "_", "-"',
        })
        .default(".")
        .describe("Between alias and topic name, with the policy `default`."),
    offsetSyncsTopicLocation: z
        .enum(["target", "source"])
        .default("target")
        .describe("Where offset syncs are kept; at the target they outlive the source."),
    offsetLagMax: integer(0, "records")
        .default(100)
        .describe(
            "How far a group's translated offset may be behind at the end of the log, in records. Further back MM2 keeps fewer positions, and a group that lags reads more records again.",
        ),
    profile: z
        .enum(PROFILE_NAMES)
        .default("kafka")
        .describe(
            "What the producer, the consumer and the workers get for throughput, by the network between the sites; see Profiles below. The three settings that follow go on top, key by key.",
        ),
    producerOverrides: kafkaConfig()
        .default({})
        .describe(
            "Configuration of the producer that writes mirrored records, by plain Kafka names, for example `batch.size: 327680`.",
        ),
    consumerOverrides: kafkaConfig()
        .default({})
        .describe("Configuration of the consumer that reads the source, by plain Kafka names."),
    workerConfig: kafkaConfig()
        .default({})
        .describe("Configuration of the Connect workers, for example `offset.flush.interval.ms`."),
    adminTimeoutSeconds: seconds()
        .default(15)
        .describe(
            "How long MM2 waits for administrative requests (Kafka's default: 60). So long, too, its connectors need to stop when the source is dead.",
        ),
    refreshTopicsIntervalSeconds: seconds()
        .default(20)
        .describe("How soon a new topic or partition is mirrored (Kafka's default: 600)."),
    refreshGroupsIntervalSeconds: seconds()
        .default(20)
        .describe("How soon a new consumer group is protected (Kafka's default: 600)."),
    emitCheckpointsIntervalSeconds: seconds()
        .default(5)
        .describe("How often group offsets are translated (Kafka's default: 60)."),
    syncGroupOffsetsEnabled: z
        .boolean()
        .default(true)
        .describe("Write translated offsets to the target's groups (Kafka's default: false)."),
    syncGroupOffsetsIntervalSeconds: seconds()
        .default(5)
        .describe("How often they are written (Kafka's default: 60)."),
    syncTopicConfigsIntervalSeconds: seconds()
        .default(60)
        .describe("How often topic configurations are copied (Kafka's default: 600)."),
    syncTopicAclsEnabled: z
        .boolean()
        .default(false)
        .describe("Copy topic ACLs; clashes with Strimzi's User Operator (Kafka's default: true)."),
    autoRestart: z
        .strictObject({
            enabled: z.boolean().default(true).describe("Restart failed connectors and tasks."),
            maxRestarts: integer(1, "restart")
                .optional()
                .describe("Restarts before the operator gives up; without it, never."),
        })
        .prefault({})
        .describe("Automatic restart by the operator (Strimzi's default: off)."),
    exactlyOnceSourceSupport: z
        .enum(["disabled", "preparing", "enabled"])
        .default("disabled")
        .describe(
            "Kafka Connect's exactly-once support for source connectors: MM2 itself repeats no record after a crash. A running MM2 goes through `preparing` first, an update each. Connect then makes the producer idempotent and transactional whatever the profile says, leaves one request in flight unless the profile or an override says more, and commits a transaction for each poll: `max.poll.records` bounds the rate.",
        ),
    credentialsRevision: integer(1)
        .default(1)
        .describe(
            "Another number gives MM2 new users at both sites: they are made first, MM2 moves to them, then the old ones go.",
        ),
    throughput: throughputSchema
        .optional()
        .describe(
            "What this stack needs of its mirror. The rules warn when the configuration cannot carry it, and the memory that workers need is reckoned with its records and partitions.",
        ),
    resources: containerResources()
        .optional()
        .describe(
            'Requests and limits of each worker. If absent: cpu "500m" and "2", and the memory that `jvmHeap` needs, or else what the tasks may buffer, at least 2Gi.',
        ),
    jvmFlags: jvmFlags()
        .default({})
        .describe(
            "`-XX` flags of each worker, by their names without `-XX:` and sign, for example `UseParallelGC: true`. With any of them Kafka's own flags for the garbage collector are gone.",
        ),
    jvmHeap: heapSize()
        .optional()
        .describe(
            "-Xms and -Xmx of each worker; without it Strimzi's 75 % of the memory limit is the most.",
        ),
    metrics: z.boolean().default(true).describe("Prometheus metrics of MM2 on port 9404."),
});
