import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { number } from "../shared/output";
import { lagOf, type MirrorOperations } from "../shared/mirror/mirrorOperations";
import {
    changeStep,
    CheckFailed,
    connectorsText,
    type Deployment,
    NO_TARGET,
    refuseUnreachable,
    rollbackOfSwitch,
    type Step,
    staysStoppedStep,
} from "./step";
import { type SwitchOptions, switchSteps } from "./switchSteps";

/**
 * The steps from a source that works to the target, without loss. Steps that an earlier run has
 * completed are left out.
 * @param mirror From the source to the target.
 * @throws {CommandError} `badInput` from a phase that has no planned failover
 */
export function plannedFailover(
    deployment: Deployment,
    mirror: MirrorOperations,
    options: SwitchOptions,
    current: PhasePosition,
): Step[] {
    const at = (phase: PhasePosition["phase"]) => ({ ...current, phase });
    const rollback = deployment.commandTo(at("mirroring"));
    const forward = { mirror, sites: { from: "source", to: "target" }, rollback } as const;
    const confirm = staysStoppedStep(mirror);
    switch (current.phase) {
        case "failed-over":
            return [confirm];
        case "mirroring":
        case "draining":
            return [
                ...(current.phase === "mirroring"
                    ? [assessStep(mirror, options.maxLag, rollback)]
                    : []),
                ...switchSteps(forward, deployment, options, current, at("draining")),
                changeStep(deployment, current, at("failed-over"), {
                    id: "switch",
                    precondition: "the target has every record, and no producer writes",
                    rollback: rollbackOfSwitch(rollback),
                }),
                confirm,
            ];
        default:
            throw new CommandError(
                "badInput",
                `there is no failover from the phase ${current.phase}`,
                "The target is already the active site, or a failback is not finished: kafka-dr failback --plan",
            );
    }
}

function assessStep(mirror: MirrorOperations, maxLag: number, rollback: string): Step {
    return {
        id: "assess",
        action: "check both clusters and the mirror",
        precondition: "the phase is mirroring",
        check: `both clusters respond, both connectors and all tasks are RUNNING, and the lag is at most ${number(maxLag)} offsets`,
        rollback,
        run: async () => {
            await refuseUnreachable(
                mirror,
                "from",
                "source",
                "A planned failover needs the source. If it is lost: kafka-dr failover --unplanned",
            );
            await refuseUnreachable(mirror, "to", "target", NO_TARGET);
            const broken = (await mirror.connectors()).filter(
                ({ state, tasks }) =>
                    state !== "RUNNING" || tasks.some((task) => task.state !== "RUNNING"),
            );
            if (broken.length > 0) {
                throw new CheckFailed(`the mirror is not running: ${connectorsText(broken)}`);
            }
            const lag = lagOf(await mirror.progress(false));
            if (lag > maxLag) {
                throw new CheckFailed(
                    `the lag is ${number(lag)} offsets, more than --max-lag ${number(maxLag)}: applications would have to wait until they are mirrored`,
                );
            }
            return `both clusters respond, the mirror is running, the lag is ${number(lag)} offsets`;
        },
    };
}
