/** The goals for the recommended settings, evaluated on a result file. */
import { distinct, rateOf, rateRatio, type Runs, sibling, TRANSPORTS } from "./cells";
import { digits, middle, percent, withRange } from "./format";
import type { Cell, ProducerLine } from "./result";
import { overlap, type Summary } from "./statistics";

export type Verdict = "met" | "missed" | "not measured";

/** One goal over one transport. */
export interface Goal {
    readonly goal: string;
    readonly transport: Cell["transport"];
    readonly verdict: Verdict;
    /** The numbers behind the verdict; empty when nothing was measured. */
    readonly found: string;
}

/** At least this many times the rate of Kafka's defaults and of the tutorial's settings. */
const GAINS = [
    { roundTripMs: 10, defaults: 13, tutorial: 1.5 },
    { roundTripMs: 50, defaults: 45, tutorial: 3 },
] as const;

/** The share of the plaintext rate that TLS may lose. */
const MOST_TLS_LOSS = 0.35;
/** The rate with a distant target, as a share of the rate with a near one. */
const FAR = { roundTripMs: 100, share: 0.9 };
/** The rate of the mirror, as a share of the rate of a producer alone. */
const PRODUCER_SHARE = 0.5;

/** The settings that are recommended: one profile serves every round trip. */
export const RECOMMENDED = "wan";

/** The runs that the goals apply to: the series of round trips, 3 partitions, records of 100 bytes. */
export function headline(mirrored: readonly Runs[]): Runs[] {
    const found = mirrored.filter(
        ({ cell }) =>
            cell.series === "round-trip" && cell.recordBytes === 100 && cell.partitions === 3,
    );
    // Runs with another payload are another workload.
    const payload = found[0]?.cell.payload;
    return found.filter(({ cell }) => cell.payload === payload);
}

/** Evaluates every goal over both transports. */
export function evaluateGoals(
    mirrored: readonly Runs[],
    produced: readonly Runs<ProducerLine>[],
): Goal[] {
    const runs = headline(mirrored);
    return TRANSPORTS.flatMap((transport) => {
        const over = { runs, transport };
        return [
            ...GAINS.flatMap(({ roundTripMs, ...gains }) => [
                gain(over, roundTripMs, "defaults", gains.defaults),
                gain(over, roundTripMs, "tutorial", gains.tutorial),
            ]),
            neverBelow(over, ["defaults", "tutorial"], [0]),
            ...(transport === "tls"
                ? [neverBelow(over, ["defaults"], roundTripsOf(over)), tlsLoss(over)]
                : []),
            farAsNear(over),
            likeProducer(over, produced),
        ];
    });
}

interface Over {
    readonly runs: readonly Runs[];
    readonly transport: Cell["transport"];
}

function at(
    { runs, transport }: Over,
    roundTripMs: number,
    configuration: string,
): Runs | undefined {
    const [first] = runs;
    return first && sibling(runs, first.cell, { transport, roundTripMs, configuration });
}

function recommendedAt(over: Over, roundTripMs: number): Runs | undefined {
    return at(over, roundTripMs, RECOMMENDED);
}

/** The round trips of both transports: one that was measured over only one counts for the other. */
function roundTripsOf({ runs }: Over): number[] {
    return distinct(runs.map(({ cell }) => cell.roundTripMs)).sort((one, other) => one - other);
}

/** Whether a ratio reaches a floor. The median decides; the text mentions runs on the other side. */
function atLeast(ratio: Summary | undefined, floor: number): Pick<Goal, "verdict" | "found"> {
    if (ratio === undefined) {
        return { verdict: "not measured", found: "" };
    }
    const isMet = ratio.median >= floor;
    const isMixed = isMet ? ratio.min < floor : ratio.max >= floor;
    const hidden = !isMet && digits(ratio.median) === digits(floor) ? ", just below" : "";
    const mixed = isMixed ? `, ${isMet ? "not in every run" : "reached in some runs"}` : "";
    return {
        verdict: isMet ? "met" : "missed",
        found: `${withRange(ratio, " x")}${hidden}${mixed}`,
    };
}

function gain(over: Over, roundTripMs: number, to: string, floor: number): Goal {
    const ratio = rateRatio(recommendedAt(over, roundTripMs), at(over, roundTripMs, to));
    return {
        goal: `${roundTripMs} ms: at least ${floor} x \`${to}\``,
        transport: over.transport,
        ...atLeast(ratio, floor),
    };
}

/** Whether a rate is at least the median of the others, or its range overlaps with theirs. */
function neverBelow(over: Over, others: readonly string[], roundTrips: readonly number[]): Goal {
    const points = roundTrips.map((roundTripMs) => {
        const own = recommendedAt(over, roundTripMs);
        const rate = own && rateOf(own);
        const found = others.map((name) => {
            const runs = at(over, roundTripMs, name);
            return runs && rateOf(runs);
        });
        const best = found.every((other) => other !== undefined)
            ? found.reduce<Summary | undefined>(
                  (most, other) => (most && most.median >= other.median ? most : other),
                  undefined,
              )
            : undefined;
        if (rate === undefined || best === undefined) {
            return { verdict: "not measured" as const, found: `${roundTripMs} ms: not measured` };
        }
        const place = `${roundTripMs} ms: `;
        if (rate.median >= best.median) {
            const found = `${place}${middle(rate)} against ${middle(best)}`;
            return { verdict: "met" as const, found };
        }
        const both = `${place}${withRange(rate)} against ${withRange(best)}`;
        return overlap(rate, best)
            ? { verdict: "met" as const, found: `${both}, within the noise` }
            : { verdict: "missed" as const, found: both };
    });
    const names = others.map((name) => `\`${name}\``).join(" and ");
    const which = others.length > 1 ? `the better of ${names}` : names;
    const where = roundTrips.length === 1 ? `${roundTrips[0] ?? 0} ms` : "any round trip";
    return {
        goal: `${where}: never below ${which}, within the noise`,
        transport: over.transport,
        ...combined(points),
    };
}

function tlsLoss(over: Over): Goal {
    const points = roundTripsOf(over).map((roundTripMs) => {
        const plaintext = recommendedAt({ ...over, transport: "plaintext" }, roundTripMs);
        const ratio = rateRatio(recommendedAt(over, roundTripMs), plaintext);
        return {
            verdict: atLeast(ratio, 1 - MOST_TLS_LOSS).verdict,
            found: `${roundTripMs} ms: ${ratio === undefined ? "not measured" : lossOf(ratio)}`,
        };
    });
    return {
        goal: `aim: loses at most ${percent(MOST_TLS_LOSS)} against plaintext`,
        transport: over.transport,
        ...combined(points),
    };
}

/** The share that is lost at a ratio below 1; negative above 1. */
export function lossOf(ratio: Summary): string {
    const { median, min, max, runs } = ratio;
    const spread = runs < 2 ? "" : ` (${percent(1 - max)} to ${percent(1 - min)})`;
    return `${percent(1 - median)}${spread}`;
}

function farAsNear(over: Over): Goal {
    const ratio = rateRatio(recommendedAt(over, FAR.roundTripMs), recommendedAt(over, 0));
    return {
        goal: `${FAR.roundTripMs} ms: at least ${FAR.share} x what the recommended settings reach at 0 ms`,
        transport: over.transport,
        ...atLeast(ratio, FAR.share),
    };
}

function likeProducer(over: Over, produced: readonly Runs<ProducerLine>[]): Goal {
    const own = recommendedAt(over, 0);
    const ratio = rateRatio(own, own && producerFor(own.cell, produced));
    return {
        goal: `0 ms: at least ${PRODUCER_SHARE} x the rate of ProducerPerformance`,
        transport: over.transport,
        ...atLeast(ratio, PRODUCER_SHARE),
    };
}

/**
 * The runs of ProducerPerformance with the same records over the same network, of any series. Prefers
 * the same configuration, then the fastest one.
 */
export function producerFor(
    cell: Cell,
    produced: readonly Runs<ProducerLine>[],
): Runs<ProducerLine> | undefined {
    const rate = (runs: Runs<ProducerLine>) =>
        (runs.cell.configuration === cell.configuration ? Infinity : rateOf(runs)?.median) ?? 0;
    return produced
        .filter(
            ({ cell: other }) =>
                other.transport === cell.transport &&
                other.roundTripMs === cell.roundTripMs &&
                other.recordBytes === cell.recordBytes &&
                other.payload === cell.payload &&
                other.partitions === cell.partitions,
        )
        .sort((one, other) => rate(other) - rate(one))[0];
}

/** Combines verdicts: missed if one of them is, met only if all of them are. */
function combined(
    points: readonly Pick<Goal, "verdict" | "found">[],
): Pick<Goal, "verdict" | "found"> {
    const has = (verdict: Verdict) => points.some((point) => point.verdict === verdict);
    if (points.every(({ verdict }) => verdict === "not measured")) {
        return { verdict: "not measured", found: "" };
    }
    const verdict = has("missed") ? "missed" : has("not measured") ? "not measured" : "met";
    return { verdict, found: points.map(({ found }) => found).join("; ") };
}
