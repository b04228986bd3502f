import type { UnexpectedMirroring } from "../../config/mirroredTopics";
import { phases } from "../../config/phase";
import type { ConnectorReport } from "../shared/mirror/mirrorOperations";
import { type HeldPartition, lagOf, type MirrorProgress } from "../shared/mirror/progress";
import type { MirrorWarnings } from "../shared/mirror/recordWarnings";
import type { GroupLeftOut } from "../verify/groupsLeftOut";
import {
    type Budget,
    type Evidence,
    knownOf,
    type PairObservation,
    type Restarts,
} from "./evidence";
import { expectedOfGroups, type GroupStatus, groupStatuses } from "./groupStatus";
import { brokenBecause, degradedBecause, notesOn } from "./problems";
import { lagByTopic, type TopicLag } from "./topicLag";
import { type Unknown, unknownsOf } from "./unknowns";

/**
 * `healthy`: it replicates. `degraded`: it replicates, with a problem. `unknown`: what would tell
 * could not be looked at. `broken`: it does not replicate. `idle`: the phase has no running mirror,
 * and none runs. Of several, the first in the order broken, unknown, degraded counts.
 */
export type Health = "healthy" | "degraded" | "unknown" | "broken" | "idle";

export interface PairStatus {
    readonly phase: string;
    readonly epoch: number;
    readonly activeSite: string;
    readonly summary: string;
    readonly health: Health;
    /** Why it is not healthy. */
    readonly problems: readonly string[];
    /** What could not be looked at. */
    readonly unknown: readonly Unknown[];
    /** What is odd, and no problem yet. */
    readonly notes: readonly string[];
    readonly connectors: readonly ConnectorReport[];
    readonly topics: readonly TopicLag[];
    /** Open transactions behind which records wait. */
    readonly held: readonly HeldPartition[];
    readonly groups: readonly GroupStatus[];
    /** Topics that are not mirrored, or under another name. */
    readonly unexpectedMirrorings: readonly UnexpectedMirroring[];
    /** Limits on records that are lower than those of the topics that are mirrored. */
    readonly limits: MirrorWarnings["limits"];
    /** The records that stopped tasks. */
    readonly refused: MirrorWarnings["refused"];
    /** How often the operator has restarted connectors. */
    readonly restarts: readonly Restarts[];
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
 * offsets and the age of records that are not mirrored yet. What could not be looked at is never
 * taken for healthy.
 */
export function pairStatus(seen: PairObservation, budget: Budget): PairStatus {
    const state = phases[seen.position.phase];
    const runs = state.forward === "running" || state.reverse === "running";
    const progress = knownOf(seen.progress);
    const reports = knownOf(seen.groups);
    const warnings = knownOf(seen.warnings);
    const topics = progress === undefined ? [] : lagByTopic(progress);
    const groups = groupStatuses(reports?.groups ?? []);
    const evidence: Evidence = { seen, runs, topics, groups, budget };
    const broken = brokenBecause(evidence);
    const unknown = unknownsOf(evidence);
    const degraded = runs ? degradedBecause(evidence) : [];
    const checkpointSeconds = knownOf(seen.checkpointSeconds) ?? undefined;
    return {
        phase: seen.position.phase,
        epoch: seen.position.epoch,
        activeSite: state.activeSite,
        summary: state.summary,
        health: healthOf(runs, broken, unknown, degraded),
        problems: [...broken, ...degraded],
        unknown,
        notes: notesOn(evidence),
        connectors: knownOf(seen.connectors) ?? [],
        topics,
        held: progress?.held ?? [],
        groups,
        unexpectedMirrorings: warnings?.unexpectedMirrorings ?? [],
        limits: warnings?.limits ?? [],
        refused: warnings?.refused ?? [],
        restarts: knownOf(seen.restarts) ?? [],
        groupsLeftOut: reports?.leftOut ?? [],
        ...(checkpointSeconds !== undefined && { checkpointSeconds }),
        ...(runs &&
            progress !== undefined &&
            isComplete(progress) && {
                expectedLoss: {
                    lost: lagOf(progress.partitions),
                    ...(reports !== undefined && expectedOfGroups(groups, reports.leftOut)),
                },
            }),
    };
}

/** Whether every partition was seen, as the one that was mirrored. */
function isComplete({ unknown, contradictions }: MirrorProgress): boolean {
    return unknown.length === 0 && contradictions.length === 0;
}

function healthOf(
    runs: boolean,
    broken: readonly string[],
    unknown: readonly Unknown[],
    degraded: readonly string[],
): Health {
    if (broken.length > 0) {
        return "broken";
    }
    if (unknown.length > 0) {
        return "unknown";
    }
    if (!runs) {
        return "idle";
    }
    return degraded.length > 0 ? "degraded" : "healthy";
}
