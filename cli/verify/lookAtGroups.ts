import type { Looked } from "../../kafka/askLeaders";
import type { ClusterView } from "../../kafka/clusterView";
import { isAuthorizationFailure } from "../../kafka/errors";
import type { ClusterLook, TopicLook } from "../../kafka/logLook";
import type { SiteName } from "../../config/settingsSchema";
import type { Ends } from "../shared/mirror/ends";
import { looked } from "../shared/mirror/observe";
import { alignPosition } from "./groupAlignment";
import { type GroupsReport, groupsReport, readGroups } from "./groups";
import type { GroupPosition } from "./groupVerdict";
import type { MirrorScope } from "./scope";

/** Positions whose surrounding records are read for one report; of the others a bound is reported. */
const POSITIONS_ALIGNED = 64;
const POSITIONS_AT_ONCE = 4;

/**
 * Evaluates the groups without a comparison of whole logs: reads the records around a position only, of
 * at most `POSITIONS_ALIGNED` positions.
 */
export async function lookAtGroups(
    views: Ends<ClusterView>,
    scope: MirrorScope,
    sites: Ends<SiteName>,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<GroupsReport> {
    const to = await readGroups(views.to, scope);
    const groups = { to, from: await readGroups(views.from, scope) };
    const names = [...groups.from.offsets.values()]
        .flatMap((topics) => [...topics.keys()])
        .filter(scope.isMirroredTopic);
    const topics = [...new Set(names)];
    // `to` is asked first: whatever it has by then, `from` has when it is asked.
    const toLook = await views.to.look(topics.map(scope.toTopic));
    const looks = { to: byName(toLook), from: byName(await views.from.look(topics)) };
    const positions = new Map<string, GroupPosition[]>();
    const unaligned: Unaligned[] = [];
    for (const topic of topics) {
        const pair = { from: topic, to: scope.toTopic(topic) };
        for (const [group, offsets] of groups.from.offsets) {
            for (const [partition, fromOffset] of offsets.get(topic) ?? []) {
                const toOffset = groups.to.offsets.get(group)?.get(pair.to)?.get(partition);
                const logs = {
                    from: logIn(looks.from.get(pair.from), partition),
                    to: logIn(looks.to.get(pair.to), partition),
                };
                if (logs.from === undefined) {
                    // The topic was deleted, and brokers have not removed its offsets yet.
                    continue;
                }
                const own = positions.get(group) ?? [];
                positions.set(group, own);
                own.push(positionOf({ topic, partition, fromOffset, toOffset }, logs));
                if (
                    toOffset !== undefined &&
                    logs.to !== undefined &&
                    "known" in logs.from &&
                    "known" in logs.to &&
                    canBeAligned({ fromOffset, toOffset }, logs.from.known, logs.to.known)
                ) {
                    unaligned.push({
                        place: { own, index: own.length - 1 },
                        topics: pair,
                        partition,
                        offsets: { from: fromOffset, to: toOffset },
                        logs: { from: logs.from.known, to: logs.to.known },
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
    /** The last stable offset: records are read up to it. */
    readonly endOffset: number;
    readonly highWatermark: number;
}

function byName({ topics }: ClusterLook): ReadonlyMap<string, TopicLook> {
    return new Map(topics.map((topic) => [topic.name, topic]));
}

/** A position to align, and where the result belongs. */
interface Unaligned {
    readonly place: { readonly own: GroupPosition[]; readonly index: number };
    readonly topics: Ends<string>;
    readonly partition: number;
    readonly offsets: Ends<number>;
    readonly logs: Ends<LogRange>;
}

/** A log as a look has it; undefined when there is no such partition. */
function logIn(topic: TopicLook | undefined, partition: number): Looked<LogRange> | undefined {
    if (topic?.unknown !== undefined) {
        return { unknown: topic.unknown };
    }
    const log = topic?.partitions[partition];
    if (log === undefined || "unknown" in log) {
        return log;
    }
    const { firstOffset, lastStableOffset, highWatermark } = log.known;
    return { known: { firstOffset, endOffset: lastStableOffset, highWatermark } };
}

/** A position, or why one of its logs is not known. */
function positionOf(
    {
        topic,
        partition,
        fromOffset,
        toOffset,
    }: {
        readonly topic: string;
        readonly partition: number;
        readonly fromOffset: number;
        readonly toOffset: number | undefined;
    },
    { from, to }: Ends<Looked<LogRange> | undefined>,
): GroupPosition {
    const unknown = [from, to].flatMap((log) =>
        log !== undefined && "unknown" in log ? [log.unknown] : [],
    );
    return {
        topic,
        partition,
        fromOffset,
        ...(toOffset !== undefined && { toOffset }),
        fromFirstOffset: from !== undefined && "known" in from ? from.known.firstOffset : 0,
        ...(to !== undefined &&
            "known" in to && {
                toLog: { firstOffset: to.known.firstOffset, endOffset: to.known.highWatermark },
            }),
        ...(unknown.length > 0 && { unknown: unknown.join("; ") }),
    };
}

/** Whether records around a position tell more than the offsets do. */
function canBeAligned(
    { fromOffset, toOffset }: { readonly fromOffset: number; readonly toOffset: number },
    from: LogRange,
    to: LogRange,
): boolean {
    const isInside =
        toOffset >= to.firstOffset && toOffset <= to.endOffset && fromOffset >= from.firstOffset;
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
            const found = await looked(() =>
                alignPosition(views, { ...committed, isRestamped }, options),
            );
            options.signal?.throwIfAborted();
            const position = place.own[place.index];
            if (position === undefined) {
                continue;
            }
            // Whether it would skip records is not known where they cannot be read.
            place.own[place.index] = {
                ...position,
                ...("unknown" in found && { unknown: found.unknown }),
                ...("known" in found && found.known && { compared: found.known }),
            };
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
