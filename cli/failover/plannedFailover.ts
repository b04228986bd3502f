import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { number } from "../shared/output";
import { pendingOf } from "../shared/mirror/progress";
import type { Switchover } from "./deployment";
import {
    changeStep,
    drainStep,
    fenceStep,
    groupsStep,
    inWords,
    NO_TARGET,
    refuseUnreachable,
    staysStoppedStep,
    stopStep,
    type Switch,
    verifyStep,
} from "./sharedSteps";
import { CheckFailed, type Step } from "./step";

/**
 * The steps from a source that works to the target, without loss. Those that an earlier run has
 * done already are left out.
 * @throws {CommandError} `badInput` from a phase that this is not the way from
 */
export function plannedFailover(context: Switchover, current: PhasePosition): Step[] {
    const { deployment } = context;
    const mirror = context.mirror("forward", current.epoch);
    const at = (phase: PhasePosition["phase"]) => ({ ...current, phase });
    const back = deployment.commandTo(at("mirroring"));
    const change: Switch = { context, mirror, left: "source", next: "target", back };
    const confirm = staysStoppedStep(context, mirror);
    switch (current.phase) {
        case "failed-over":
            return [confirm];
        case "mirroring":
        case "draining":
            return [
                ...(current.phase === "mirroring" ? [assessStep(change)] : []),
                fenceStep(change, current, at("draining")),
                drainStep(change),
                groupsStep(change),
                stopStep(change),
                verifyStep(change),
                changeStep(context, current, at("failed-over"), {
                    id: "switch",
                    precondition: "the target has everything, and nobody writes",
                    back,
                }),
                confirm,
            ];
        default:
            throw new CommandError(
                "badInput",
                `the pair is in the phase ${current.phase}, from which there is no failover to the target`,
                "The target is the active site already, or the failback is not finished: kafka-dr failback --plan",
            );
    }
}

function assessStep({ context, mirror, back }: Switch): Step {
    const { maxLag } = context.options;
    return {
        id: "assess",
        does: "looks at both clusters and at the mirror",
        precondition: "the phase is mirroring",
        check: `both clusters answer, both connectors and all tasks are RUNNING, at most ${number(maxLag)} offsets are pending`,
        back,
        run: async () => {
            await refuseUnreachable(
                mirror,
                "from",
                "source",
                "A planned failover needs the source. If it is lost: kafka-dr failover --unplanned",
            );
            await refuseUnreachable(mirror, "to", "target", NO_TARGET);
            const connectors = await mirror.connectors();
            const broken = connectors.filter(
                ({ state, tasks }) =>
                    state !== "RUNNING" || tasks.some((task) => task.state !== "RUNNING"),
            );
            if (broken.length > 0) {
                throw new CheckFailed(`the mirror does not run: ${inWords(broken)}`);
            }
            const pending = pendingOf(await mirror.progress(false));
            if (pending > maxLag) {
                throw new CheckFailed(
                    `${number(pending)} offsets are pending, more than --max-lag ${number(maxLag)}: applications would stand still until they are mirrored`,
                );
            }
            return `both clusters answer, the mirror runs, ${number(pending)} offsets are pending`;
        },
    };
}
