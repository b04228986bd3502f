import type { TopicConfigs } from "../../kafka/topicConfigs";

/**
 * What MirrorMaker 2 4.3.1 leaves alone when it copies the configuration of topics
 * (`DefaultConfigPropertyFilter`); regular expressions, of which each must match the whole name.
 */
export const CONFIGS_NOT_SYNCED: readonly string[] = [
    "follower.replication.throttled.replicas",
    "leader.replication.throttled.replicas",
    "message.timestamp.difference.max.ms",
    "log.message.timestamp.before.max.ms",
    "log.message.timestamp.after.max.ms",
    "message.timestamp.type",
    "unclean.leader.election.enable",
    "min.insync.replicas",
];

/** A configuration that MirrorMaker 2 should have made equal. */
export interface ConfigDifference {
    readonly name: string;
    readonly source: string | null;
    /** Absent when the target does not know the configuration. */
    readonly target?: string | null;
}

/**
 * The differences of one topic. What has Kafka's default at the source is left to the target's
 * brokers, and only a difference when it is set for the topic there.
 */
export function configDifferences(source: TopicConfigs, target: TopicConfigs): ConfigDifference[] {
    return [...source]
        .filter(([name, { isFixed }]) => !isFixed && !CONFIGS_NOT_SYNCED.includes(name))
        .flatMap(([name, { value, isDefault }]) => {
            const other = target.get(name);
            const isExpected = other?.value === value || (isDefault && other?.isOwn !== true);
            return isExpected
                ? []
                : [{ name, source: value, ...(other && { target: other.value }) }];
        });
}
