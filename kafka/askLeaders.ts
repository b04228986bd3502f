import { setTimeout as sleep } from "node:timers/promises";
import { ProtocolError, protocolErrorsCodesById } from "@platformatic/kafka";
import type { Broker, Brokers, ClusterMetadata } from "./brokers";
import { innermostReason, UnsupportedBrokerError } from "./errors";

/** Unknown is never nothing: what could not be looked at carries the reason. */
export type Looked<T> = { readonly known: T } | { readonly unknown: string };

export interface PartitionId {
    readonly topic: string;
    readonly partition: number;
}

/** A partition and what its leader needs to know to answer for it. */
export interface Led<I> {
    readonly item: I;
    readonly topicId: string | undefined;
    readonly leaderEpoch: number;
}

/** The answer of a leader for one partition, its error code, or why the answer says nothing. */
export type Answer<T> =
    { readonly known: T } | { readonly errorCode: number } | { readonly reason: string };

/** Errors of a leader that moves, or of a broker that has not heard of it yet. */
const MOVING = new Set([
    ...["LEADER_NOT_AVAILABLE", "NOT_LEADER_OR_FOLLOWER", "UNKNOWN_TOPIC_OR_PARTITION"],
    ...["KAFKA_STORAGE_ERROR", "FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH"],
    ...["OFFSET_NOT_AVAILABLE", "REPLICA_NOT_AVAILABLE", "UNKNOWN_TOPIC_ID"],
    ...["INCONSISTENT_TOPIC_ID", "BROKER_NOT_AVAILABLE"],
]);
const ROUNDS = 4;
const ROUND_DELAY_MS = 500;
/** Brokers that are asked at the same time: bounds what waits in memory. */
const BROKERS_AT_ONCE = 16;

/** The answers of one leader, by item; undefined for an item that it left out. */
export type AnswersFor<I, T> = (item: I) => Answer<T> | undefined;

/**
 * Asks the leaders of partitions, each once for all of its partitions. Asks again, a few times, where a
 * leader moves.
 * @param metadata of these topics, if it is at hand
 * @returns the answers in the order of the items; a partition whose leader does not respond, or refuses,
 * is unknown
 * @throws {UnsupportedBrokerError} when a leader is too old
 */
export async function askLeaders<I extends PartitionId, T>(
    brokers: Brokers,
    items: readonly I[],
    ask: (broker: Broker, led: readonly Led<I>[]) => Promise<AnswersFor<I, T>>,
    metadata?: ClusterMetadata,
): Promise<Looked<T>[]> {
    const slots = items.map((item) => new Slot<I, T>(item));
    let pending = slots;
    let known = metadata;
    for (let round = 1; pending.length > 0; round += 1) {
        if (round > 1) {
            await sleep(ROUND_DELAY_MS);
        }
        known ??= await brokers.metadata([...new Set(pending.map(({ item }) => item.topic))]);
        const groups = byLeader(pending, known);
        known = undefined;
        await eachAtOnce([...groups], BROKERS_AT_ONCE, async ([leader, asked]) => {
            try {
                const broker = await brokers.byId(leader);
                const answers = await ask(
                    broker,
                    asked.map(({ led }) => led),
                );
                for (const { slot } of asked) {
                    const answer = answers(slot.item);
                    if (answer === undefined) {
                        slot.fail(`${brokers.describe(leader)} did not answer for it`, true);
                    } else if ("known" in answer) {
                        slot.looked = answer;
                    } else if ("reason" in answer) {
                        slot.fail(answer.reason, false);
                    } else {
                        slot.fail(describeCode(answer.errorCode), isMoving(answer.errorCode));
                    }
                }
            } catch (error) {
                if (error instanceof UnsupportedBrokerError) {
                    throw error;
                }
                for (const { slot } of asked) {
                    slot.fail(`${brokers.describe(leader)}: ${innermostReason(error)}`, false);
                }
            }
        });
        pending = round < ROUNDS ? pending.filter(({ mayPass }) => mayPass) : [];
    }
    return slots.map(({ looked }) => looked);
}

/** An item, and what is known of it so far. */
class Slot<I, T> {
    looked: Looked<T> = { unknown: "it has not been asked for" };
    /** Whether the next round may have an answer. */
    mayPass = false;

    constructor(readonly item: I) {}

    fail(reason: string, mayPass: boolean): void {
        this.looked = { unknown: reason };
        this.mayPass = mayPass;
    }
}

/** The items by leader; those without one fail. */
function byLeader<I extends PartitionId, T>(
    slots: readonly Slot<I, T>[],
    metadata: ClusterMetadata,
): Map<number, { readonly slot: Slot<I, T>; readonly led: Led<I> }[]> {
    const topics = new Map(metadata.topics.map((topic) => [topic.name, topic]));
    const groups = new Map<number, { slot: Slot<I, T>; led: Led<I> }[]>();
    for (const slot of slots) {
        const { item } = slot;
        const topic = topics.get(item.topic);
        const found = topic?.partitions[item.partition];
        slot.mayPass = false;
        if (topic !== undefined && topic.errorCode !== 0) {
            slot.fail(describeCode(topic.errorCode), isMoving(topic.errorCode));
        } else if (topic === undefined || found === undefined) {
            slot.fail("there is no such partition", true);
        } else if (found.leader < 0) {
            slot.fail("the partition has no leader", true);
        } else {
            const group = groups.get(found.leader) ?? [];
            groups.set(found.leader, group);
            const { leaderEpoch } = found;
            group.push({ slot, led: { item, topicId: topic.id, leaderEpoch } });
        }
    }
    return groups;
}

/** Kafka's name and description of an error code. */
export function describeCode(code: number): string {
    const { apiId, message } = new ProtocolError(code) as { apiId?: string; message: string };
    return apiId === undefined ? message : `${apiId}: ${message}`;
}

/** Whether an error code tells of a leader that moves, so that another look at metadata may help. */
export function isMoving(code: number): boolean {
    return MOVING.has((protocolErrorsCodesById as Readonly<Record<number, string>>)[code] ?? "");
}

/** Runs an action for all items, a few at a time. The first error is thrown when all have ended. */
async function eachAtOnce<T>(
    items: readonly T[],
    limit: number,
    action: (item: T) => Promise<void>,
): Promise<void> {
    const queue = items.values();
    const results = await Promise.allSettled(
        Array.from({ length: Math.min(limit, items.length) }, async () => {
            for (const item of queue) {
                await action(item);
            }
        }),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) {
        throw failed.reason;
    }
}
