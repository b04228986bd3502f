import type { PhasePosition } from "../../config/phase";
import type { SiteName } from "../../config/settingsSchema";
import { number } from "../shared/output";
import type { Ends } from "../shared/mirror/ends";
import type { MirrorOperations } from "../shared/mirror/mirrorOperations";
import { heldText, lagOf, type PartitionProgress, unknownText } from "../shared/mirror/progress";
import { groupsSummary } from "../verify/groupsSummary";
import { recordsWritten, refuseContradictions, refuseDeleted } from "./logChecks";
import { CheckFailed, type Deployment, poll, type Step } from "./step";

const POLL_MS = 500;
/** Seconds for tasks to end: they close their clients. */
const STOP_SECONDS = 120;
/** Seconds beyond the last translation of group offsets in which a response may be missing. */
const SLACK_SECONDS = 30;

/** A switch along a mirror, in either direction. */
export interface Switch {
    readonly mirror: MirrorOperations;
    /** Applications leave the site at the end `from`; the one at the end `to` takes over. */
    readonly sites: Ends<SiteName>;
    /** How to undo these steps. */
    readonly rollback: string;
}

/** Limits of a switch. */
export interface SwitchOptions {
    /** Largest lag, in offsets, at which the switch may begin. */
    readonly maxLag: number;
    /** How long draining may take, in seconds. */
    readonly drainSeconds: number;
    /** Seconds without a new record after which producers count as stopped. */
    readonly quietSeconds: number;
    /** The operator confirms that producers are stopped, where the stack has no users to fence. */
    readonly producersStopped: boolean;
    /** The fraction of partitions to compare; all of them if undefined. */
    readonly sample?: number;
}

/**
 * The steps after which both clusters hold the same records and no producer writes, so that the other
 * site can take over. A planned failover and a failback have them in common.
 * @param fenced The phase in which applications may not write.
 */
export function switchSteps(
    along: Switch,
    deployment: Deployment,
    options: SwitchOptions,
    current: PhasePosition,
    fenced: PhasePosition,
): Step[] {
    return [
        fenceStep(along, deployment, options, current, fenced),
        drainStep(along, options.drainSeconds),
        syncGroupsStep(along, deployment),
        stopStep(along),
        verifyStep(along, options.sample),
    ];
}

/** Keeps applications from writing at the site that they leave. */
function fenceStep(
    { mirror, sites: { from }, rollback }: Switch,
    deployment: Deployment,
    { quietSeconds, producersStopped }: SwitchOptions,
    current: PhasePosition,
    fenced: PhasePosition,
): Step {
    return {
        id: "fence",
        action: deployment.managesUsers
            ? `revoke write access from the users of kafka-dr:users (phase ${fenced.phase})`
            : `ask whether all producers are stopped, because the stack has no users to fence; set the phase to ${fenced.phase}`,
        precondition: "the mirror is running",
        check: `no record arrives at the ${from} for ${quietSeconds} s`,
        rollback,
        run: async (context) => {
            if (
                !deployment.managesUsers &&
                !producersStopped &&
                !(await context.confirm(`Are all producers of the ${from} stopped?`))
            ) {
                throw new CheckFailed(
                    `the stack has no users to fence, and it is not confirmed that the producers of the ${from} are stopped: stop them and pass --producers-stopped`,
                );
            }
            if (current.phase !== fenced.phase) {
                await deployment.change(fenced);
            }
            const written = await recordsWritten(
                mirror,
                "from",
                from,
                quietSeconds,
                context.signal,
            );
            if (written > 0) {
                throw new CheckFailed(
                    `${number(written)} records still arrived at the ${from} within ${quietSeconds} s: a producer writes as a user that this stack does not manage`,
                );
            }
            return `no producer writes to the ${from}`;
        },
    };
}

/** Waits until the mirror has copied everything. */
export function drainStep({ mirror, sites, rollback }: Switch, drainSeconds: number): Step {
    const { from, to } = sites;
    return {
        id: "drain",
        action: `wait until the ${to} has every record of the ${from}`,
        precondition: "no producer writes",
        check: `the lag is 0 within ${drainSeconds} s, records behind open transactions included`,
        rollback,
        run: (context) =>
            poll(context, { seconds: drainSeconds, pollMs: POLL_MS }, async () => {
                const progress = await mirror.progress({ records: true, watchSeconds: 0 });
                const { partitions, unknown, held } = progress;
                refuseContradictions(progress.contradictions, sites);
                refuseDeleted(partitions);
                const lag = lagOf(partitions);
                return lag === 0 && unknown.length === 0
                    ? { done: `${number(partitions.length)} partitions are drained` }
                    : {
                          waitingFor: [
                              `the lag is ${number(lag)} offsets${lag === 0 ? "" : `: ${largest(partitions)}`}`,
                              ...held.slice(0, 3).map(heldText),
                              ...(unknown.length === 0
                                  ? []
                                  : [`not known: ${unknownText(unknown)}`]),
                          ].join("; "),
                      };
            }),
    };
}

/** Waits for MM2 to translate the groups' offsets once more, now that the logs are drained. */
function syncGroupsStep(
    { mirror, sites, rollback }: Switch,
    { groupSyncSeconds, offsetLagMax }: Pick<Deployment, "groupSyncSeconds" | "offsetLagMax">,
): Step {
    return {
        id: "sync-groups",
        action: `wait for one more translation of the groups' offsets to the ${sites.to}`,
        precondition: "the logs are drained",
        check: `each group reads at most ${offsetLagMax} records again at the ${sites.to}, or ${groupSyncSeconds} s have passed; no group is late`,
        rollback,
        run: async (context) => {
            const latest = performance.now() + groupSyncSeconds * 1000;
            const polling = { seconds: groupSyncSeconds + SLACK_SECONDS, pollMs: POLL_MS };
            return poll(context, polling, async () => {
                const { groups, leftOut, late, summary } = groupsSummary(await mirror.groups());
                if (late.length > 0) {
                    throw new CheckFailed(
                        `groups would skip records: ${late.join(", ")}; commit an earlier offset for them`,
                    );
                }
                const isSynced = groups.every(
                    ({ readAgain, isProtected }) => isProtected && readAgain <= offsetLagMax + 1,
                );
                if (isSynced || performance.now() > latest) {
                    context.record("groups", groups);
                    context.record("groupsLeftOut", leftOut);
                    return { done: summary };
                }
                return { waitingFor: `group offsets are being translated: ${summary}` };
            });
        },
    };
}

/** Stops the mirror at a known position. */
function stopStep({ mirror, rollback }: Switch): Step {
    return {
        id: "stop",
        action: "stop both connectors of the mirror",
        precondition: "Kafka Connect responds",
        check: "both are STOPPED and have no tasks",
        rollback,
        run: async ({ signal }) => {
            const connectors = await mirror.stop(STOP_SECONDS);
            signal.throwIfAborted();
            return connectors.map(({ name, state }) => `${name} is ${state}`).join(", ");
        },
    };
}

/**
 * Compares both ends.
 * @param sample The fraction of partitions to compare; all of them if undefined.
 */
function verifyStep({ mirror, sites: { from, to }, rollback }: Switch, sample?: number): Step {
    return {
        id: "verify",
        action: `compare ${sample === undefined ? "all records" : `a fraction of ${sample} of the partitions`} of both clusters, and the groups`,
        precondition: "the mirror is stopped",
        check: `the ${to} has every record of the ${from} in order and no unexpected record, and no group is late`,
        rollback,
        run: async ({ record }) => {
            const report = await mirror.verify({
                maxLag: 0,
                ...(sample !== undefined && { sample }),
            });
            record("verify", report);
            if (!report.isOk) {
                const findings = [
                    ...report.failures.map(({ where, message }) => `${where}: ${message}`),
                    ...report.unknown.map(
                        ({ topic, partition, reason }) =>
                            `${topic}:${partition} could not be compared: ${reason}`,
                    ),
                ];
                const list = findings.slice(0, 5).join("; ");
                throw new CheckFailed(`${number(findings.length)} findings: ${list}`);
            }
            return `${number(report.recordsRead)} records read, none missing`;
        },
    };
}

/** The partitions with the largest lag. */
function largest(progress: readonly PartitionProgress[]): string {
    return progress
        .filter(({ lag, lagRecords }) => (lagRecords ?? lag) > 0)
        .sort((one, other) => other.lag - one.lag)
        .slice(0, 5)
        .map(({ topic, partition, lag }) => `${topic}:${partition} ${number(lag)}`)
        .join(", ");
}
