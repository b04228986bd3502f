import type { Looked } from "../../kafka/askLeaders";
import { partitionName, unknownPartitions } from "../shared/mirror/progress";
import { type Evidence, knownOf } from "./evidence";

/** Something that decides and could not be looked at. */
export interface Unknown {
    readonly what: string;
    readonly reason: string;
    /** When this command looked for it first, ISO 8601; it may be unknown for longer. */
    readonly since: string;
}

/** Everything that could not be looked at, in the order in which the status shows what is known. */
export function unknownsOf({ seen, runs, topics, budget }: Evidence): Unknown[] {
    const { unreachable, sites, at } = seen;
    const look = (what: string, answer: Looked<unknown> | undefined) =>
        answer !== undefined && "unknown" in answer ? [{ what, reason: answer.unknown }] : [];
    const found = [
        // While the mirror should run, Kafka Connect that does not respond is a problem of its own.
        ...(runs ? [] : look("the state of the connectors", seen.connectors)),
        // A phase without a running mirror replicates nothing.
        ...(runs
            ? [
                  ...look(`the lag of the ${sites.to}`, seen.progress),
                  ...look("whether both ends have the same logs", seen.contradictions),
                  ...look("the positions of the groups", seen.groups),
                  ...positionsOf(seen),
                  ...look("whether topics or records cannot be mirrored", seen.warnings),
                  ...(knownOf(seen.warnings)?.unknown ?? []),
                  ...look(`the logs of the ${sites.to}`, seen.ends),
                  ...look("the age of the newest checkpoint", seen.checkpointSeconds),
                  ...partitionsOf(seen),
                  ...ages({ seen, topics, budget }),
              ]
            : []),
        ...(!runs && unreachable.to !== undefined
            ? [{ what: `the ${sites.to}`, reason: unreachable.to }]
            : []),
    ];
    return found.map((unknown) => ({ ...unknown, since: at }));
}

function positionsOf({ groups }: Evidence["seen"]): Omit<Unknown, "since">[] {
    return (knownOf(groups)?.groups ?? []).flatMap(({ group, partitions }) =>
        partitions
            .filter(({ verdict }) => verdict === "unknown")
            .map(({ topic, partition, reason = "" }) => ({
                what: `the position of ${group} in ${topic}:${partition}`,
                reason,
            })),
    );
}

function partitionsOf({ sites, progress, ends }: Evidence["seen"]): Omit<Unknown, "since">[] {
    const from = knownOf(progress)?.unknown ?? [];
    const to = "known" in ends ? unknownPartitions(ends.known) : [];
    return [
        ...from.map((at) => ({
            what: `${partitionName(at)} of the ${sites.from}`,
            reason: at.unknown,
        })),
        ...to.map((at) => ({
            what: `${partitionName(at)} of the ${sites.to}`,
            reason: at.unknown,
        })),
    ];
}

/** Records wait, and no bound tells on which side of the limit their age is. */
function ages({
    seen,
    topics,
    budget,
}: Pick<Evidence, "seen" | "topics" | "budget">): Omit<Unknown, "since">[] {
    return topics
        .filter(
            ({ lagSeconds }) =>
                lagSeconds !== undefined &&
                (lagSeconds.atLeast ?? 0) <= budget.lagSeconds &&
                (lagSeconds.atMost ?? Infinity) > budget.lagSeconds,
        )
        .map(({ topic }) => ({
            what: `how long records of ${topic} wait`,
            reason:
                seen.unreachable.to === undefined
                    ? `the timestamps of its records are the producers', and it was not watched for ${budget.lagSeconds} s`
                    : `the ${seen.sites.to} does not respond`,
        }));
}
