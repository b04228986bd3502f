import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { number } from "../shared/output";
import { pendingOf } from "../shared/mirror/progress";
import type { MirroredOffset, MirrorOperations, TopicEnds } from "../shared/mirror/types";
import type { Switchover } from "./deployment";
import { poll } from "./polling";
import {
    changeStep,
    connectorsAre,
    drainStep,
    fenceStep,
    groupsStep,
    refuseUnreachable,
    stopStep,
    type Switch,
    verifyStep,
} from "./sharedSteps";
import { CheckFailed, type Step } from "./step";

const POLL_MS = 1000;

/**
 * The steps from the target back to a source that was rebuilt. Those that an earlier run has done
 * are left out.
 *
 * @param untilCaughtUp Ends when the source has all but the newest records; applications go on at
 * the target. Otherwise on to mirroring, with the source as the active site.
 * @throws {CommandError} `badInput` from a phase that this is not the way from
 */
export function failback(
    context: Switchover,
    current: PhasePosition,
    untilCaughtUp: boolean,
): Step[] {
    const { deployment } = context;
    const at = (phase: PhasePosition["phase"]) => ({ ...current, phase });
    const mirror = context.mirror("reverse", current.epoch);
    const back = deployment.commandTo(at("failed-over"));
    const change: Switch = {
        context,
        mirror,
        left: "target",
        next: "source",
        back: deployment.commandTo(at("failing-back")),
    };
    const start: Step[] = [
        assessStep(context, mirror, back),
        changeStep(context, current, at("failing-back"), {
            id: "mirror-back",
            precondition: "the source was rebuilt and is empty",
            back,
        }),
    ];
    const catchUp = catchUpStep(context, mirror, back);
    const switchOver: Step[] = [
        fenceStep(change, current, at("draining-back")),
        drainStep(change),
        groupsStep(change),
        stopStep(change),
        verifyStep(change),
    ];
    switch (current.phase) {
        case "failed-over":
            return untilCaughtUp
                ? [...start, catchUp]
                : [...start, catchUp, ...switchOver, ...resumeSteps(context, current)];
        case "failing-back":
            return untilCaughtUp
                ? [catchUp]
                : [catchUp, ...switchOver, ...resumeSteps(context, current)];
        case "draining-back":
            return [...switchOver, ...resumeSteps(context, current)];
        case "resuming":
            return resumeSteps(context, current);
        default:
            if (current.phase === "mirroring" && current.epoch > 1) {
                // An earlier run came to the end, or nearly.
                return [confirmStep(context, current.epoch)];
            }
            throw new CommandError(
                "badInput",
                `the pair is in the phase ${current.phase}: the source is the active site, there is nothing to fail back from`,
                "kafka-dr status says how the pair is.",
            );
    }
}

function confirmStep(context: Switchover, epoch: number): Step {
    const forward = context.mirror("forward", epoch);
    return {
        id: "confirm",
        does: "looks whether the new mirror runs",
        precondition: "the source is the active site",
        check: "both connectors and all tasks are RUNNING",
        back: "kafka-dr failover --plan",
        run: () => connectorsAre(context, forward, "RUNNING"),
    };
}

function assessStep(context: Switchover, mirror: MirrorOperations, back: string): Step {
    return {
        id: "assess",
        does: "looks whether the source was rebuilt clean",
        precondition: "the phase is failed-over",
        check: "both clusters answer and are two; the source has no records of mirrored topics and no positions of mirrored groups",
        back,
        run: async () => {
            if (context.options.sourceIsNew) {
                return "not looked at: the source is said to be new";
            }
            await refuseUnreachable(
                mirror,
                "to",
                "source",
                "Rebuild the source first. If it is a new cluster, with a CA and users that are not known here yet: --source-is-new.",
            );
            await refuseUnreachable(mirror, "from", "target", "Check the target.");
            const ids = await mirror.clusterIds();
            if (ids.from === ids.to) {
                throw new CheckFailed(`source and target are one cluster, with the id ${ids.from}`);
            }
            const leftovers = await mirror.leftovers();
            context.signal.throwIfAborted();
            if (leftovers.length > 0) {
                throw new CheckFailed(
                    `the source was not rebuilt clean: ${leftovers.slice(0, 5).join("; ")}${leftovers.length > 5 ? `; and ${leftovers.length - 5} more` : ""}. Mirrored on top of that, records would be there twice. Save what is needed (kafka-dr loss), then delete its Kafka and volumes and let the stack make it anew`,
                );
            }
            return "the source is empty";
        },
    };
}

function catchUpStep(context: Switchover, mirror: MirrorOperations, back: string): Step {
    const { maxLag, drainSeconds } = context.options;
    return {
        id: "catch-up",
        does: "waits until the source has all but the newest records of the target",
        precondition: "the mirror back to the source runs",
        check: `both connectors are RUNNING and at most ${number(maxLag)} offsets are pending, or still fewer every ${drainSeconds} s`,
        back,
        run: async () => {
            await connectorsAre(context, mirror, "RUNNING");
            let least = Infinity;
            let deadline = performance.now() + drainSeconds * 1000;
            return poll(context, { seconds: Infinity, pollMs: POLL_MS }, async () => {
                if (performance.now() > deadline) {
                    throw new CheckFailed(
                        least === Infinity
                            ? `nothing is known of the mirror's progress after ${drainSeconds} s`
                            : `${number(least)} offsets are pending, and no fewer for ${drainSeconds} s`,
                    );
                }
                const pending = pendingOf(await mirror.progress(false));
                if (pending <= maxLag) {
                    return { done: `${number(pending)} offsets are pending` };
                }
                if (pending < least) {
                    least = pending;
                    deadline = performance.now() + drainSeconds * 1000;
                }
                return { waitingFor: `${number(pending)} offsets are pending` };
            });
        },
    };
}

/** From drained logs, whose writers are fenced, to a new epoch of the mirror. */
function resumeSteps(context: Switchover, current: PhasePosition): Step[] {
    const { deployment } = context;
    const epoch = current.phase === "resuming" ? current.epoch : current.epoch + 1;
    const resuming: PhasePosition = { phase: "resuming", epoch };
    const forward = context.mirror("forward", epoch);
    const back = `${deployment.commandTo({ phase: "failed-over", epoch })}, which makes the target the active site again`;
    return [
        ...(current.phase === "resuming"
            ? []
            : [
                  changeStep(context, current, resuming, {
                      id: "new-epoch",
                      precondition: "the logs are drained and equal, and nobody writes",
                      back: deployment.commandTo({ ...current, phase: "failing-back" }),
                  }),
              ]),
        {
            id: "start-positions",
            does: `writes where epoch ${epoch} of the mirror begins: at the end of each log of the source`,
            precondition: "its connectors are STOPPED",
            check: "Kafka Connect has exactly these offsets, for every partition that has a record",
            back,
            run: async () => {
                await connectorsAre(context, forward, "STOPPED");
                const positions = startPositions(await forward.ends("from"));
                context.keep("startPositions", positions);
                await deployment.writeStartPositions(epoch, positions, async () =>
                    isSame(await forward.mirroredOffsets(), positions),
                );
                return `${number(positions.length)} partitions begin at their end`;
            },
        },
        changeStep(
            context,
            { phase: "resuming", epoch },
            { phase: "mirroring", epoch },
            {
                id: "switch",
                precondition: "every partition has its position",
                back,
            },
        ),
        confirmStep(context, epoch),
    ];
}

/** The last record of each log; an empty log needs no position, all that comes is new. */
export function startPositions(ends: readonly TopicEnds[]): MirroredOffset[] {
    return ends.flatMap(({ topic, endOffsets }) =>
        endOffsets.flatMap((end, partition) =>
            end === 0 ? [] : [{ topic, partition, offset: end - 1 }],
        ),
    );
}

function isSame(found: readonly MirroredOffset[], wanted: readonly MirroredOffset[]): boolean {
    const key = ({ topic, partition, offset }: MirroredOffset) => `${topic}:${partition}=${offset}`;
    const has = new Set(found.map(key));
    return found.length === wanted.length && wanted.every((entry) => has.has(key(entry)));
}
