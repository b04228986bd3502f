import type { PhasePosition } from "../../config/phase";
import { CommandError } from "../shared/commandError";
import { sitesInDirection } from "../shared/mirror/ends";
import { number } from "../shared/output";
import { contradictionText } from "../shared/mirror/identity";
import type { MirrorOperations, RecoveryPoint } from "../shared/mirror/mirrorOperations";
import { looked } from "../shared/mirror/observe";
import { lagOf, progressOf, unknownPartitions, unknownText } from "../shared/mirror/progress";
import { recordsWritten } from "./logChecks";
import {
    changeStep,
    type Deployment,
    NO_TARGET,
    refuseUnreachable,
    rollbackOfSwitch,
    type Step,
    staysStoppedStep,
} from "./step";

const SITES = sitesInDirection("forward");

/**
 * Seconds to wait for connectors, which themselves wait for a dead source: `adminTimeoutSeconds` of
 * the mirror, 15 by default. With Kafka's own 60 a rehearsal took 58 s here, with 5 it took 7.
 */
const STOP_SECONDS = 30;

export interface UnplannedOptions {
    /** Fail over even though the source is alive and records arrive there. */
    readonly force: boolean;
    /** Seconds in which a record must arrive for the source to count as written to. */
    readonly quietSeconds: number;
}

/**
 * The steps to the target without the source. They record what was not mirrored, so that the loss
 * can be determined exactly when the source returns.
 * @param mirror From the source to the target.
 */
export function unplannedFailover(
    deployment: Deployment,
    mirror: MirrorOperations,
    options: UnplannedOptions,
    current: PhasePosition,
): Step[] {
    const next: PhasePosition = { ...current, phase: "failed-over" };
    const rollback = deployment.commandTo({ ...current, phase: "mirroring" });
    const confirm = staysStoppedStep(mirror);
    if (current.phase === "failed-over") {
        return [confirm];
    }
    const usesForward = ["mirroring", "draining"].includes(current.phase);
    return [
        ...(usesForward
            ? [
                  assessStep(mirror, options, rollback),
                  stopStep(mirror, rollback),
                  recordStep(mirror, rollback),
              ]
            : []),
        changeStep(deployment, current, next, {
            id: "switch",
            precondition: usesForward
                ? "the recovery point is recorded"
                : "the target is already the active site; the source is lost again",
            rollback: usesForward ? rollbackOfSwitch(rollback) : "kafka-dr failback --plan",
        }),
        confirm,
    ];
}

function assessStep(
    mirror: MirrorOperations,
    { force, quietSeconds }: UnplannedOptions,
    rollback: string,
): Step {
    return {
        id: "assess",
        action: "check whether the source is really lost",
        precondition: "the target responds",
        check: force
            ? "the target responds"
            : "the target responds; the source does not, or no records arrive there (otherwise --force)",
        rollback,
        run: async ({ signal }) => {
            await refuseUnreachable(mirror, "to", "target", NO_TARGET);
            const reason = await mirror.unreachable("from");
            if (reason !== undefined) {
                return `the source does not respond: ${reason}`;
            }
            const written = await looked(async () =>
                recordsWritten(mirror, "from", "source", quietSeconds, signal),
            );
            signal.throwIfAborted();
            if ("unknown" in written) {
                const text = `the source responds, and it is unknown whether records arrive there: ${written.unknown}`;
                if (!force) {
                    throw new CommandError(
                        "NotKnown",
                        text,
                        "Find out whether applications still write there; to fail over anyway: --force.",
                    );
                }
                return text;
            }
            if (written.known > 0 && !force) {
                throw new CommandError(
                    "SourceAlive",
                    `the source is alive, and ${number(written.known)} records arrived there within ${quietSeconds} s: they would be lost`,
                    "Use --planned, which loses nothing, or --force to fail over anyway.",
                    { fields: { records: written.known } },
                );
            }
            return `the source responds; ${number(written.known)} records arrived there within ${quietSeconds} s`;
        },
    };
}

/** Without Kafka Connect the switch stops the mirror, through Strimzi's operator. */
function stopStep(mirror: MirrorOperations, rollback: string): Step {
    return {
        id: "stop",
        action: "stop both connectors, so that a source that returns cannot write to the target",
        precondition: "nothing: if Kafka Connect does not respond, the switch stops them",
        check: `both are STOPPED and have no tasks, or ${STOP_SECONDS} s have passed: they may be waiting for a dead source`,
        rollback,
        run: async ({ signal }) => {
            try {
                await mirror.stop(STOP_SECONDS);
                return "both connectors are STOPPED";
            } catch (error) {
                signal.throwIfAborted();
                const reason = error instanceof Error ? error.message : String(error);
                return `Kafka Connect has not stopped them yet (${reason}); the switch will`;
            }
        },
    };
}

function recordStep(mirror: MirrorOperations, rollback: string): Step {
    return {
        id: "record",
        action: "record how far the mirror got in each partition, and where the target's logs end",
        precondition: "the mirror has stopped",
        check: "the ends of the target's logs are known",
        rollback,
        run: async ({ record, signal }) => {
            const [target, mirrored, source] = await Promise.all([
                mirror.ends("to"),
                looked(async () => mirror.mirroredOffsets()),
                looked(async () => {
                    const reason = await mirror.unreachable("from");
                    if (reason !== undefined) {
                        throw new Error(reason);
                    }
                    return mirror.ends("from");
                }),
            ]);
            signal.throwIfAborted();
            const recoveryPoint: RecoveryPoint = {
                at: new Date().toISOString(),
                target,
                ...("known" in mirrored && { mirrored: mirrored.known }),
                ...("known" in source && { source: source.known }),
            };
            record("recoveryPoint", recoveryPoint);
            const unknown = unknownPartitions(target);
            const gaps =
                unknown.length === 0
                    ? ""
                    : `; the ends of these partitions of the target are not known: ${unknownText(unknown)}`;
            return `${recordedText(recoveryPoint)}${gaps}`;
        },
    };
}

function recordedText({ mirrored, source }: RecoveryPoint): string {
    if (mirrored === undefined) {
        return "Kafka Connect does not report how far the mirror got: kafka-dr loss compares the logs when the source is back";
    }
    if (source === undefined) {
        return `${number(mirrored.length)} partitions; kafka-dr loss lists what was not mirrored when the source is back`;
    }
    const { partitions, unknown, contradictions } = progressOf(source, mirrored);
    const lost = `${number(lagOf(partitions))} offsets of the source are not at the target`;
    return [
        lost,
        ...(unknown.length === 0 ? [] : [`not known: ${unknownText(unknown)}`]),
        ...(contradictions.length === 0 ? [] : [contradictionText(contradictions, SITES)]),
    ].join("; ");
}
