import { type Admin, ConfigResourceTypes, ConfigSources } from "@platformatic/kafka";

/** A configuration of a topic as it is in force. */
export interface TopicConfig {
    readonly value: string | null;
    /** Kafka's own default, set neither for the topic nor for the brokers. */
    readonly isDefault: boolean;
    /** Set for this very topic. */
    readonly isOwn: boolean;
    /** Cannot be set, or must not be shown. */
    readonly isFixed: boolean;
}

/** Configurations by name. */
export type TopicConfigs = ReadonlyMap<string, TopicConfig>;

/** The configurations of topics, by topic. @throws without the right DescribeConfigs on one of them */
export async function describeTopicConfigs(
    admin: Admin,
    topics: readonly string[],
): Promise<Map<string, TopicConfigs>> {
    if (topics.length === 0) {
        return new Map();
    }
    const described = await admin.describeConfigs({
        resources: topics.map((resourceName) => ({
            resourceType: ConfigResourceTypes.TOPIC,
            resourceName,
        })),
    });
    return new Map(
        described.map(({ resourceName, configs }) => [
            resourceName,
            new Map(
                configs.map(({ name, value, configSource, readOnly, isSensitive }) => [
                    name,
                    {
                        value: value ?? null,
                        isDefault: configSource === ConfigSources.DEFAULT_CONFIG,
                        isOwn: configSource === ConfigSources.TOPIC_CONFIG,
                        isFixed: readOnly || isSensitive,
                    },
                ]),
            ),
        ]),
    );
}
