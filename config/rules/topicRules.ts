import { configNumber, nodesWithRole } from "../brokerConfig";
import { UntranslatablePatternError } from "../javaPattern";
import {
    mirrorNaming,
    topicMirroring,
    type UnexpectedMirroring,
    unexpectedMirrorings,
} from "../mirroredTopics";
import type { Settings } from "../settingsSchema";
import { entry, rule } from "./rule";

const topicOperator = rule({
    id: "topics-without-topic-operator",
    summary: "Declared topics are KafkaTopic resources, which need the Topic Operator.",
    severity: "error",
    needs: ["source", "topics"],
    check: ({ source, topics }) => {
        const operated = source.managed && source.entityOperator.topicOperator;
        return topics.length === 0 || operated
            ? []
            : [
                  {
                      key: "kafka-dr:topics",
                      value: topics.map((topic) => topic.name),
                      message: source.managed
                          ? "requires kafka-dr:source.entityOperator.topicOperator to be true"
                          : "must be empty: this stack does not manage the source",
                  },
              ];
    },
});

const duplicateTopic = rule({
    id: "duplicate-topic",
    summary:
        "Topic names must be unique even when `.` and `_` count as the same character, as in Kafka's metrics.",
    severity: "error",
    needs: ["topics"],
    check: ({ topics }) => {
        const earlier = new Map<string, string>();
        return topics.flatMap(({ name }, index) => {
            const collides = earlier.get(metricName(name));
            if (collides === undefined) {
                earlier.set(metricName(name), name);
                return [];
            }
            return [
                {
                    key: `kafka-dr:topics[${index}].name`,
                    value: name,
                    message:
                        collides === name
                            ? "is declared twice"
                            : `collides with "${collides}": Kafka's metrics do not distinguish "." and "_"`,
                },
            ];
        });
    },
});

function metricName(topic: string): string {
    return topic.replaceAll(".", "_");
}

const topicReplicas = rule({
    id: "replication-factor-above-brokers",
    summary: "A topic cannot have more replicas than the cluster has brokers.",
    severity: "error",
    needs: ["source", "topics"],
    check: ({ source, topics }) => {
        const brokers = source.managed ? nodesWithRole(source, "broker") : Infinity;
        return topics.flatMap((topic, index) =>
            topic.replicas !== undefined && topic.replicas > brokers && brokers > 0
                ? [
                      {
                          key: `kafka-dr:topics[${index}].replicas`,
                          value: topic.replicas,
                          message: `must be at most ${brokers}, the number of the source's brokers`,
                      },
                  ]
                : [],
        );
    },
});

const topicMinInSyncReplicas = rule({
    id: "min-isr-above-replication-factor",
    summary: "A topic's min.insync.replicas cannot exceed its replicas.",
    severity: "error",
    needs: ["topics"],
    check: ({ topics }) =>
        topics.flatMap((topic, index) => {
            const minimum = configNumber(topic.config, "min.insync.replicas");
            return minimum === undefined ||
                topic.replicas === undefined ||
                minimum <= topic.replicas
                ? []
                : [
                      {
                          key: `kafka-dr:topics[${index}].config${entry("min.insync.replicas")}`,
                          value: minimum,
                          message: `must be at most ${topic.replicas}, the topic's replicas`,
                      },
                  ];
        }),
});

const notMirrored = rule({
    id: "topic-not-mirrored",
    summary:
        "MM2 leaves out topics that the patterns do not select, and those whose names begin with `__` or `.` or look like its own. A failover loses their records.",
    severity: "warning",
    needs: ["source", "target", "mirror", "topics"],
    check: (settings) =>
        declaredMirrorings(settings)
            .filter(({ toTopic }) => toTopic === undefined)
            .map(({ key, topic, reason }) => ({
                key,
                value: topic,
                message: `is not mirrored: ${reason}; a failover loses its records. Rename the topic, or change kafka-dr:mirror.topicsPattern or topicsExcludePattern if one of them leaves it out`,
            })),
});

const renamedTopic = rule({
    id: "topic-renamed",
    summary:
        "Even with the policy `identity` MM2 takes every name that ends in `heartbeats` for heartbeats and puts the alias before it, so that applications do not find the topic after a failover.",
    severity: "warning",
    needs: ["source", "target", "mirror", "topics"],
    check: (settings) =>
        declaredMirrorings(settings).flatMap(({ key, topic, toTopic, reason }) =>
            toTopic === undefined
                ? []
                : [
                      {
                          key,
                          value: topic,
                          message: `is named "${toTopic}" at the target: ${reason}. Give the topic a name with another ending, or let its applications use the other name after a failover`,
                      },
                  ],
        ),
});

/** The declared topics that are not mirrored under their names, with their config keys. */
function declaredMirrorings(settings: Pick<Settings, "source" | "target" | "mirror" | "topics">) {
    const names = settings.topics.map(({ name }) => name);
    return unexpectedOf(settings, names).map((found) => ({
        ...found,
        key: `kafka-dr:topics[${names.indexOf(found.topic)}].name`,
    }));
}

function unexpectedOf(
    settings: Pick<Settings, "source" | "target" | "mirror">,
    names: readonly string[],
): readonly UnexpectedMirroring[] {
    const naming = mirrorNaming(settings);
    try {
        return unexpectedMirrorings([], names, topicMirroring(naming), naming.replicationPolicy);
    } catch (error) {
        if (error instanceof UntranslatablePatternError) {
            return []; // only Java can tell
        }
        throw error;
    }
}

const idleTasks = rule({
    id: "idle-tasks",
    summary: "A task needs a partition: MM2 starts no more tasks than there are partitions.",
    severity: "warning",
    needs: ["mirror", "topics"],
    check: ({ mirror, topics }) => {
        const partitions = topics.reduce((sum, topic) => sum + topic.partitions, 0);
        return partitions === 0 || mirror.tasksMax <= partitions
            ? []
            : [
                  {
                      key: "kafka-dr:mirror.tasksMax",
                      value: mirror.tasksMax,
                      message: `is more than the ${partitions} partitions that this stack declares; the other tasks stay idle unless other topics are mirrored too`,
                  },
              ];
    },
});

export const topicRules = [
    topicOperator,
    duplicateTopic,
    topicReplicas,
    topicMinInSyncReplicas,
    notMirrored,
    renamedTopic,
    idleTasks,
];
