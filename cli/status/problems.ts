import { contradictionText } from "../shared/mirror/identity";
import {
    type HeldPartition,
    heldText,
    isOpenLonger,
    partitionName,
} from "../shared/mirror/progress";
import { limitTexts } from "../shared/mirror/recordWarnings";
import type { TaskFailure } from "../shared/mirror/taskFailure";
import { duration } from "../shared/output";
import { type Evidence, knownOf, type Restarts } from "./evidence";
import { ageText } from "./topicLag";

/** Why it does not replicate, or why it does although it must not. */
export function brokenBecause({ seen, runs }: Evidence): string[] {
    return runs
        ? [...unreachableSites(seen), ...connectorProblems(seen), ...otherLogs(seen)]
        : runningAgainstPhase(seen);
}

function unreachableSites({ unreachable, sites }: Evidence["seen"]): string[] {
    return (["from", "to"] as const).flatMap((end) => {
        const reason = unreachable[end];
        return reason === undefined ? [] : [`the ${sites[end]} does not respond: ${reason}`];
    });
}

function connectorProblems(seen: Evidence["seen"]): string[] {
    const { connectors, progress } = seen;
    if (!("known" in connectors)) {
        return [`Kafka Connect does not respond: ${connectors.unknown}`];
    }
    const problems = connectors.known.flatMap(({ name, state, failure, tasks }) => [
        ...(state === "RUNNING" ? [] : [`${name} is ${state}${reasonOf(failure)}`]),
        ...tasks
            .filter((task) => task.state !== "RUNNING")
            .map(
                (task) =>
                    `task ${task.id} of ${name} is ${task.state}${reasonOf(task.failure)}${refusedText(seen, name, task.id)}`,
            ),
        ...restartText(seen, name),
    ]);
    // The source connector comes first; the checkpoint connector has no task without groups.
    const [source] = connectors.known;
    const hasPartitions = (knownOf(progress)?.partitions ?? []).length > 0;
    return source?.state === "RUNNING" && source.tasks.length === 0 && hasPartitions
        ? [...problems, `${source.name} has no task, and so copies nothing`]
        : problems;
}

function reasonOf(failure: TaskFailure | undefined): string {
    return failure === undefined ? "" : `: ${failure.reason}`;
}

/** Which record it was, as far as that was found. */
function refusedText({ warnings, sites }: Evidence["seen"], name: string, id: number): string {
    const found = knownOf(warnings)?.refused.find(
        ({ connector, task }) => connector === name && task === id,
    );
    return found === undefined
        ? ""
        : `; the record is ${partitionName(found)} at offset ${found.offset} of the ${sites.from}`;
}

/** How often the operator has restarted a connector that does not run, or its tasks. */
function restartText({ connectors, restarts }: Evidence["seen"], name: string): string[] {
    const found = knownOf(restarts)?.find(({ connector }) => connector === name);
    const report = knownOf(connectors)?.find((connector) => connector.name === name);
    const runs =
        report?.state === "RUNNING" && report.tasks.every(({ state }) => state === "RUNNING");
    return found === undefined || runs
        ? []
        : [`${restarted(found)}: what fails again after a restart needs a change`];
}

function restarted({ connector, count, last }: Restarts): string {
    return `the operator has restarted ${connector} ${count} times, at last at ${last}`;
}

function otherLogs({ progress, contradictions, sites }: Evidence["seen"]): string[] {
    const found = [
        ...(knownOf(progress)?.contradictions ?? []),
        ...(knownOf(contradictions) ?? []),
    ];
    return found.map((contradiction) => contradictionText([contradiction], sites));
}

function runningAgainstPhase({ connectors, position }: Evidence["seen"]): string[] {
    return "known" in connectors
        ? connectors.known
              .filter(({ state, tasks }) => state === "RUNNING" || tasks.length > 0)
              .map(
                  ({ name, state, tasks }) =>
                      `${name} is ${state}${tasks.length === 0 ? "" : ` with ${tasks.length} tasks`} in the phase ${position.phase}, which has no running mirror`,
              )
        : [];
}

/** Why a pair that replicates is not healthy. */
export function degradedBecause({ seen, topics, groups, budget }: Evidence): string[] {
    const late = topics.filter(({ lagSeconds }) => (lagSeconds?.atLeast ?? 0) > budget.lagSeconds);
    const incomplete = topics.filter(({ deletedUnmirrored }) => deletedUnmirrored > 0);
    const unprotected = groups.filter(({ isProtected }) => !isProtected);
    return [
        ...late.map(
            ({ topic, lagSeconds = {} }) =>
                `${topic} has a lag of ${ageText(lagSeconds)}, more than ${budget.lagSeconds} s`,
        ),
        ...oldTransactions(seen, budget.lagSeconds),
        ...incomplete.map(
            ({ topic, deletedUnmirrored }) =>
                `${topic}: retention deleted ${deletedUnmirrored} offsets before they were mirrored; the mirror cannot copy them any more`,
        ),
        ...(unprotected.length > 0
            ? [`not protected: ${unprotected.map(({ group }) => group).join(", ")}`]
            : []),
        ...oldCheckpoint({ seen, groups, budget }),
        ...limitTexts(knownOf(seen.warnings)?.limits ?? [], seen.sites),
    ];
}

function oldCheckpoint({ seen, groups, budget }: Pick<Evidence, "seen" | "groups" | "budget">) {
    const repeats = groups.some(({ readAgain = 0 }) => readAgain > 0);
    if (!repeats || !("known" in seen.checkpointSeconds)) {
        return [];
    }
    const seconds = seen.checkpointSeconds.known;
    if (seconds === null) {
        return ["there is no checkpoint, and groups would read records again"];
    }
    return seconds > budget.checkpointSeconds
        ? [
              `the newest checkpoint is ${Math.round(seconds)} s old, more than ${budget.checkpointSeconds} s`,
          ]
        : [];
}

function oldTransactions({ progress }: Evidence["seen"], seconds: number): string[] {
    const held = knownOf(progress)?.held ?? [];
    return held.filter((partition) => isHeldLonger(partition, seconds)).map(heldText);
}

/** Whether a transaction that holds a partition is open for longer. */
function isHeldLonger({ transactions }: HeldPartition, limit: number): boolean {
    return "known" in transactions && transactions.known.some((open) => isOpenLonger(open, limit));
}

/** What is odd, and no problem yet. */
export function notesOn({ seen, topics }: Evidence): string[] {
    const { restarts } = seen;
    const known = knownOf(restarts) ?? [];
    return [
        ...known
            .filter(({ connector }) => restartText(seen, connector).length === 0)
            .map(restarted),
        ...(restarts !== undefined && "unknown" in restarts
            ? [`not known how often the operator has restarted connectors: ${restarts.unknown}`]
            : []),
        ...clockNotes(topics),
    ];
}

function clockNotes(topics: Evidence["topics"]): string[] {
    return topics.flatMap(({ topic, stampedAheadSeconds }) =>
        stampedAheadSeconds === undefined
            ? []
            : [
                  `${topic}: the next record to be mirrored is stamped ${duration(stampedAheadSeconds)} in the future; its producer's clock is wrong`,
              ],
    );
}
