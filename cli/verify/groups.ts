import type { ClusterView } from "../../kafka/clusterView";
import type { CommittedOffsets, ConsumerGroup } from "../../kafka/groupView";
import type { SiteName } from "../../config/settingsSchema";
import type { Ends } from "../shared/mirror/ends";
import { evaluatePosition, type GroupPartitionReport, type GroupPosition } from "./groupVerdict";
import type { MirrorScope } from "./scope";

/** The mirrored groups of one cluster. */
export interface ClusterGroups {
    /** By id. */
    readonly groups: ReadonlyMap<string, ConsumerGroup>;
    /** What each group has committed, by its id. */
    readonly offsets: ReadonlyMap<string, CommittedOffsets>;
}

/** One group that has a position in a compared topic. */
export interface GroupReport {
    readonly group: string;
    readonly fromState: string;
    /** Absent when there is no such group at `to`. */
    readonly toState?: string;
    readonly partitions: readonly GroupPartitionReport[];
}

/** Reads groups and their offsets. Read those of `to` before those of `from`, which are ahead. */
export async function readGroups(
    view: ClusterView,
    scope: Pick<MirrorScope, "isMirroredGroup">,
): Promise<ClusterGroups> {
    const groups = (await view.consumerGroups()).filter(({ id }) => scope.isMirroredGroup(id));
    return {
        groups: new Map(groups.map((group) => [group.id, group])),
        offsets: await view.groups.committedOffsets(groups.map(({ id }) => id)),
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

/** Evaluates all positions; leaves out groups without a position in the compared topics. */
export function groupReports(
    groups: Ends<ClusterGroups>,
    positions: ReadonlyMap<string, readonly GroupPosition[]>,
    sites: Ends<SiteName>,
): GroupReport[] {
    return [...groups.from.groups.values()].flatMap(({ id, state }) => {
        const own = positions.get(id) ?? [];
        const group = groups.to.groups.get(id);
        return own.length === 0
            ? []
            : [
                  {
                      group: id,
                      fromState: state,
                      ...(group && { toState: group.state }),
                      partitions: own.map((position) => evaluatePosition(position, group, sites)),
                  },
              ];
    });
}

/**
 * Evaluates the groups without reading records: whether each has a position at `to`, and one within
 * the log. Whether a group would skip or repeat records takes `verifyPair`.
 */
export async function verifyGroups(
    views: Ends<ClusterView>,
    scope: MirrorScope,
    sites: Ends<SiteName>,
): Promise<GroupReport[]> {
    const to = await readGroups(views.to, scope);
    const groups = { to, from: await readGroups(views.from, scope) };
    const names = new Set(
        [...groups.from.offsets.values()].flatMap((topics) => [...topics.keys()]),
    );
    const toNames = new Set(await views.to.topicNames());
    const positions = new Map<string, GroupPosition[]>();
    for (const topic of [...names].filter(scope.isMirroredTopic)) {
        const topics = { from: topic, to: scope.toTopic(topic) };
        const fromFirst = await views.from.earliestOffsets(await views.from.topic(topic));
        const copy = toNames.has(topics.to) ? await views.to.topic(topics.to) : undefined;
        const [first, end] = copy
            ? await Promise.all([
                  views.to.earliestOffsets(copy),
                  views.to.committedEndOffsets(copy),
              ])
            : [[], []];
        for (const [partition, fromFirstOffset] of fromFirst.entries()) {
            for (const { group, ...offsets } of committedIn(groups, topics, partition)) {
                const position = {
                    topic,
                    partition,
                    ...offsets,
                    fromFirstOffset,
                    toLog: {
                        firstOffset: first[partition] ?? 0,
                        endOffset: end[partition] ?? 0,
                    },
                };
                positions.set(group, [...(positions.get(group) ?? []), position]);
            }
        }
    }
    return groupReports(groups, positions, sites);
}
