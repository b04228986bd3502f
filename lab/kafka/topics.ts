import {
    Admin,
    ConfigResourceTypes,
    IncrementalAlterConfigOperationTypes,
} from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../kafka/connection";
import { KafkaClient } from "../../kafka/kafkaClient";
import { configEntries } from "../../kafka/properties";
import type { KafkaTopicObject } from "../objects";

const CLIENT_ID = "lab-topic-operator";

/** The name of a topic in Kafka. */
export function topicName({ metadata, spec }: KafkaTopicObject): string {
    return spec.topicName ?? metadata.name;
}

/** The changes to an existing topic. */
export interface TopicChanges {
    /** The new number of partitions; undefined when it stays. */
    readonly partitions?: number;
    readonly set: Readonly<Record<string, string>>;
    /** Configuration that returns to the broker's default. */
    readonly unset: readonly string[];
}

/**
 * The changes that turn one version of a KafkaTopic into another. Pure.
 * @param partitions the present number of partitions
 * @throws for changes that Strimzi's Topic Operator refuses or leaves to Cruise Control
 */
export function topicChanges(
    before: KafkaTopicObject,
    after: KafkaTopicObject,
    partitions: number,
): TopicChanges {
    const name = after.metadata.name;
    if (topicName(before) !== topicName(after)) {
        throw new Error(`KafkaTopic ${name}: spec.topicName cannot be changed`);
    }
    const asked = after.spec.partitions ?? partitions;
    if (asked < partitions) {
        throw new Error(
            `KafkaTopic ${name}: decreasing partitions is not supported: ${partitions} -> ${asked}`,
        );
    }
    if (before.spec.replicas !== after.spec.replicas) {
        throw new Error(`KafkaTopic ${name}: spec.replicas cannot be changed in the lab`);
    }
    const [old, wanted] = [configEntries(before.spec.config), configEntries(after.spec.config)];
    return {
        ...(asked > partitions && { partitions: asked }),
        set: Object.fromEntries(Object.entries(wanted).filter(([key, text]) => old[key] !== text)),
        unset: Object.keys(old).filter((key) => !(key in wanted)),
    };
}

/** Creates a topic, or changes an existing one to match the object. */
export async function applyTopic(
    connection: KafkaConnection,
    topic: KafkaTopicObject,
    before: KafkaTopicObject | undefined,
): Promise<void> {
    const name = topicName(topic);
    const client = new KafkaClient(connection);
    let partitions: number;
    try {
        const existing = await client.topics();
        if (before === undefined || !existing.includes(name)) {
            await client.ensureTopics([topic]);
            return;
        }
        partitions = await client.partitionCount(name);
    } finally {
        await client.close();
    }
    const changes = topicChanges(before, topic, partitions);
    await withAdmin(connection, (admin) => changeTopic(admin, name, changes));
}

/** Deletes a topic with its records. */
export async function deleteTopic(connection: KafkaConnection, name: string): Promise<void> {
    await withAdmin(connection, (admin) => admin.deleteTopics({ topics: [name] }));
}

async function changeTopic(admin: Admin, name: string, changes: TopicChanges): Promise<void> {
    const { partitions, set, unset } = changes;
    if (partitions !== undefined) {
        await admin.createPartitions({ topics: [{ name, count: partitions, assignments: null }] });
    }
    const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
    const configs = [
        ...Object.entries(set).map(([key, value]) => ({ name: key, configOperation: SET, value })),
        ...unset.map((key) => ({ name: key, configOperation: DELETE })),
    ];
    if (configs.length > 0) {
        const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: name, configs };
        await admin.incrementalAlterConfigs({ resources: [resource] });
    }
}

async function withAdmin(
    connection: KafkaConnection,
    use: (admin: Admin) => Promise<void>,
): Promise<void> {
    const admin = new Admin(clientOptions(connection, CLIENT_ID));
    try {
        await use(admin);
    } finally {
        await admin.close();
    }
}
