import type { ClusterView } from "../../kafka/clusterView";
import { isAuthorizationFailure } from "../../kafka/errors";
import type { CommittedOffsets, Group } from "../../kafka/groupView";
import { knownLogs } from "../../kafka/logLook";
import type { SiteName } from "../../config/settingsSchema";
import type { Ends } from "../shared/mirror/ends";
import { alignPosition } from "./groupAlignment";
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

/** Positions whose surrounding records are read for one report; of the others a bound is reported. */
const POSITIONS_ALIGNED = 64;
const POSITIONS_AT_ONCE = 4;

/**
 * Evaluates the groups without a comparison of whole logs: reads the records around a position only, of
 * at most `POSITIONS_ALIGNED` positions.
 */
export async function verifyGroups(
    views: Ends<ClusterView>,
    scope: MirrorScope,
    sites: Ends<SiteName>,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<GroupsReport> {
    const to = await readGroups(views.to, scope);
    const groups = { to, from: await readGroups(views.from, scope) };
    const names = new Set(
        [...groups.from.offsets.values()].flatMap((topics) => [...topics.keys()]),
    );
    const mirrored = [...names].filter(scope.isMirroredTopic);
    const toLogs = await logsOf(
        views.to,
        mirrored.map((topic) => scope.toTopic(topic)),
    );
    const fromLogs = await logsOf(views.from, mirrored);
    const positions = new Map<string, GroupPosition[]>();
    const unaligned: Unaligned[] = [];
    for (const topic of mirrored) {
        const topics = { from: topic, to: scope.toTopic(topic) };
        const logs = {
            from: fromLogs.get(topics.from) ?? [],
            to: toLogs.get(topics.to) ?? [],
        };
        for (const [partition, fromLog] of logs.from.entries()) {
            const toLog = logs.to[partition];
            for (const { group, ...committed } of committedIn(groups, topics, partition)) {
                const position: GroupPosition = {
                    topic,
                    partition,
                    ...committed,
                    fromFirstOffset: fromLog.firstOffset,
                    ...(toLog && { toLog }),
                };
                const own = positions.get(group) ?? [];
                positions.set(group, own);
                own.push(position);
                const { fromOffset, toOffset } = committed;
                if (toOffset !== undefined && toLog && canBeAligned(committed, fromLog, toLog)) {
                    unaligned.push({
                        place: { own, index: own.length - 1 },
                        topics,
                        partition,
                        offsets: { from: fromOffset, to: toOffset },
                        logs: { from: fromLog, to: toLog },
                    });
                }
            }
        }
    }
    await alignAll(views, unaligned, options);
    return groupsReport(groups, positions, scope, sites);
}

interface LogRange {
    readonly firstOffset: number;
    readonly endOffset: number;
}

/** A position to align, and where the result belongs. */
interface Unaligned {
    readonly place: { readonly own: GroupPosition[]; readonly index: number };
    readonly topics: Ends<string>;
    readonly partition: number;
    readonly offsets: Ends<number>;
    readonly logs: Ends<LogRange>;
}

/** The readable part of each log, by topic; none for a topic that does not exist. */
async function logsOf(
    view: ClusterView,
    names: readonly string[],
): Promise<ReadonlyMap<string, LogRange[]>> {
    const { topics } = await view.look(names);
    return new Map(
        topics.map((topic) => [
            topic.name,
            knownLogs(topic).map(({ firstOffset, lastStableOffset }) => ({
                firstOffset,
                endOffset: lastStableOffset,
            })),
        ]),
    );
}

/** Whether records around a position tell more than the offsets do. */
function canBeAligned(
    { fromOffset, toOffset }: { readonly fromOffset: number; readonly toOffset?: number },
    from: LogRange,
    to: LogRange,
): boolean {
    const isInside =
        toOffset !== undefined &&
        toOffset >= to.firstOffset &&
        toOffset <= to.endOffset &&
        fromOffset >= from.firstOffset;
    return isInside && !(toOffset === to.endOffset && fromOffset >= from.endOffset);
}

/** Aligns the positions that are furthest from the end of their log at `to`; they repeat most. */
async function alignAll(
    views: Ends<ClusterView>,
    unaligned: readonly Unaligned[],
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<void> {
    const distance = ({ logs, offsets }: Unaligned) => logs.to.endOffset - offsets.to;
    const queue = [...unaligned]
        .sort((one, other) => distance(other) - distance(one))
        .slice(0, POSITIONS_ALIGNED);
    const restamped = await restampedTopics(
        views.to,
        queue.map(({ topics }) => topics.to),
    );
    const work = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
            const { place, ...committed } = next;
            const isRestamped = restamped.has(committed.topics.to);
            const compared = await alignPosition(views, { ...committed, isRestamped }, options);
            const position = place.own[place.index];
            if (compared !== undefined && position !== undefined) {
                place.own[place.index] = { ...position, compared };
            }
        }
    };
    await Promise.all(Array.from({ length: POSITIONS_AT_ONCE }, work));
}

/** Topics whose brokers replace timestamps. Without the right to know, none: nothing is aligned then. */
async function restampedTopics(
    view: ClusterView,
    topics: readonly string[],
): Promise<ReadonlySet<string>> {
    try {
        const configs = await view.topicConfigs([...new Set(topics)]);
        return new Set(
            [...configs]
                .filter(
                    ([, values]) => values.get("message.timestamp.type")?.value === "LogAppendTime",
                )
                .map(([topic]) => topic),
        );
    } catch (error) {
        if (!isAuthorizationFailure(error)) {
            throw error;
        }
        return new Set();
    }
}
