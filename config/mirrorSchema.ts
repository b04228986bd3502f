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

/** A number with a lower bound; the error message has the unit. */
function number(least: "above 0" | "at least 0" | "at least 1", unit: string) {
    const error = `must be a number of ${least}${unit === "" ? "" : ` ${unit}`}`;
    const value = z.number({ error });
    return least === "above 0"
        ? value.positive({ error })
        : value.min(least === "at least 0" ? 0 : 1, { error });
}

/** The throughput that a stack needs: the input of the throughput model. */
export const throughputSchema = z
    .strictObject({
        recordsPerSecond: number("above 0", "records/s")
            .optional()
            .describe("Records per second at the peak. Set this or `megabytesPerSecond`."),
        megabytesPerSecond: number("above 0", "MB/s")
            .optional()
            .describe("The peak rate in megabytes (10^6 bytes) of keys, values and headers."),
        recordBytes: integer(1, "byte").describe(
            "Average size of a record: uncompressed bytes of key, value and headers.",
        ),
        partitions: integer(1, "partition").describe(
            "Number of partitions of all mirrored topics, including those that other stacks declare.",
        ),
        roundTripMs: number("at least 0", "ms")
            .default(0)
            .describe(
                "Round-trip time between MM2, which runs next to the target, and the source.",
            ),
        targetRoundTripMs: number("at least 0", "ms")
            .default(0)
            .describe(
                "Round-trip time between MM2 and the target's brokers if they run elsewhere.",
            ),
        linkMbitPerSecond: number("above 0", "Mbit/s")
            .optional()
            .describe(
                "Bandwidth of the link to the source that the mirror may use; unlimited by default.",
            ),
        compressionRatio: number("at least 1", "")
            .default(1)
            .describe(
                "Uncompressed size of the source's records divided by their compressed size.",
            ),
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
 * in the KafkaMirrorMaker2 replaces them, so the builder always sets one.
 */
export const DEFAULT_TOPICS_EXCLUDE = "mm2.*\\.internal, .*\\.replica, __.*";
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
    name: mirrorName().describe(
        "Name of the KafkaMirrorMaker2 resource; MM2's group and internal topics are named after it.",
    ),
    epoch: integer(1)
        .default(1)
        .describe(
            "Number of the mirror's current life. From 2 on it is part of the names of MM2's group and internal topics. It increases by one with the change to the phase `resuming`, and at no other time.",
        ),
    replicas: integer(0, "workers")
        .default(1)
        .describe("Number of Connect workers; 0 stops the mirror."),
    tasksMax: integer(1, "task")
        .default(4)
        .describe(
            "Maximum number of tasks of the source connector; tasks beyond the number of partitions stay idle.",
        ),
    sourceListener: z
        .string()
        .optional()
        .describe(
            "Listener of the source that MM2 connects to. Default: the first internal listener if both sites share a context, otherwise the first exposed one; listeners with TLS come first.",
        ),
    sourceBootstrapServers: bootstrapServers()
        .optional()
        .describe("Addresses at which MM2 reaches the source, instead of those of its listener."),
    targetListener: z
        .string()
        .optional()
        .describe(
            "Listener of the target that MM2 connects to. Default: the listener that applications use there, the first internal one with TLS and scram-sha-512.",
        ),
    failback: z
        .strictObject({
            targetListener: z
                .string()
                .optional()
                .describe(
                    "Listener of the target that the reverse mirror reads from; chosen like `sourceListener` by default.",
                ),
            targetBootstrapServers: bootstrapServers()
                .optional()
                .describe("Addresses at which the reverse mirror reaches the target."),
            sourceListener: z
                .string()
                .optional()
                .describe(
                    "Listener of the source that the reverse mirror writes to; chosen like `targetListener` by default.",
                ),
        })
        .prefault({})
        .describe(
            "How the reverse mirror, from the target back to a rebuilt source, reaches both clusters.",
        ),
    topicsPattern: pattern()
        .default(".*")
        .describe("Topics to mirror: comma-separated Java regular expressions."),
    topicsExcludePattern: pattern()
        .default(DEFAULT_TOPICS_EXCLUDE)
        .describe(
            "Topics that are never mirrored. A value replaces the default, which excludes Kafka's internal topics.",
        ),
    groupsPattern: pattern()
        .default(".*")
        .describe("Consumer groups whose offsets are translated to the target."),
    groupsExcludePattern: pattern()
        .default(DEFAULT_GROUPS_EXCLUDE)
        .describe("Consumer groups that are left out. A value replaces the default."),
    replicationPolicy: z
        .enum(["identity", "default"])
        .default("identity")
        .describe(
            "`identity` keeps topic names, which a failover needs; `default` prefixes them with the source's alias.",
        ),
    replicationPolicySeparator: z
        .string()
        .regex(/^[a-zA-Z0-9._-]{1,10}$/, {
            error: 'must be 1 to 10 characters that a topic name may have: letters, digits, ".", "_", "-"',
        })
        .default(".")
        .describe("Separator between alias and topic name with the policy `default`."),
    offsetSyncsTopicLocation: z
        .enum(["target", "source"])
        .default("target")
        .describe(
            "Cluster that stores the offset syncs. At the target they survive the loss of the source.",
        ),
    offsetLagMax: integer(0, "records")
        .default(100)
        .describe(
            "How many records a translated group offset may be behind near the end of the log. Further back MM2 keeps fewer positions, so a lagging group repeats more records.",
        ),
    profile: z
        .enum(PROFILE_NAMES)
        .default("kafka")
        .describe(
            "Throughput settings of the producer, the consumer and the workers for the network between the sites; see Profiles below. The three settings that follow override them key by key.",
        ),
    producerOverrides: kafkaConfig()
        .default({})
        .describe(
            "Configuration of the producer that writes mirrored records, with plain Kafka names, for example `batch.size: 327680`. The stack sets `max.request.size`, `buffer.memory` and `compression.type` where brokers and declared topics need more than the profile has.",
        ),
    consumerOverrides: kafkaConfig()
        .default({})
        .describe("Configuration of the consumer that reads the source, with plain Kafka names."),
    workerConfig: kafkaConfig()
        .default({})
        .describe("Configuration of the Connect workers, for example `offset.flush.interval.ms`."),
    adminTimeoutSeconds: seconds()
        .default(15)
        .describe(
            "Timeout of MM2's administrative requests (Kafka's default: 60). Stopping the connectors takes this long when the source does not respond.",
        ),
    refreshTopicsIntervalSeconds: seconds()
        .default(20)
        .describe(
            "Interval at which MM2 looks for new topics and partitions (Kafka's default: 600).",
        ),
    refreshGroupsIntervalSeconds: seconds()
        .default(20)
        .describe("Interval at which MM2 looks for new consumer groups (Kafka's default: 600)."),
    emitCheckpointsIntervalSeconds: seconds()
        .default(5)
        .describe("Interval at which group offsets are translated (Kafka's default: 60)."),
    syncGroupOffsetsEnabled: z
        .boolean()
        .default(true)
        .describe("Write translated offsets to the target's groups (Kafka's default: false)."),
    syncGroupOffsetsIntervalSeconds: seconds()
        .default(5)
        .describe("Interval at which translated offsets are written (Kafka's default: 60)."),
    syncTopicConfigsIntervalSeconds: seconds()
        .default(60)
        .describe("Interval at which topic configurations are copied (Kafka's default: 600)."),
    syncTopicAclsEnabled: z
        .boolean()
        .default(false)
        .describe(
            "Copy topic ACLs. Conflicts with Strimzi's User Operator (Kafka's default: true).",
        ),
    autoRestart: z
        .strictObject({
            enabled: z.boolean().default(true).describe("Restart failed connectors and tasks."),
            maxRestarts: integer(1, "restart")
                .optional()
                .describe(
                    "Number of restarts after which the operator gives up; unlimited by default.",
                ),
        })
        .prefault({})
        .describe("Automatic restart by the operator (Strimzi's default: off)."),
    exactlyOnceSourceSupport: z
        .enum(["disabled", "preparing", "enabled"])
        .default("disabled")
        .describe(
            "Kafka Connect's exactly-once support for source connectors: MM2 repeats no record after a crash. A running MM2 needs one update to `preparing` and another to `enabled`. Connect then makes the producer idempotent and transactional regardless of the profile, allows one request in flight unless the profile or an override allows more, and commits one transaction per poll, so `max.poll.records` limits the rate.",
        ),
    credentialsRevision: integer(1)
        .default(1)
        .describe(
            "Changing the number replaces MM2's users at both sites: new users are created, MM2 switches to them, then the old ones are deleted.",
        ),
    throughput: throughputSchema
        .optional()
        .describe(
            "The throughput that this stack needs. A warning reports a configuration that cannot reach it, and the memory of the workers is derived from these records and partitions.",
        ),
    resources: containerResources()
        .optional()
        .describe(
            'Requests and limits of each worker. Default: CPU request "500m" and limit "2", and memory for `jvmHeap` or, without it, for what the tasks may buffer, at least 2Gi.',
        ),
    jvmFlags: jvmFlags()
        .default({})
        .describe(
            "`-XX` flags of each worker's JVM, without `-XX:` and sign, for example `UseParallelGC: true`. Any flag here removes Kafka's own garbage collector flags.",
        ),
    jvmHeap: heapSize()
        .optional()
        .describe(
            "-Xms and -Xmx of each worker. Default: Strimzi sets the maximum heap to 75 % of the memory limit.",
        ),
    metrics: z.boolean().default(true).describe("Prometheus metrics of MM2 on port 9404."),
});
