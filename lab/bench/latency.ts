/** How many records a partition had at some times, oldest first; times in milliseconds. */
export interface Growth {
    readonly times: number[];
    readonly records: number[];
}

export function noGrowth(): Growth {
    return { times: [], records: [] };
}

/** Adds what was seen, when it is more than before. */
export function grow({ times, records }: Growth, time: number, seen: number): void {
    if (seen > (records.at(-1) ?? 0)) {
        times.push(time);
        records.push(seen);
    }
}

/** Records that took so long, in milliseconds. */
export interface Delay {
    readonly milliseconds: number;
    readonly records: number;
}

/**
 * How long each record of a partition took from one log to the other: from the look that first saw
 * it at the source to the look that first saw it at the target. Only records that the source had
 * from a time on, and before another.
 */
export function delays(source: Growth, target: Growth, fromMs: number, toMs: number): Delay[] {
    const found: Delay[] = [];
    let at = 0;
    let done = 0;
    for (const [look, time] of target.times.entries()) {
        const end = target.records[look] ?? 0;
        while (done < end && at < source.times.length) {
            const until = Math.min(end, source.records[at] ?? 0);
            const appended = source.times[at] ?? 0;
            if (until > done && appended >= fromMs && appended < toMs) {
                found.push({
                    milliseconds: Math.max(0, time - appended),
                    records: until - done,
                });
            }
            done = Math.max(done, until);
            if (done >= (source.records[at] ?? 0)) {
                at += 1;
            }
        }
    }
    return found;
}

/** The time within which a share of the records arrived. */
export function quantile(all: readonly Delay[], share: number): number {
    const sorted = [...all].sort((one, other) => one.milliseconds - other.milliseconds);
    const total = sorted.reduce((sum, { records }) => sum + records, 0);
    let seen = 0;
    for (const { milliseconds, records } of sorted) {
        seen += records;
        if (seen >= total * share) {
            return milliseconds;
        }
    }
    return 0;
}
