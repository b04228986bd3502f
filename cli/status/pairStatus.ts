import { phases, type PhasePosition } from "../../config/phase";
import { pendingOf } from "../shared/mirror/progress";
import type { ConnectorReport, PartitionProgress } from "../shared/mirror/types";
import type { GroupReport } from "../verify/report";
import type { TopicEnds } from "../shared/mirror/types";

/** What was seen of a pair; undefined where nothing answered. */
export interface PairObservation {
    readonly position: PhasePosition;
    /** Why a cluster does not answer. */
    readonly unreachable: Readonly<Partial<Record<"source" | "target", string>>>;
    readonly connectors: readonly ConnectorReport[] | undefined;
    readonly progress: readonly PartitionProgress[] | undefined;
    readonly groups: readonly GroupReport[] | undefined;
    /** Ends of the logs that the mirror writes. */
    readonly ends: readonly TopicEnds[] | undefined;
    /** Age of the newest translated group offset, in seconds. */
    readonly checkpointSeconds: number | undefined;
}

/** What is allowed before a pair is called degraded. */
export interface Budget {
    /** Seconds that the oldest record which is not mirrored may be old. */
    readonly lagSeconds: number;
    /** Seconds that the newest checkpoint may be old while groups are not in step. */
    readonly checkpointSeconds: number;
}

export interface TopicLag {
    readonly topic: string;
    readonly offsets: number;
    /** Age of the first record that is not mirrored. */
    readonly seconds?: number;
    /** Offsets that were deleted before they were mirrored. */
    readonly overtaken: number;
}

export interface GroupStatus {
    readonly group: string;
    readonly isProtected: boolean;
    /** Records that it would read again at the other cluster, about. */
    readonly readAgain?: number;
    /** Why it is not protected. */
    readonly reason?: string;
}

/** `healthy`: it replicates. `degraded`: it does, with a problem. `broken`: it does not. `idle`: the phase has no mirror that runs. */
export type Health = "healthy" | "degraded" | "broken" | "idle";

export interface PairStatus {
    readonly phase: string;
    readonly epoch: number;
    readonly activeSite: string;
    readonly summary: string;
    readonly health: Health;
    /** Why it is not healthy. */
    readonly problems: readonly string[];
    readonly connectors: readonly ConnectorReport[];
    readonly lag: readonly TopicLag[];
    readonly groups: readonly GroupStatus[];
    readonly checkpointSeconds?: number;
    /** If the cluster that is mirrored died now; absent where that is not known. */
    readonly ifLostNow?: {
        /** Offsets that nobody would have. */
        readonly lost: number;
        /** Records that groups would read again, about. */
        readonly repeated: number;
        /** Groups that would start by their `auto.offset.reset`. */
        readonly unprotectedGroups: number;
    };
}

/**
 * What an honest answer is to "is it replicating": connectors that are RUNNING may copy nothing, so
 * it looks at tasks, at offsets and at the age of what is not mirrored.
 */
export function pairStatus(seen: PairObservation, budget: Budget): PairStatus {
    const { position, progress, connectors = [], checkpointSeconds } = seen;
    const state = phases[position.phase];
    const runs = state.forward === "running" || state.reverse === "running";
    const lag = progress === undefined ? [] : lagByTopic(progress);
    const groups = seen.groups === undefined ? [] : groupStatuses(seen.groups, progress, seen.ends);
    const broken = runs ? brokenBecause(seen) : [];
    const degraded = runs ? degradedBecause(seen, lag, groups, budget) : [];
    return {
        phase: position.phase,
        epoch: position.epoch,
        activeSite: state.activeSite,
        summary: state.summary,
        health: healthOf(runs, broken, degraded),
        problems: [...broken, ...degraded],
        connectors,
        lag,
        groups,
        ...(checkpointSeconds !== undefined && { checkpointSeconds }),
        ...(runs &&
            progress !== undefined && {
                ifLostNow: {
                    lost: pendingOf(progress),
                    repeated: groups.reduce((sum, { readAgain = 0 }) => sum + readAgain, 0),
                    unprotectedGroups: groups.filter(({ isProtected }) => !isProtected).length,
                },
            }),
    };
}

function healthOf(runs: boolean, broken: readonly string[], degraded: readonly string[]): Health {
    if (!runs) {
        return "idle";
    }
    if (broken.length > 0) {
        return "broken";
    }
    return degraded.length > 0 ? "degraded" : "healthy";
}

function brokenBecause({ unreachable, connectors }: PairObservation): string[] {
    const sites = (["source", "target"] as const).flatMap((side) =>
        unreachable[side] === undefined
            ? []
            : [`the ${side} does not answer: ${unreachable[side]}`],
    );
    if (connectors === undefined) {
        return [...sites, "Kafka Connect does not answer"];
    }
    return [
        ...sites,
        ...connectors.flatMap(({ name, state, tasks }) => [
            ...(state === "RUNNING" ? [] : [`${name} is ${state}`]),
            ...tasks
                .filter((task) => task.state !== "RUNNING")
                .map((task) => `task ${task.id} of ${name} is ${task.state}`),
        ]),
    ];
}

function degradedBecause(
    { checkpointSeconds }: PairObservation,
    lag: readonly TopicLag[],
    groups: readonly GroupStatus[],
    budget: Budget,
): string[] {
    const late = lag.filter(({ seconds = 0 }) => seconds > budget.lagSeconds);
    const overtaken = lag.filter((topic) => topic.overtaken > 0);
    const unprotected = groups.filter(({ isProtected }) => !isProtected);
    const isBehind = groups.some(({ readAgain = 0 }) => readAgain > 0);
    return [
        ...late.map(
            ({ topic, seconds = 0 }) =>
                `${topic} is ${Math.round(seconds)} s behind, more than ${budget.lagSeconds} s`,
        ),
        ...overtaken.map(
            ({ topic, overtaken: lost }) =>
                `${topic}: retention deleted ${lost} offsets before they were mirrored; they will never come`,
        ),
        ...(unprotected.length > 0
            ? [`not protected: ${unprotected.map(({ group }) => group).join(", ")}`]
            : []),
        ...(isBehind &&
        checkpointSeconds !== undefined &&
        checkpointSeconds > budget.checkpointSeconds
            ? [
                  `the newest checkpoint is ${Math.round(checkpointSeconds)} s old, more than ${budget.checkpointSeconds} s`,
              ]
            : []),
    ];
}

function lagByTopic(progress: readonly PartitionProgress[]): TopicLag[] {
    const byTopic = new Map<string, PartitionProgress[]>();
    for (const partition of progress) {
        byTopic.set(partition.topic, [...(byTopic.get(partition.topic) ?? []), partition]);
    }
    return [...byTopic].map(([topic, partitions]) => {
        const ages = partitions.flatMap(({ pendingSeconds }) => pendingSeconds ?? []);
        return {
            topic,
            offsets: pendingOf(partitions),
            ...(ages.length > 0 && { seconds: Math.max(...ages) }),
            overtaken: partitions.reduce((sum, { overtaken }) => sum + overtaken, 0),
        };
    });
}

/**
 * Where groups would go on. The last record that is mirrored is the last one of the other log, so a
 * position counts from there; what the mirror has noted is a few seconds old while it runs.
 */
function groupStatuses(
    reports: readonly GroupReport[],
    progress: readonly PartitionProgress[] | undefined,
    ends: readonly TopicEnds[] | undefined,
): GroupStatus[] {
    const mirrored = new Map(
        progress?.map(({ topic, partition, mirroredOffset, firstOffset }) => [
            `${topic}:${partition}`,
            (mirroredOffset ?? firstOffset - 1) + 1,
        ]),
    );
    const endOf = (topic: string, partition: number) =>
        ends?.find((found) => found.topic === topic)?.endOffsets[partition];
    return reports.map(({ group, partitions }): GroupStatus => {
        const unprotected = partitions.find(({ toOffset }) => toOffset === undefined);
        const bad = partitions.find(
            ({ verdict }) => verdict === "late" || verdict === "out-of-range",
        );
        const again = partitions.map(({ topic, partition, fromOffset, toOffset }) => {
            const next = mirrored.get(`${topic}:${partition}`);
            const end = endOf(topic, partition);
            return next === undefined || end === undefined || toOffset === undefined
                ? undefined
                : Math.max(0, end - toOffset - Math.max(0, next - fromOffset));
        });
        const known = again.every((records) => records !== undefined);
        const reason = unprotected?.reason ?? bad?.reason;
        return {
            group,
            isProtected: unprotected === undefined && bad === undefined,
            ...(known && {
                readAgain: again.reduce((sum, records) => sum + records, 0),
            }),
            ...(reason !== undefined && { reason }),
        };
    });
}
