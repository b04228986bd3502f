import type { ClusterView } from "../../kafka/clusterView";
import type { CommittedOffsets, ConsumerGroup } from "../../kafka/groupView";
import { judgePosition, type GroupPosition } from "./groupVerdict";
import type { MirrorScope } from "./pair";
import type { GroupReport } from "./report";

/** The groups of the source, and what both sides have committed for them. */
export interface SeenGroups {
    readonly source: readonly ConsumerGroup[];
    readonly target: ReadonlyMap<string, ConsumerGroup>;
    readonly sourceOffsets: ReadonlyMap<string, CommittedOffsets>;
    readonly targetOffsets: ReadonlyMap<string, CommittedOffsets>;
}

/** The groups at the target and their offsets. To be asked for before those of the source. */
export async function seeTargetGroups(
    view: ClusterView,
    scope: Pick<MirrorScope, "isMirroredGroup">,
): Promise<Pick<SeenGroups, "target" | "targetOffsets">> {
    const groups = await view.consumerGroups();
    const wanted = groups.filter(({ id }) => scope.isMirroredGroup(id));
    return {
        target: new Map(wanted.map((group) => [group.id, group])),
        targetOffsets: await view.groups.committedOffsets(wanted.map(({ id }) => id)),
    };
}

/** The same at the source. */
export async function seeSourceGroups(
    view: ClusterView,
    scope: Pick<MirrorScope, "isMirroredGroup">,
): Promise<Pick<SeenGroups, "source" | "sourceOffsets">> {
    const source = (await view.consumerGroups()).filter(({ id }) => scope.isMirroredGroup(id));
    return {
        source,
        sourceOffsets: await view.groups.committedOffsets(source.map(({ id }) => id)),
    };
}

/** Every position of a group in one partition, at both sides. */
export function positionsIn(
    seen: SeenGroups,
    {
        topic,
        targetTopic,
        partition,
    }: Record<"topic" | "targetTopic", string> & { partition: number },
): { group: string; sourceOffset: number; targetOffset?: number }[] {
    return [...seen.sourceOffsets].flatMap(([group, offsets]) => {
        const sourceOffset = offsets.get(topic)?.get(partition);
        const targetOffset = seen.targetOffsets.get(group)?.get(targetTopic)?.get(partition);
        return sourceOffset === undefined
            ? []
            : [{ group, sourceOffset, ...(targetOffset !== undefined && { targetOffset }) }];
    });
}

/** Judges all positions; groups without one in these topics are left out. */
export function groupReports(
    seen: SeenGroups,
    positions: ReadonlyMap<string, readonly GroupPosition[]>,
): GroupReport[] {
    return seen.source.flatMap(({ id, state }) => {
        const own = positions.get(id) ?? [];
        const atTarget = seen.target.get(id);
        return own.length === 0
            ? []
            : [
                  {
                      group: id,
                      sourceState: state,
                      ...(atTarget && { targetState: atTarget.state }),
                      partitions: own.map((position) => judgePosition(position, atTarget)),
                  },
              ];
    });
}

/**
 * The groups alone, without reading a record: whether each has a position at the target, and one
 * that is there. Whether it would skip or repeat records takes `verifyPair`.
 */
export async function verifyGroups(
    views: { readonly source: ClusterView; readonly target: ClusterView },
    scope: MirrorScope,
): Promise<GroupReport[]> {
    const atTarget = await seeTargetGroups(views.target, scope);
    const seen = { ...atTarget, ...(await seeSourceGroups(views.source, scope)) };
    const names = new Set([...seen.sourceOffsets.values()].flatMap((topics) => [...topics.keys()]));
    const targetNames = new Set(await views.target.topicNames());
    const positions = new Map<string, GroupPosition[]>();
    for (const topic of [...names].filter(scope.isMirroredTopic)) {
        const targetTopic = scope.topicPrefix + topic;
        const sourceFirst = await views.source.earliestOffsets(await views.source.topic(topic));
        const target = targetNames.has(targetTopic)
            ? await views.target.topic(targetTopic)
            : undefined;
        const [first, end] = target
            ? await Promise.all([
                  views.target.earliestOffsets(target),
                  views.target.committedEndOffsets(target),
              ])
            : [[], []];
        for (const [partition, sourceFirstOffset] of sourceFirst.entries()) {
            for (const { group, ...offsets } of positionsIn(seen, {
                topic,
                targetTopic,
                partition,
            })) {
                const position = {
                    topic,
                    partition,
                    ...offsets,
                    sourceFirstOffset,
                    targetLog: {
                        firstOffset: first[partition] ?? 0,
                        endOffset: end[partition] ?? 0,
                    },
                };
                positions.set(group, [...(positions.get(group) ?? []), position]);
            }
        }
    }
    return groupReports(seen, positions);
}
