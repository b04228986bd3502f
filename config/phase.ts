import type { SiteName } from "./siteSchema";

/**
 * Where the pair is between two failures. The one setting `kafka-dr:phase` says it, and everything
 * that differs from phase to phase is in {@link phases}: no other setting can start a direction.
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
 * What the users of applications may do at a site. `writing`: everything that they declare.
 * `consuming`: read and commit offsets, write nothing. `standby`: look, and change nothing.
 */
export type Access = "writing" | "consuming" | "standby";

function isPhase(value: unknown): value is Phase {
    return PHASES.some((phase) => phase === value);
}

export interface PhaseState {
    /** Where applications connect. */
    readonly activeSite: SiteName;
    readonly access: Readonly<Record<SiteName, Access>>;
    /** The mirror from the source to the target. It always exists, so that nothing is made anew. */
    readonly forward: "running" | "stopped";
    /** The mirror from the target to a rebuilt source. */
    readonly reverse: "running" | "absent";
    /**
     * Whether an update may read or change anything of the source: not while it counts as lost, when
     * its API server may be gone as well.
     */
    readonly usesSource: boolean;
    /** In a sentence, for people. */
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
        summary: "Nobody may write; the rest of the source's records goes to the target.",
    },
    "failed-over": {
        ...atTarget,
        access: { source: "standby", target: "writing" },
        reverse: "absent",
        usesSource: false,
        summary: "Applications use the target; the source counts as lost and is left untouched.",
    },
    "failing-back": {
        ...atTarget,
        access: { source: "standby", target: "writing" },
        reverse: "running",
        usesSource: true,
        summary: "Applications use the target, which is mirrored to the source that was rebuilt.",
    },
    "draining-back": {
        ...atTarget,
        access: { source: "standby", target: "consuming" },
        reverse: "running",
        usesSource: true,
        summary: "Nobody may write; the rest of the target's records goes to the source.",
    },
    resuming: {
        ...atSource,
        access: { source: "standby", target: "standby" },
        forward: "stopped",
        summary:
            "A new mirror from the source to the target waits for its start positions; nobody may write.",
    },
};

/** Whether the epoch of the mirror stays or grows by one with a change of phase. */
type EpochStep = "same" | "next";

/**
 * The changes of phase that are allowed. Only a source that was rebuilt and filled from the target
 * becomes the active site again, and only with a new epoch of MM2, whose offsets begin anew.
 */
export const transitions: Readonly<Record<Phase, Partial<Record<Phase, EpochStep>>>> = {
    mirroring: { draining: "same", "failed-over": "same" },
    draining: { mirroring: "same", "failed-over": "same" },
    "failed-over": { "failing-back": "same" },
    "failing-back": { "draining-back": "same", "failed-over": "same" },
    "draining-back": { "failing-back": "same", "failed-over": "same", resuming: "next" },
    resuming: { mirroring: "same", "failed-over": "same" },
};

/** A phase and the epoch of the mirror that belongs to it. */
export interface PhasePosition {
    readonly phase: Phase;
    /** Counts the lives of the mirror from the source to the target, from 1. */
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
 * Why the pair may not go from one position to another: what is allowed instead, and by which way
 * the wanted phase is reached. Undefined when it may.
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
            : `kafka-dr:phase is "${to.phase}", but this stack has deployed nothing yet. A new pair begins with "mirroring".`;
    }
    if (from.phase === to.phase) {
        return from.epoch === to.epoch
            ? undefined
            : `kafka-dr:mirror.epoch is ${to.epoch}, but the pair is in epoch ${from.epoch}. It grows by one with the change from "draining-back" to "resuming", and never otherwise: MM2 would copy everything once more.`;
    }
    const step = transitions[from.phase][to.phase];
    if (step === undefined) {
        return `kafka-dr:phase cannot go from "${from.phase}" to "${to.phase}". ${wayOf(from, to.phase)}`;
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
    return `The way is ${[phase, ...way].map((step) => `"${step}"`).join(" -> ")}${withEpoch}; "kafka-dr failover --plan" and "kafka-dr failback --plan" print each step.`;
}

/** The phases from one to another, without the first; undefined when there is no way. */
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
