/** A median and the range of the single runs. */
export interface Summary {
    readonly median: number;
    readonly min: number;
    readonly max: number;
    /** The number of values. */
    readonly runs: number;
}

/**
 * The middle value, or the mean of the two middle values.
 * @returns NaN for an empty list
 */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((one, other) => one - other);
    const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
    const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
    return lower === upper ? upper : lower + (upper - lower) / 2;
}

/**
 * Median and full range. The range spans from the smallest to the largest value: a handful of runs has
 * no meaningful quartiles, and a reader must see outliers.
 *
 * @returns undefined for an empty list
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
 * The ratio of two series of runs, repetition by repetition. Runs are interleaved: repetition i of both
 * was measured within minutes, so a slowdown of the machine affects both and cancels out. Repetitions
 * that only one of them has are ignored.
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

/** Whether two ranges overlap, so that the difference of the medians may be noise. */
export function overlap(one: Summary, other: Summary): boolean {
    return one.min <= other.max && other.min <= one.max;
}
