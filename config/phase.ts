import type { SiteName } from "./siteSchema";

/**
 * The states of a pair between normal operation, failover and failback. Only the setting
 * `kafka-dr:phase` decides the direction of the mirror; {@link phases} has everything that depends
 * on it.
 */
export const PHASES = [
    "mirroring",
    "draining",
    "failed-over",
    "failing-back",
    "draining-back",
    "resuming",
] as const;

export type Phase = (typeof PHASES)[number];

/**
 * What application users may do at a site. `writing`: everything that they declare. `consuming`:
 * read and commit offsets, but not write. `standby`: read without changing anything.
 */
export type Access = "writing" | "consuming" | "standby";

function isPhase(value: unknown): value is Phase {
    return PHASES.some((phase) => phase === value);
}

export interface PhaseState {
    /** Where applications connect. */
    readonly activeSite: SiteName;
    readonly access: Readonly<Record<SiteName, Access>>;
    /** The mirror from the source to the target. It always exists and is never recreated. */
    readonly forward: "running" | "stopped";
    /** The mirror from the target to a rebuilt source. */
    readonly reverse: "running" | "absent";
    /**
     * Whether an update may read or change objects of the source. It must not while the source
     * counts as lost, because its API server may be unavailable too.
     */
    readonly usesSource: boolean;
    /** One sentence for output. */
    readonly summary: string;
}

const atSource = { activeSite: "source", usesSource: true, reverse: "absent" } as const;
const atTarget = { activeSite: "target", forward: "stopped" } as const;

export const phases: Readonly<Record<Phase, PhaseState>> = {
    mirroring: {
        ...atSource,
        access: { source: "writing", target: "standby" },
        forward: "running",
        summary: "Applications use the source, which is mirrored to the target.",
    },
    draining: {
        ...atSource,
        access: { source: "consuming", target: "standby" },
        forward: "running",
        summary:
            "No application may write; the remaining records of the source are mirrored to the target.",
    },
    "failed-over": {
        ...atTarget,
        access: { source: "standby", target: "writing" },
        reverse: "absent",
        usesSource: false,
        summary:
            "Applications use the target; the source counts as lost, and updates do not touch it.",
    },
    "failing-back": {
        ...atTarget,
        access: { source: "standby", target: "writing" },
        reverse: "running",
        usesSource: true,
        summary: "Applications use the target, which is mirrored to the rebuilt source.",
    },
    "draining-back": {
        ...atTarget,
        access: { source: "standby", target: "consuming" },
        reverse: "running",
        usesSource: true,
        summary:
            "No application may write; the remaining records of the target are mirrored to the source.",
    },
    resuming: {
        ...atSource,
        access: { source: "standby", target: "standby" },
        forward: "stopped",
        summary:
            "A new mirror from the source to the target waits for its start positions; no application may write.",
    },
};

/** Whether a change of phase keeps the epoch of the mirror or increases it by one. */
type EpochStep = "same" | "next";

/**
 * The allowed changes of phase. The source becomes the active site again only after it was rebuilt
 * and filled from the target, and only in a new epoch, whose MM2 has new offsets.
 */
export const transitions: Readonly<Record<Phase, Partial<Record<Phase, EpochStep>>>> = {
    mirroring: { draining: "same", "failed-over": "same" },
    draining: { mirroring: "same", "failed-over": "same" },
    "failed-over": { "failing-back": "same" },
    "failing-back": { "draining-back": "same", "failed-over": "same" },
    "draining-back": { "failing-back": "same", "failed-over": "same", resuming: "next" },
    resuming: { mirroring: "same", "failed-over": "same" },
};

/** A phase and the mirror's epoch in it. */
export interface PhasePosition {
    readonly phase: Phase;
    /** Number of the current life of the mirror from the source to the target, from 1. */
    readonly epoch: number;
}

/**
 * The position in the data of the ConfigMap that records it; undefined when it is not readable.
 * Records of earlier versions call the epoch `generation`.
 */
export function recordedPosition(
    data: Readonly<Record<string, unknown>> | undefined,
): PhasePosition | undefined {
    const phase = data?.phase;
    const epoch = Number(data?.epoch ?? data?.generation);
    return isPhase(phase) && Number.isSafeInteger(epoch) && epoch >= 1
        ? { phase, epoch }
        : undefined;
}

/**
 * Why the pair may not change from one position to another, with the phases that lead to the
 * requested one. Undefined when the change is allowed.
 *
 * @param from Undefined for a pair that does not exist yet.
 */
export function transitionProblem(
    from: PhasePosition | undefined,
    to: PhasePosition,
): string | undefined {
    if (from === undefined) {
        return to.phase === "mirroring" || to.phase === "draining"
            ? undefined
            : `kafka-dr:phase is "${to.phase}", but this stack has deployed nothing yet. A new pair starts with "mirroring".`;
    }
    if (from.phase === to.phase) {
        return from.epoch === to.epoch
            ? undefined
            : `kafka-dr:mirror.epoch is ${to.epoch}, but the pair is in epoch ${from.epoch}. It increases by one only with the change from "draining-back" to "resuming"; otherwise MM2 would copy everything again.`;
    }
    const step = transitions[from.phase][to.phase];
    if (step === undefined) {
        return `kafka-dr:phase cannot change from "${from.phase}" to "${to.phase}". ${wayOf(from, to.phase)}`;
    }
    const expected = step === "same" ? from.epoch : from.epoch + 1;
    return to.epoch === expected
        ? undefined
        : `kafka-dr:mirror.epoch is ${to.epoch}, but must be ${expected} for the change from "${from.phase}" to "${to.phase}".`;
}

function wayOf({ phase, epoch }: PhasePosition, to: Phase): string {
    const way = shortestWay(phase, to) ?? [];
    const grows = way.some((next, index) => transitions[way[index - 1] ?? phase][next] === "next");
    const withEpoch = grows ? `, "resuming" with kafka-dr:mirror.epoch ${epoch + 1}` : "";
    return `The allowed path is ${[phase, ...way].map((step) => `"${step}"`).join(" -> ")}${withEpoch}; "kafka-dr failover --plan" and "kafka-dr failback --plan" print each step.`;
}

/** The phases from one to another, without the first; undefined if no path exists. */
export function shortestWay(from: Phase, to: Phase): Phase[] | undefined {
    const ways: Phase[][] = [[]];
    const seen = new Set([from]);
    for (const way of ways) {
        const last = way.at(-1) ?? from;
        if (last === to) {
            return way;
        }
        for (const next of Object.keys(transitions[last]) as Phase[]) {
            if (!seen.has(next)) {
                seen.add(next);
                ways.push([...way, next]);
            }
        }
    }
    return undefined;
}
