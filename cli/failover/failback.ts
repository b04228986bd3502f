import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { sitesInDirection } from "../shared/mirror/ends";
import { number } from "../shared/output";
import type { MirrorOperations } from "../shared/mirror/mirrorOperations";
import type { OpenMirror } from "../shared/mirror/openMirror";
import { lagOf, unknownPartitions, unknownText } from "../shared/mirror/progress";
import { isSame, startPositions } from "./startPositions";
import { refuseContradictions, refuseUnknown } from "./logChecks";
import {
    changeStep,
    CheckFailed,
    connectorsAre,
    type Deployment,
    poll,
    refuseUnreachable,
    type Step,
} from "./step";
import { type Switch, type SwitchOptions, switchSteps } from "./switchSteps";

const SITES = sitesInDirection("reverse");

const POLL_MS = 1000;

export interface FailbackOptions extends SwitchOptions {
    /** The operator knows that the source is new; its CA and users are not known here yet. */
    readonly sourceIsNew: boolean;
    /**
     * End when the source has all but the newest records, while applications stay at the target.
     * Otherwise go on until the source is the active site and mirrored again.
     */
    readonly untilCaughtUp: boolean;
}

/**
 * The steps from the target back to a source that was rebuilt. Steps that an earlier run has
 * completed are left out.
 * @throws {CommandError} `badInput` from a phase that has no failback
 */
export function failback(
    deployment: Deployment,
    openMirror: OpenMirror,
    options: FailbackOptions,
    current: PhasePosition,
): Step[] {
    const at = (phase: PhasePosition["phase"]) => ({ ...current, phase });
    const mirror = openMirror("reverse", current.epoch);
    const toFailedOver = deployment.commandTo(at("failed-over"));
    const reverse: Switch = {
        mirror,
        sites: { from: "target", to: "source" },
        rollback: deployment.commandTo(at("failing-back")),
    };
    const start: Step[] = [
        assessStep(openMirror("forward", current.epoch), options.sourceIsNew, toFailedOver),
        changeStep(deployment, current, at("failing-back"), {
            id: "mirror-back",
            precondition: "the source was rebuilt and is empty",
            rollback: toFailedOver,
        }),
    ];
    const catchUp = catchUpStep(mirror, options, toFailedOver);
    const switchOver = () => [
        ...switchSteps(reverse, deployment, options, current, at("draining-back")),
        ...resumeSteps(deployment, openMirror, current),
    ];
    switch (current.phase) {
        case "failed-over":
            return [...start, catchUp, ...(options.untilCaughtUp ? [] : switchOver())];
        case "failing-back":
            return [catchUp, ...(options.untilCaughtUp ? [] : switchOver())];
        case "draining-back":
            return switchOver();
        case "resuming":
            return resumeSteps(deployment, openMirror, current);
        default:
            if (current.phase === "mirroring" && current.epoch > 1) {
                // An earlier run got to the last step.
                return [confirmStep(openMirror("forward", current.epoch))];
            }
            throw new CommandError(
                "WrongPhase",
                `the phase is ${current.phase}: the source is the active site, and there is nothing to fail back from`,
                "kafka-dr status shows the state of the pair.",
                { fields: { phase: current.phase } },
            );
    }
}

function confirmStep(forward: MirrorOperations): Step {
    return {
        id: "confirm",
        action: "check that the new mirror is running",
        precondition: "the source is the active site",
        check: "both connectors and all tasks are RUNNING",
        rollback: "kafka-dr failover --plan",
        run: (context) => connectorsAre("RUNNING", forward, context),
    };
}

/** @param forward The stopped mirror: it knows both clusters, and the mirror back does not exist yet. */
function assessStep(forward: MirrorOperations, sourceIsNew: boolean, rollback: string): Step {
    return {
        id: "assess",
        action: "check that the source was rebuilt clean",
        precondition: "the phase is failed-over",
        check: "both clusters respond and are different; the source has no records of mirrored topics and no offsets of mirrored groups",
        rollback,
        run: async ({ signal }) => {
            if (sourceIsNew) {
                return "not checked: --source-is-new";
            }
            await refuseUnreachable(
                forward,
                "from",
                "source",
                "Rebuild the source first. If it is a new cluster whose CA and users are not known here yet: --source-is-new.",
            );
            await refuseUnreachable(forward, "to", "target", "Check the target.");
            const ids = await forward.clusterIds();
            if (ids.from === ids.to) {
                throw new CheckFailed(
                    `source and target are the same cluster, with the id ${ids.from}`,
                );
            }
            const existing = await forward.existingData("from");
            signal.throwIfAborted();
            if (existing.length > 0) {
                throw new CheckFailed(
                    `the source was not rebuilt clean: ${existing.slice(0, 5).join("; ")}${existing.length > 5 ? `; and ${existing.length - 5} more` : ""}. A mirror onto this data would duplicate records. Save what you need (kafka-dr loss), then delete the source's Kafka and volumes and let the stack create them again`,
                );
            }
            return "the source is empty";
        },
    };
}

function catchUpStep(
    mirror: MirrorOperations,
    { maxLag, drainSeconds }: Pick<SwitchOptions, "maxLag" | "drainSeconds">,
    rollback: string,
): Step {
    return {
        id: "catch-up",
        action: "wait until the source has all but the newest records of the target",
        precondition: "the mirror back to the source is running",
        check: `both connectors are RUNNING, and the lag is at most ${number(maxLag)} offsets or shrinks every ${drainSeconds} s`,
        rollback,
        run: async (context) => {
            await connectorsAre("RUNNING", mirror, context);
            let least = Infinity;
            let deadline = performance.now() + drainSeconds * 1000;
            return poll(context, { seconds: Infinity, pollMs: POLL_MS }, async () => {
                if (performance.now() > deadline) {
                    throw new CheckFailed(
                        least === Infinity
                            ? `the progress of the mirror is not known after ${drainSeconds} s`
                            : `the lag is ${number(least)} offsets and has not shrunk for ${drainSeconds} s`,
                    );
                }
                const progress = await mirror.progress({ records: false, watchSeconds: 0 });
                refuseContradictions(progress.contradictions, SITES);
                const lag = lagOf(progress.partitions);
                const text = `the lag is ${number(lag)} offsets`;
                if (progress.unknown.length > 0) {
                    return { waitingFor: `not known: ${unknownText(progress.unknown)}` };
                }
                if (lag <= maxLag) {
                    return { done: text };
                }
                if (lag < least) {
                    least = lag;
                    deadline = performance.now() + drainSeconds * 1000;
                }
                return { waitingFor: text };
            });
        },
    };
}

/** From drained logs and fenced producers to a new epoch of the mirror. */
function resumeSteps(
    deployment: Deployment,
    openMirror: OpenMirror,
    current: PhasePosition,
): Step[] {
    const epoch = current.phase === "resuming" ? current.epoch : current.epoch + 1;
    const resuming: PhasePosition = { phase: "resuming", epoch };
    const forward = openMirror("forward", epoch);
    const rollback = `${deployment.commandTo({ phase: "failed-over", epoch })}, which makes the target the active site again`;
    return [
        ...(current.phase === "resuming"
            ? []
            : [
                  changeStep(deployment, current, resuming, {
                      id: "new-epoch",
                      precondition: "the logs are drained and equal, and no producer writes",
                      rollback: deployment.commandTo({ ...current, phase: "failing-back" }),
                  }),
              ]),
        {
            id: "start-positions",
            action: `set where epoch ${epoch} of the mirror begins: at the end of each log of the source`,
            precondition: "its connectors are STOPPED",
            check: "Kafka Connect has exactly these offsets, for every partition that has a record",
            rollback,
            run: async (context) => {
                await connectorsAre("STOPPED", forward, context);
                const ends = await forward.ends("from");
                // A log whose end is not known would be copied again from its beginning.
                refuseUnknown(unknownPartitions(ends), "source");
                const positions = startPositions(ends);
                context.record("startPositions", positions);
                await deployment.writeStartPositions(epoch, positions, async () =>
                    isSame(await forward.mirroredOffsets(), positions),
                );
                return `${number(positions.length)} partitions begin at the end of their log`;
            },
        },
        changeStep(
            deployment,
            resuming,
            { phase: "mirroring", epoch },
            { id: "switch", precondition: "every partition has its start position", rollback },
        ),
        confirmStep(forward),
    ];
}
