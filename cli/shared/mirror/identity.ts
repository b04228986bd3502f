import type { ClusterLook, PartitionLog, TopicLook } from "../../../kafka/logLook";
import type { MirroredOffset } from "../../../strimzi/builders/startPositions";
import type { SiteName } from "../../../config/settingsSchema";
import { number } from "../output";
import type { Ends, MirrorEnd } from "./ends";

/*
 * Positions can be compared only within one log. Everything that compares numbers of two looks, or of
 * a look and of what Kafka Connect noted, asks here first whether the logs are the same.
 */

/** Why two positions cannot be of the same log. */
export interface Contradiction {
    /** Whose logs it is about; `from` if absent. */
    readonly end?: MirrorEnd;
    /** Absent when it concerns the whole cluster. */
    readonly topic?: string;
    readonly partition?: number;
    /** A sentence without a full stop. */
    readonly message: string;
}

/**
 * Where the logs at `from` cannot be those that were mirrored: Kafka Connect has noted offsets that
 * they do not reach.
 */
export function notedContradictions(
    from: ClusterLook,
    mirrored: readonly MirroredOffset[],
): Contradiction[] {
    const topics = new Map(from.topics.map((topic) => [topic.name, topic]));
    return mirrored.flatMap(({ topic, partition, offset }): Contradiction[] => {
        const found = topics.get(topic);
        if (found?.unknown !== undefined) {
            return [];
        }
        if (found === undefined) {
            // Whether it was deleted on purpose shows the other end: see `endContradictions`.
            return [];
        }
        const log = found.partitions[partition];
        if (log === undefined) {
            return [
                {
                    topic,
                    partition,
                    message: `${number(offset + 1)} offsets of it were mirrored, and the topic has no such partition any more: it was deleted and created again`,
                },
            ];
        }
        return "known" in log && offset >= log.known.highWatermark
            ? [
                  {
                      topic,
                      partition,
                      message: `offsets up to ${number(offset)} were mirrored, and its log ends at ${number(log.known.highWatermark)}: it was emptied, truncated or created again`,
                  },
              ]
            : [];
    });
}

/**
 * Where the two ends of a mirror contradict each other: a topic that is only at `to`, or a log there
 * that is empty although records of it were mirrored. Both looks have the names of `from`.
 */
export function endContradictions(
    from: ClusterLook,
    to: ClusterLook,
    mirrored: readonly MirroredOffset[],
): Contradiction[] {
    if (from.clusterId === to.clusterId) {
        return [{ message: `both ends are the same cluster, with the id ${from.clusterId}` }];
    }
    const fromTopics = new Set(from.topics.map(({ name }) => name));
    const toTopics = new Map(to.topics.map((topic) => [topic.name, topic]));
    const gone = new Set<string>();
    return mirrored.flatMap(({ topic, partition, offset }): Contradiction[] => {
        const copy = toTopics.get(topic);
        if (!fromTopics.has(topic)) {
            if (copy === undefined || gone.has(topic)) {
                return [];
            }
            gone.add(topic);
            return [
                {
                    topic,
                    message: `it was mirrored, and is at one end only: it was deleted, its cluster came back without it, or the user may not describe it. If it was deleted on purpose, delete its copy at the other end as well`,
                },
            ];
        }
        const log = copy?.partitions[partition];
        if (copy !== undefined && log !== undefined && !isEmptied(log)) {
            return [];
        }
        return [
            {
                topic,
                partition,
                message: `offsets up to ${number(offset)} count as mirrored, and ${copy === undefined ? "the other end has no such topic" : "its log at the other end is empty"}: the copy is gone`,
            },
        ];
    });
}

/** Nothing was ever written to this log: retention leaves an end above 0. */
function isEmptied(log: TopicLook["partitions"][number]): boolean {
    return "known" in log && log.known.highWatermark === 0;
}

/**
 * Where a cluster is not the one, or has not the logs, of an earlier look. Records between its present
 * end and the earlier one are gone.
 */
export function lookContradictions(before: ClusterLook, now: ClusterLook): Contradiction[] {
    if (before.clusterId !== "" && before.clusterId !== now.clusterId) {
        return [
            {
                message: `it is another cluster: its id is ${now.clusterId}, and was ${before.clusterId}`,
            },
        ];
    }
    const present = new Map(now.topics.map((topic) => [topic.name, topic]));
    return before.topics.flatMap((topic) => topicContradictions(topic, present.get(topic.name)));
}

function topicContradictions(before: TopicLook, now: TopicLook | undefined): Contradiction[] {
    const topic = before.name;
    const had = before.partitions.some((log) => "known" in log && log.known.highWatermark > 0);
    if (now === undefined) {
        return had ? [{ topic, message: "the topic does not exist any more" }] : [];
    }
    if (now.unknown !== undefined) {
        return [];
    }
    if (before.id !== undefined && now.id !== undefined && before.id !== now.id) {
        return [
            {
                topic,
                message: `it is another topic of the same name: its id is ${now.id}, and was ${before.id}`,
            },
        ];
    }
    return before.partitions.flatMap((log, partition): Contradiction[] => {
        const found = now.partitions[partition];
        if (!("known" in log)) {
            return [];
        }
        if (found === undefined) {
            return [{ topic, partition, message: "the partition does not exist any more" }];
        }
        const message = "known" in found ? logContradiction(log.known, found.known) : undefined;
        return message === undefined ? [] : [{ topic, partition, message }];
    });
}

function logContradiction(before: PartitionLog, now: PartitionLog): string | undefined {
    if (now.highWatermark < before.highWatermark) {
        return `its log ends at ${number(now.highWatermark)}, and ended at ${number(before.highWatermark)}: it was emptied or truncated`;
    }
    const [epoch, earlier] = [now.leaderEpoch, before.leaderEpoch];
    if (epoch >= 0 && epoch < earlier) {
        return `its leader epoch is ${epoch}, and was ${earlier}: it was created again`;
    }
    // A new leader may not have deleted yet what the earlier one had.
    return now.firstOffset < before.firstOffset && epoch === earlier
        ? `its log begins at ${number(now.firstOffset)}, and began at ${number(before.firstOffset)}: it was created again`
        : undefined;
}

/** The first contradictions, as one text. */
export function contradictionText(
    contradictions: readonly Contradiction[],
    sites: Ends<SiteName>,
): string {
    const rest = contradictions.length - 3;
    return `${contradictions
        .slice(0, 3)
        .map((found) => `${placeOf(found, sites)}: ${found.message}`)
        .join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

function placeOf({ end = "from", topic, partition }: Contradiction, sites: Ends<SiteName>): string {
    const site = sites[end];
    if (topic === undefined) {
        return `the ${site}`;
    }
    return partition === undefined
        ? `${topic} of the ${site}`
        : `${topic}:${partition} of the ${site}`;
}
