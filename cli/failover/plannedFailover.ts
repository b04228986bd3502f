import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { sitesInDirection } from "../shared/mirror/ends";
import { number } from "../shared/output";
import { endContradictions } from "../shared/mirror/identity";
import type { MirrorOperations } from "../shared/mirror/mirrorOperations";
import { lagOf, unknownPartitions, unknownText } from "../shared/mirror/progress";
import { refuseContradictions, refuseUnknown } from "./logChecks";
import { warningTexts } from "../shared/mirror/recordWarnings";
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

const SITES = sitesInDirection("forward");

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
                "WrongPhase",
                `there is no failover from the phase ${current.phase}`,
                "The target is already the active site, or a failback is not finished: kafka-dr failback --plan",
                { fields: { phase: current.phase } },
            );
    }
}

function assessStep(mirror: MirrorOperations, maxLag: number, rollback: string): Step {
    return {
        id: "assess",
        action: "check both clusters and the mirror",
        precondition: "the phase is mirroring",
        check: `both clusters respond, both connectors and all tasks are RUNNING, both ends have the same logs, the last and the next records of each can be read, and the lag is at most ${number(maxLag)} offsets`,
        rollback,
        run: async ({ record }) => {
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
            const progress = await mirror.progress({ records: false, watchSeconds: 0 });
            refuseContradictions(progress.contradictions, SITES);
            refuseUnknown(progress.unknown, "source");
            await refuseOtherLogs(mirror);
            const unreadable = await mirror.unreadable();
            if (unreadable.length > 0) {
                throw new CheckFailed(
                    `records of the source cannot be read, so that no comparison could succeed: ${unknownText(unreadable)}`,
                );
            }
            const lag = lagOf(progress.partitions);
            if (lag > maxLag) {
                throw new CheckFailed(
                    `the lag is ${number(lag)} offsets, more than --max-lag ${number(maxLag)}: applications would have to wait until they are mirrored`,
                );
            }
            const warnings = await mirror.warnings();
            record("warnings", warnings);
            return [
                `both clusters respond, the mirror is running, the lag is ${number(lag)} offsets`,
                ...warningTexts(warnings, SITES),
            ].join("; ");
        },
    };
}

/** Positions count only if the target's logs are copies of the source's. @throws {CheckFailed} */
async function refuseOtherLogs(mirror: MirrorOperations): Promise<void> {
    const [from, to, mirrored] = await Promise.all([
        mirror.ends("from"),
        mirror.ends("to"),
        mirror.mirroredOffsets(),
    ]);
    refuseUnknown(unknownPartitions(to), "target");
    refuseContradictions(endContradictions(from, to, mirrored), SITES);
}
