import {
    Admin,
    ConfigResourceTypes,
    IncrementalAlterConfigOperationTypes,
} from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../../kafka/connection";

/** Reads and changes a topic's configuration and partitions. Close it after use. */
export class TopicAdmin {
    private readonly admin: Admin;

    constructor(connection: KafkaConnection) {
        this.admin = new Admin(clientOptions(connection, "topic-admin"));
    }

    async close(): Promise<void> {
        await this.admin.close();
    }

    /** The effective value, Kafka's default included. @throws if the topic does not exist */
    async config(topic: string, name: string): Promise<string | undefined> {
        const [described] = await this.admin.describeConfigs({
            resources: [
                {
                    resourceType: ConfigResourceTypes.TOPIC,
                    resourceName: topic,
                    configurationKeys: [name],
                },
            ],
        });
        return described?.configs.find((config) => config.name === name)?.value ?? undefined;
    }

    async setConfig(topic: string, name: string, value: string): Promise<void> {
        await this.admin.incrementalAlterConfigs({
            resources: [
                {
                    resourceType: ConfigResourceTypes.TOPIC,
                    resourceName: topic,
                    configs: [
                        { name, configOperation: IncrementalAlterConfigOperationTypes.SET, value },
                    ],
                },
            ],
        });
    }

    /** Adds partitions until the topic has `count`. */
    async grow(topic: string, count: number): Promise<void> {
        await this.admin.createPartitions({ topics: [{ name: topic, count }] });
    }
}
