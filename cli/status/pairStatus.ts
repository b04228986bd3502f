import { phases, type PhasePosition } from "../../config/phase";
import type { UnexpectedMirroring } from "../../config/mirroredTopics";
import {
    type ConnectorReport,
    lagOf,
    type MirrorWarnings,
    type PartitionProgress,
} from "../shared/mirror/mirrorOperations";
import type { GroupsReport } from "../verify/groups";
import type { GroupLeftOut } from "../verify/groupsLeftOut";
import { expectedOfGroups, type GroupStatus, groupStatuses } from "./groupStatus";

/** What is known about a pair; undefined where nothing responded. */
export interface PairObservation {
    readonly position: PhasePosition;
    /** Why a site does not respond. */
    readonly unreachable: Readonly<Partial<Record<"source" | "target", string>>>;
    readonly connectors: readonly ConnectorReport[] | undefined;
    readonly progress: readonly PartitionProgress[] | undefined;
    readonly groups: GroupsReport | undefined;
    /** Age of the newest translated group offset, in seconds. */
    readonly checkpointSeconds: number | undefined;
    readonly warnings: MirrorWarnings | undefined;
}

/** Limits beyond which a pair is degraded. */
export interface Budget {
    /** Largest age of a record that is not mirrored yet. */
    readonly lagSeconds: number;
    /** Largest age of the newest checkpoint while groups would read records again. */
    readonly checkpointSeconds: number;
}

export interface TopicLag {
    readonly topic: string;
    /** Offsets that are not mirrored yet; 0 if they hold no record. */
    readonly lag: number;
    /** Age of the first record that is not mirrored. */
    readonly lagSeconds?: number;
    /** Offsets that were deleted before they were mirrored. */
    readonly deletedUnmirrored: number;
}

/**
 * `healthy`: it replicates. `degraded`: it replicates, with a problem. `broken`: it does not
 * replicate. `idle`: the phase has no running mirror.
 */
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
    readonly topics: readonly TopicLag[];
    readonly groups: readonly GroupStatus[];
    /** Topics that are not mirrored, or under another name. */
    readonly unexpectedMirrorings: readonly UnexpectedMirroring[];
    /** Groups of which nothing is carried over. */
    readonly groupsLeftOut: readonly GroupLeftOut[];
    readonly checkpointSeconds?: number;
    /** If the active site failed now; absent where that is not known. */
    readonly expectedLoss?: {
        /** Offsets that only the active site has. */
        readonly lost: number;
        /** Records that protected groups would read again; absent when groups are not known. */
        readonly readAgain?: number;
        /** Whether they read at most as many records again. */
        readonly readAgainIsBound?: true;
        /** Groups that would start where their own configuration says; absent when not known. */
        readonly unprotectedGroups?: number;
    };
}

/**
 * Whether the pair replicates. Connectors that are RUNNING may copy nothing, so this evaluates tasks,
 * offsets and the age of records that are not mirrored yet.
 */
export function pairStatus(seen: PairObservation, budget: Budget): PairStatus {
    const { position, progress, connectors = [], checkpointSeconds } = seen;
    const state = phases[position.phase];
    const runs = state.forward === "running" || state.reverse === "running";
    const topics = progress === undefined ? [] : lagByTopic(progress);
    const groups = groupStatuses(seen.groups?.groups ?? []);
    const broken = runs ? brokenBecause(seen) : [];
    const degraded = runs ? degradedBecause(seen, topics, groups, budget) : [];
    return {
        phase: position.phase,
        epoch: position.epoch,
        activeSite: state.activeSite,
        summary: state.summary,
        health: healthOf(runs, broken, degraded),
        problems: [...broken, ...degraded],
        connectors,
        topics,
        groups,
        unexpectedMirrorings: seen.warnings?.unexpectedMirrorings ?? [],
        groupsLeftOut: seen.groups?.leftOut ?? [],
        ...(checkpointSeconds !== undefined && { checkpointSeconds }),
        ...(runs &&
            progress !== undefined && {
                expectedLoss: {
                    lost: lagOf(progress),
                    ...(seen.groups !== undefined && expectedOfGroups(groups, seen.groups.leftOut)),
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
    const sites = (["source", "target"] as const).flatMap((site) =>
        unreachable[site] === undefined
            ? []
            : [`the ${site} does not respond: ${unreachable[site]}`],
    );
    if (connectors === undefined) {
        return [...sites, "Kafka Connect does not respond"];
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
    topics: readonly TopicLag[],
    groups: readonly GroupStatus[],
    budget: Budget,
): string[] {
    const late = topics.filter(({ lagSeconds = 0 }) => lagSeconds > budget.lagSeconds);
    const incomplete = topics.filter(({ deletedUnmirrored }) => deletedUnmirrored > 0);
    const unprotected = groups.filter(({ isProtected }) => !isProtected);
    const repeats = groups.some(({ readAgain = 0 }) => readAgain > 0);
    return [
        ...late.map(
            ({ topic, lagSeconds = 0 }) =>
                `${topic} has a lag of ${Math.round(lagSeconds)} s, more than ${budget.lagSeconds} s`,
        ),
        ...incomplete.map(
            ({ topic, deletedUnmirrored }) =>
                `${topic}: retention deleted ${deletedUnmirrored} offsets before they were mirrored; the mirror cannot copy them any more`,
        ),
        ...(unprotected.length > 0
            ? [`not protected: ${unprotected.map(({ group }) => group).join(", ")}`]
            : []),
        ...(repeats &&
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
        const ages = partitions.flatMap(({ lagSeconds }) => lagSeconds ?? []);
        return {
            topic,
            lag: lagOf(partitions),
            ...(ages.length > 0 && { lagSeconds: Math.max(...ages) }),
            deletedUnmirrored: partitions.reduce(
                (sum, { deletedUnmirrored }) => sum + deletedUnmirrored,
                0,
            ),
        };
    });
}
