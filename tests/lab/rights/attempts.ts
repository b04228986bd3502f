import {
    AclOperations,
    AclPermissionTypes,
    Admin,
    ConfigResourceTypes,
    Consumer,
    IncrementalAlterConfigOperationTypes,
    Producer,
    ResourcePatternTypes,
    ResourceTypes,
} from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../../kafka/connection";

const CLIENT_ID = "attempts";

/** Requests of a user, each tried once: a refusal rejects immediately. Close it after use. */
export class Attempts {
    private readonly admin: Admin;

    constructor(private readonly connection: KafkaConnection) {
        this.admin = new Admin(this.options);
    }

    async close(): Promise<void> {
        await this.admin.close();
    }

    async produce(topic: string): Promise<void> {
        const producer = new Producer(this.options);
        try {
            await producer.send({ messages: [message(topic)], acks: -1 });
        } finally {
            await producer.close();
        }
    }

    async beginTransaction(transactionalId: string): Promise<void> {
        const producer = new Producer({ ...this.options, idempotent: true, transactionalId });
        try {
            await producer.beginTransaction();
        } finally {
            await producer.close();
        }
    }

    /** Joins a group, reads one record of a topic, and commits its offset. */
    async consume(topic: string, groupId: string): Promise<void> {
        const consumer = new Consumer({ ...this.options, groupId });
        try {
            const stream = await consumer.consume({
                topics: [topic],
                mode: "earliest",
                autocommit: false,
            });
            for await (const { partition, offset } of stream) {
                const next = { topic, partition, offset: offset + 1n, leaderEpoch: -1 };
                await consumer.commit({ offsets: [next] });
                break;
            }
        } finally {
            await new Promise((resolve) => {
                consumer.close(true, resolve);
            });
        }
    }

    async createTopic(topic: string): Promise<void> {
        await this.admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    }

    async deleteTopic(topic: string): Promise<void> {
        await this.admin.deleteTopics({ topics: [topic] });
    }

    async deleteRecords(topic: string): Promise<void> {
        await this.admin.deleteRecords({
            topics: [{ name: topic, partitions: [{ partition: 0, offset: 1n }] }],
        });
    }

    async setRetention(topic: string): Promise<void> {
        const configOperation = IncrementalAlterConfigOperationTypes.SET;
        await this.admin.incrementalAlterConfigs({
            resources: [
                {
                    resourceType: ConfigResourceTypes.TOPIC,
                    resourceName: topic,
                    configs: [{ name: "retention.ms", configOperation, value: "1" }],
                },
            ],
        });
    }

    async groupOffsets(groupId: string, topic: string): Promise<void> {
        await this.admin.listConsumerGroupOffsets({
            groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }],
        });
    }

    async commitOffsets(groupId: string, topic: string): Promise<void> {
        await this.admin.alterConsumerGroupOffsets({
            groupId,
            topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 1n }] }],
        });
    }

    async describeAllAcls(): Promise<void> {
        await this.admin.describeAcls({
            filter: {
                resourceType: ResourceTypes.ANY,
                resourceName: null,
                resourcePatternType: ResourcePatternTypes.ANY,
                principal: null,
                host: null,
                operation: AclOperations.ANY,
                permissionType: AclPermissionTypes.ANY,
            },
        });
    }

    async grantItself(): Promise<void> {
        await this.admin.createAcls({
            creations: [
                {
                    resourceType: ResourceTypes.TOPIC,
                    resourceName: "*",
                    resourcePatternType: ResourcePatternTypes.LITERAL,
                    principal: "User:*",
                    host: "*",
                    operation: AclOperations.ALL,
                    permissionType: AclPermissionTypes.ALLOW,
                },
            ],
        });
    }

    private get options() {
        return { ...clientOptions(this.connection, CLIENT_ID), retries: 0 };
    }
}

function message(topic: string) {
    return { topic, partition: 0, value: Buffer.from("x") };
}
