/** A middle and how far single runs were from it. */
export interface Summary {
    readonly median: number;
    readonly min: number;
    readonly max: number;
    /** How many values it stands for. */
    readonly runs: number;
}

/**
 * The middle value; between the two middle ones, their mean.
 * @returns NaN of no values
 */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((one, other) => one - other);
    const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
    const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
    return lower === upper ? upper : lower + (upper - lower) / 2;
}

/**
 * Median and whole range. The range is that from the smallest to the largest value, however many
 * there are: a handful of runs has no quartiles worth the name, and a run far from the others is
 * something that a reader must see.
 *
 * @returns undefined of no values
 */
export function summary(values: readonly number[]): Summary | undefined {
    return values.length === 0
        ? undefined
        : {
              median: median(values),
              min: values.reduce((least, value) => Math.min(least, value)),
              max: values.reduce((most, value) => Math.max(most, value)),
              runs: values.length,
          };
}

/** Values by the repetition in which they were measured. */
export type ByRepetition = ReadonlyMap<number, number>;

/**
 * How many times the one is the other. Runs are interleaved: repetition i of both was made within
 * minutes of each other, so what slows the machine down slows both, and drops out of their ratio.
 * A repetition that only one of them has is left out.
 *
 * @returns undefined when they have no repetition in common
 */
export function pairedRatio(of: ByRepetition, to: ByRepetition): Summary | undefined {
    const ratios = [...of].flatMap(([repetition, value]) => {
        const other = to.get(repetition);
        return other === undefined ? [] : [value / other];
    });
    return summary(ratios);
}

/** Whether the ranges of two overlap: then the difference of their medians may be noise. */
export function overlap(one: Summary, other: Summary): boolean {
    return one.min <= other.max && other.min <= one.max;
}
