import type { KafkaConfig } from "../../../config/settingsSchema";
import type { ClusterView } from "../../../kafka/clusterView";
import type { ReadOptions } from "../../../kafka/committedRecords";
import type { ConnectRest } from "../../../kafka/connectRest";
import { innermostReason } from "../../../kafka/errors";
import type { TopicConfigs } from "../../../kafka/topicConfigs";
import type { MirrorScope } from "../../verify/scope";
import type { Ends } from "./ends";
import { mirroredOffsetsOf } from "./progress";
import {
    type ConfiguredTopic,
    limitFindings,
    limitsOf,
    type MirrorWarnings,
} from "./recordWarnings";
import { findRefused, type PendingRange, type RefusedRecord } from "./refusedRecord";
import { type Refusal, refusalOf, taskFailureOf } from "./taskFailure";

interface WarningOptions extends Ends<ClusterView> {
    readonly scope: MirrorScope;
    readonly connect: ConnectRest;
    /** Name of the MirrorSourceConnector. */
    readonly connector: string;
    /** MM2's alias of the cluster at `from`. */
    readonly alias: string;
    /** The producer's configuration by the settings. */
    readonly producer: KafkaConfig;
    readonly reading: ReadOptions;
}

/** Looks for what keeps topics and records from being mirrored. What it cannot see, it says. */
export async function readWarnings(options: WarningOptions): Promise<MirrorWarnings> {
    const { from, scope } = options;
    const unknown: MirrorWarnings["unknown"][number][] = [];
    const orUnknown = async <T>(what: string, look: () => Promise<T>): Promise<T | undefined> => {
        try {
            return await look();
        } catch (error) {
            unknown.push({ what, reason: innermostReason(error) });
            return undefined;
        }
    };
    const names = await from.topicNames();
    const topics = await orUnknown("limits of the topics", () =>
        configuredTopics(options, names.filter(scope.isMirroredTopic)),
    );
    const limits = await orUnknown("limits of the mirror's producer", async () =>
        limitFindings(topics ?? [], await producerConfigOf(options)),
    );
    const refused = await orUnknown("records that stopped a task", () =>
        refusedRecords(options, topics ?? [], unknown),
    );
    return {
        unexpectedMirrorings: scope.unexpected(names),
        limits: limits ?? [],
        refused: refused ?? [],
        unknown,
    };
}

async function configuredTopics(
    { from, to, scope }: WarningOptions,
    names: readonly string[],
): Promise<ConfiguredTopic[]> {
    const existing = new Set(await to.topicNames());
    const copies = names.map(scope.toTopic).filter((name) => existing.has(name));
    const [fromConfigs, toConfigs] = await Promise.all([
        from.topicConfigs(names),
        to.topicConfigs(copies),
    ]);
    const none: TopicConfigs = new Map();
    return names.map((topic) => {
        const copy = toConfigs.get(scope.toTopic(topic));
        return {
            topic,
            configs: { from: fromConfigs.get(topic) ?? none, ...(copy && { to: copy }) },
        };
    });
}

const OVERRIDE = "producer.override.";

/** As it runs: what the connector has, over what the settings give the workers. */
async function producerConfigOf({ connect, connector, producer }: WarningOptions) {
    const running = Object.entries((await connect.config(connector)) ?? {})
        .filter(([name]) => name.startsWith(OVERRIDE))
        .map(([name, value]) => [name.slice(OVERRIDE.length), value] as const);
    return { ...producer, ...Object.fromEntries(running) };
}

async function refusedRecords(
    options: WarningOptions,
    topics: readonly ConfiguredTopic[],
    unknown: MirrorWarnings["unknown"][number][],
): Promise<MirrorWarnings["refused"]> {
    const { connect, connector } = options;
    const status = await connect.status(connector);
    const failed = (status?.tasks ?? []).flatMap(({ id, trace }) => {
        const refusal = refusalOf(taskFailureOf(trace)?.reason ?? "");
        return refusal === undefined ? [] : [{ id, refusal }];
    });
    if (failed.length === 0) {
        return [];
    }
    const configs = await connect.taskConfigs(connector);
    const found: MirrorWarnings["refused"][number][] = [];
    for (const { id, refusal } of failed) {
        const assigned = assignedPartitions(configs.get(id)?.["task.assigned.partitions"]);
        const record = await refusedRecord(options, topics, refusal, assigned);
        if (record === undefined) {
            unknown.push({
                what: `the record that stopped task ${id}`,
                reason: `it is not among the first that wait in the ${assigned.length} partitions of the task`,
            });
        } else {
            found.push({ connector, task: id, ...record });
        }
    }
    return found;
}

/** `orders-0,a-b-12`, as MirrorSourceTask reads it. */
function assignedPartitions(text = ""): { topic: string; partition: number }[] {
    return text.split(",").flatMap((entry) => {
        const [, topic, partition] = /^(.+)-(\d+)$/.exec(entry) ?? [];
        return topic === undefined ? [] : [{ topic, partition: Number(partition) }];
    });
}

async function refusedRecord(
    { from, connect, connector, alias, reading }: WarningOptions,
    topics: readonly ConfiguredTopic[],
    refusal: Refusal,
    assigned: readonly { readonly topic: string; readonly partition: number }[],
): Promise<RefusedRecord | undefined> {
    const noted = mirroredOffsetsOf(await connect.offsets(connector), alias);
    const look = await from.look([...new Set(assigned.map(({ topic }) => topic))]);
    const ranges = assigned.flatMap(({ topic, partition }): PendingRange[] => {
        const log = look.topics.find(({ name }) => name === topic)?.partitions[partition];
        if (log === undefined || !("known" in log)) {
            return [];
        }
        const mirrored = noted.find(
            (entry) => entry.topic === topic && entry.partition === partition,
        );
        const next = mirrored === undefined ? 0 : mirrored.offset + 1;
        const firstOffset = Math.max(next, log.known.firstOffset);
        const endOffset = log.known.lastStableOffset;
        const copy = topics.find((known) => known.topic === topic)?.configs.to;
        return firstOffset < endOffset
            ? [{ topic, partition, firstOffset, endOffset, limits: copy ? limitsOf(copy) : {} }]
            : [];
    });
    return findRefused(from, refusal, ranges, reading);
}
