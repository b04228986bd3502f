import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { number } from "../shared/output";
import { progressOf } from "../shared/mirror/progress";
import type { MirrorOperations, RecoveryPoint } from "../shared/mirror/types";
import type { Switchover } from "./deployment";
import {
    changeStep,
    NO_TARGET,
    recordsWritten,
    refuseUnreachable,
    staysStoppedStep,
} from "./sharedSteps";
import { type Step } from "./step";

/**
 * Seconds to wait for connectors, which wait for a dead source themselves: `adminTimeoutSeconds` of
 * the mirror, 15 by default. With Kafka's own 60 a rehearsal took 58 s here, with 5 it took 7.
 */
const STOP_SECONDS = 30;

/**
 * The steps to the target without the source. What was not mirrored by then is recorded, so that it
 * can be told exactly when the source returns.
 * @throws {CommandError} `badInput` from a phase that this is not the way from
 */
export function unplannedFailover(context: Switchover, current: PhasePosition): Step[] {
    const mirror = context.mirror("forward", current.epoch);
    const to: PhasePosition = { ...current, phase: "failed-over" };
    const back = context.deployment.commandTo({ ...current, phase: "mirroring" });
    const confirm = staysStoppedStep(context, mirror);
    if (current.phase === "failed-over") {
        return [confirm];
    }
    const usesForward = ["mirroring", "draining"].includes(current.phase);
    return [
        ...(usesForward
            ? [
                  assessStep(context, mirror, back),
                  stopStep(context, mirror, back),
                  recoveryPointStep(context, mirror, back),
              ]
            : []),
        changeStep(context, current, to, {
            id: "switch",
            precondition: usesForward
                ? "what was not mirrored is recorded"
                : "the target is the active site already; the source is lost once more",
            back: usesForward ? back : "kafka-dr failback --plan",
        }),
        confirm,
    ];
}

function assessStep(context: Switchover, mirror: MirrorOperations, back: string): Step {
    const { force } = context.options;
    return {
        id: "assess",
        does: "looks whether the source is really gone",
        precondition: "the target answers",
        check: force
            ? "the target answers"
            : "the target answers; the source does not, or nobody writes to it (otherwise --force)",
        back,
        run: async () => {
            await refuseUnreachable(mirror, "to", "target", NO_TARGET);
            const gone = await mirror.unreachable("from");
            if (gone !== undefined) {
                return `the source does not answer: ${gone}`;
            }
            const written = await recordsWritten(context, mirror, "from");
            if (written > 0 && !force) {
                throw new CommandError(
                    "badInput",
                    `the source is alive, and ${number(written)} records were written to it in ${context.options.quietSeconds} s: they would be lost`,
                    "Use --planned, which loses nothing; or --force to leave it anyway.",
                );
            }
            return `the source answers; ${number(written)} records were written to it meanwhile`;
        },
    };
}

/** Without Kafka Connect the switch stops the mirror, through the operator. */
function stopStep(context: Switchover, mirror: MirrorOperations, back: string): Step {
    return {
        id: "stop",
        does: "stops both connectors, so that a source that returns cannot write to the target",
        precondition: "none: where Kafka Connect does not answer, the switch does it",
        check: `both are STOPPED and have no tasks, or ${STOP_SECONDS} s have passed: they wait for a dead source themselves`,
        back,
        run: async () => {
            try {
                await mirror.stop(STOP_SECONDS);
                return "both connectors are STOPPED";
            } catch (error) {
                context.signal.throwIfAborted();
                const reason = error instanceof Error ? error.message : String(error);
                return `Kafka Connect has not done it yet (${reason}); the switch will`;
            }
        },
    };
}

function recoveryPointStep(context: Switchover, mirror: MirrorOperations, back: string): Step {
    return {
        id: "record",
        does: "records how far the mirror came in every partition, and where the target's logs end",
        precondition: "the mirror has stopped",
        check: "the ends of the target are known",
        back,
        run: async () => {
            const [targetEnds, mirrored, sourceLogs] = await Promise.all([
                mirror.ends("to"),
                mirror.mirroredOffsets().catch(() => undefined),
                mirror
                    .unreachable("from")
                    .then(async (reason) =>
                        reason === undefined ? mirror.ends("from") : undefined,
                    ),
            ]);
            const recoveryPoint: RecoveryPoint = {
                at: new Date().toISOString(),
                targetEnds,
                ...(mirrored && { mirrored }),
                ...(sourceLogs && { sourceEnds: sourceLogs }),
            };
            context.keep("recoveryPoint", recoveryPoint);
            if (mirrored === undefined) {
                return "Kafka Connect does not say how far the mirror came: kafka-dr loss compares the logs when the source returns";
            }
            if (sourceLogs === undefined) {
                return `${number(mirrored.length)} partitions; what came after is known when the source returns: kafka-dr loss`;
            }
            const logs = sourceLogs.map(({ topic, endOffsets }) => ({
                topic,
                endOffsets,
                firstOffsets: endOffsets.map(() => 0),
            }));
            const lost = progressOf(logs, mirrored).reduce((sum, { pending }) => sum + pending, 0);
            return `${number(lost)} offsets of the source are not at the target`;
        },
    };
}
