import type { ClusterView } from "../../kafka/clusterView";
import type { CommittedOffsets, Group } from "../../kafka/groupView";
import type { SiteName } from "../../config/settingsSchema";
import type { Ends } from "../shared/mirror/ends";
import {
    evaluatePosition,
    type GroupAtTo,
    type GroupPartitionReport,
    type GroupPosition,
} from "./groupVerdict";
import { type GroupLeftOut, groupsLeftOut } from "./groupsLeftOut";
import type { MirrorScope } from "./scope";

/** The groups of one cluster. */
export interface ClusterGroups {
    /** Of every kind, by id; only those that the scope selects. */
    readonly groups: ReadonlyMap<string, Group>;
    /** What each consumer group has committed, by its id. */
    readonly offsets: ReadonlyMap<string, CommittedOffsets>;
}

/** One group that has a position in a compared topic. */
export interface GroupReport {
    readonly group: string;
    readonly fromState: string;
    /** Absent when there is no such group at `to`. */
    readonly toState?: string;
    readonly partitions: readonly GroupPartitionReport[];
    /** Topics in which it has a position although they are not mirrored, if there are any. */
    readonly topicsNotMirrored?: readonly string[];
}

/** Where the groups of `from` would resume at `to`. */
export interface GroupsReport {
    readonly groups: readonly GroupReport[];
    /** Groups of `from` of which nothing is carried over. */
    readonly leftOut: readonly GroupLeftOut[];
}

/** Reads groups and their offsets. Read those of `to` before those of `from`, which are ahead. */
export async function readGroups(
    view: ClusterView,
    scope: Pick<MirrorScope, "isSelectedGroup">,
): Promise<ClusterGroups> {
    const groups = (await view.groups.list()).filter(({ id }) => scope.isSelectedGroup(id));
    const consumers = groups.filter(({ kind }) => kind === "consumer");
    return {
        groups: new Map(groups.map((group) => [group.id, group])),
        offsets: await view.groups.committedOffsets(consumers.map(({ id }) => id)),
    };
}

/** What every group has committed for one partition, at both ends. */
export function committedIn(
    groups: Ends<ClusterGroups>,
    topics: Ends<string>,
    partition: number,
): { group: string; fromOffset: number; toOffset?: number }[] {
    return [...groups.from.offsets].flatMap(([group, offsets]) => {
        const fromOffset = offsets.get(topics.from)?.get(partition);
        const toOffset = groups.to.offsets.get(group)?.get(topics.to)?.get(partition);
        return fromOffset === undefined
            ? []
            : [{ group, fromOffset, ...(toOffset !== undefined && { toOffset }) }];
    });
}

/**
 * Evaluates all positions. A group that the mirror's patterns leave out is evaluated when it was asked
 * for by its name, and listed as left out otherwise.
 */
export function groupsReport(
    groups: Ends<ClusterGroups>,
    positions: ReadonlyMap<string, readonly GroupPosition[]>,
    scope: MirrorScope,
    sites: Ends<SiteName>,
): GroupsReport {
    const reports = [...groups.from.groups.values()].flatMap(({ id, state, kind }) => {
        const own = positions.get(id) ?? [];
        const isExcluded = !scope.isMirroredGroup(id);
        if (kind !== "consumer" || own.length === 0 || (isExcluded && !scope.isNamedGroup(id))) {
            return [];
        }
        const group = groups.to.groups.get(id);
        const at: GroupAtTo = { group, isExcluded };
        const others = [...(groups.from.offsets.get(id)?.keys() ?? [])].filter(
            (topic) => !scope.isMirroredTopic(topic),
        );
        return [
            {
                group: id,
                fromState: state,
                ...(group && { toState: group.state }),
                partitions: own.map((position) => evaluatePosition(position, at, sites)),
                ...(others.length > 0 &&
                    !scope.isNarrowedToTopics && { topicsNotMirrored: others.sort() }),
            },
        ];
    });
    const evaluated = new Set(reports.map(({ group }) => group));
    return {
        groups: reports,
        leftOut: groupsLeftOut(
            [...groups.from.groups.values()].filter(({ id }) => !evaluated.has(id)),
            scope,
        ),
    };
}
