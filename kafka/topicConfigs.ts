import { type Admin, ConfigResourceTypes, ConfigSources } from "@platformatic/kafka";

/** The effective value of one configuration of a topic. */
export interface TopicConfig {
    readonly value: string | null;
    /** Whether it is Kafka's default: set neither for the topic nor for the brokers. */
    readonly isDefault: boolean;
    /** Whether it is set for this topic. */
    readonly isOwn: boolean;
    /** Whether it is read-only or sensitive. */
    readonly isFixed: boolean;
}

/** Configurations by name. */
export type TopicConfigs = ReadonlyMap<string, TopicConfig>;

/** The configurations by topic. @throws when the user lacks DescribeConfigs on one of the topics */
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
                        isOwn: configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG,
                        isFixed: readOnly || isSensitive,
                    },
                ]),
            ),
        ]),
    );
}
