import { Admin } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "./connection";

/** A consumer group as its coordinator lists it. */
export interface ConsumerGroup {
    readonly id: string;
    /** `Empty` without members; `Dead` when there is no such group; `Stable` and others with members. */
    readonly state: string;
}

/** Committed offsets by topic and partition. */
export type CommittedOffsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Retries, one second apart, while the coordinators' topic has no leaders yet; as in KafkaClient. */
const COORDINATOR_RETRIES = 30;

/** Whether a group has members, so that no other client may commit for it. */
export function isActive({ state }: ConsumerGroup): boolean {
    return state !== "Empty" && state !== "Dead";
}

/** Reads the consumer groups of a cluster. */
export class GroupView {
    private readonly admin: Admin;

    constructor(connection: KafkaConnection, timeoutMs: number) {
        this.admin = new Admin({
            ...clientOptions(connection, "kafka-dr-view"),
            connectTimeout: timeoutMs,
            requestTimeout: timeoutMs,
            retries: COORDINATOR_RETRIES,
        });
    }

    async close(): Promise<void> {
        await this.admin.close();
    }

    /** All consumer groups, with or without members; not the groups of Kafka Connect and others. */
    async list(): Promise<ConsumerGroup[]> {
        const groups = await this.admin.listGroups({ types: ["classic", "consumer"] });
        return [...groups.values()]
            .filter(({ protocolType }) => ["consumer", ""].includes(protocolType))
            .map(({ id, state }) => ({ id, state }))
            .sort((one, other) => (one.id < other.id ? -1 : 1));
    }

    /** The committed offsets by group; none for a group that does not exist. */
    async committedOffsets(groups: readonly string[]): Promise<Map<string, CommittedOffsets>> {
        if (groups.length === 0) {
            return new Map();
        }
        const answers = await this.admin.listConsumerGroupOffsets({ groups: [...groups] });
        return new Map(
            answers.map(({ groupId, topics }) => [
                groupId,
                new Map(
                    topics.map(({ name, partitions }) => [
                        name,
                        new Map(
                            partitions
                                .filter(({ committedOffset }) => committedOffset >= 0n)
                                .map((entry) => [
                                    entry.partitionIndex,
                                    Number(entry.committedOffset),
                                ]),
                        ),
                    ]),
                ),
            ]),
        );
    }
}
