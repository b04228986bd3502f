import { Admin } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "./connection";

/**
 * What a group is:
 *
 * - `consumer`: of consumers, with committed offsets; by the classic protocol or that of KIP-848. Kafka
 *   Streams' classic protocol and sink connectors use these, too.
 * - `share`: a share group (KIP-932), whose brokers keep a state for each record.
 * - `streams`: a group of Kafka Streams by its own protocol (KIP-1071).
 * - `other`: another use of the group protocol, such as the workers of Kafka Connect.
 */
export type GroupKind = "consumer" | "share" | "streams" | "other";

/** A group as its coordinator lists it. */
export interface Group {
    readonly id: string;
    readonly kind: GroupKind;
    /** `Empty` without members; `Dead` when there is no such group; `Stable` and others with members. */
    readonly state: string;
}

/** Committed offsets by topic and partition. */
export type CommittedOffsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Retries, one second apart, while the coordinators' topic has no leaders yet; as in KafkaClient. */
const COORDINATOR_RETRIES = 30;

/** Whether a group has members, so that no other client may commit for it. */
export function isActive({ state }: Pick<Group, "state">): boolean {
    return state !== "Empty" && state !== "Dead";
}

/** Reads the groups of a cluster. */
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

    /** All groups of every kind, with or without members, by id. */
    async list(): Promise<Group[]> {
        // No types are all types; without the option the client asks for classic groups alone.
        const groups = await this.admin.listGroups({ types: [] });
        return [...groups.values()]
            .map(({ id, state, groupType, protocolType }) => ({
                id,
                state,
                kind: groupKind(groupType, protocolType),
            }))
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

/**
 * What a coordinator's answer makes a group. A classic group without members has no protocol type, as
 * one that an admin client committed for. MirrorMaker 2 selects groups by the same two fields
 * (`ListGroupsOptions.forConsumerGroups`).
 *
 * @param groupType `classic`, `consumer`, `share` or `streams`; absent from brokers before 3.8
 */
export function groupKind(groupType: string | undefined, protocolType: string): GroupKind {
    switch (groupType?.toLowerCase()) {
        case "share":
            return "share";
        case "streams":
            return "streams";
        case "consumer":
            return "consumer";
        default:
            return ["consumer", ""].includes(protocolType) ? "consumer" : "other";
    }
}
