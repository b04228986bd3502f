import type { AgeBounds } from "./progress";

/** When a look was made, by a clock that only runs forward, in milliseconds. */
export interface LookTime {
    /** Before the question was sent: what the answer lacks was appended later. */
    readonly asked: number;
    /** After the answer arrived: what it has was appended earlier. */
    readonly answered: number;
}

/**
 * Proves how long records wait, from looks at the ends of their logs and from this process's own clock.
 * The timestamps of records prove nothing: a producer sets them to what it likes.
 */
export class LagWatch {
    private readonly looks: (LookTime & { readonly ends: ReadonlyMap<string, number> })[] = [];

    /** @param ends Ends of logs, by a key of the partition. */
    add(time: LookTime, ends: ReadonlyMap<string, number>): void {
        this.looks.push({ ...time, ends });
    }

    /** Where a log ended at the first look; undefined when that look did not see it. */
    firstEnd(key: string): number | undefined {
        return this.looks[0]?.ends.get(key);
    }

    /**
     * Limits of the age that the record at an offset has now. It was there at a look whose end lies
     * behind it, and came after a look whose end does not.
     */
    boundsOf(key: string, offset: number, now: number): AgeBounds {
        const seen = this.looks.find(({ ends }) => (ends.get(key) ?? 0) > offset);
        const unseen = this.looks.findLast(({ ends }) => {
            const end = ends.get(key);
            return end !== undefined && end <= offset;
        });
        return {
            ...(seen !== undefined && { atLeast: (now - seen.answered) / 1000 }),
            ...(unseen !== undefined && { atMost: (now - unseen.asked) / 1000 }),
        };
    }
}
