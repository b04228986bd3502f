/** What became of numbers that were written in order, as a reader of the copy meets them. */
export interface Sequence {
    /** Numbers that never came. */
    readonly lost: number;
    /** Numbers that came more than once. */
    readonly repeated: number;
    /** Where the reader meets a number that is not the next one: from which to which. */
    readonly jumps: readonly { readonly from: number; readonly to: number }[];
}

/** Compares the numbers of a copy with 0 to `count` - 1; pure. */
export function sequenceOf(numbers: readonly number[], count: number): Sequence {
    const distinct = new Set(numbers);
    const jumps = numbers.flatMap((to, index) => {
        const from = numbers[index - 1] ?? -1;
        return to === from + 1 ? [] : [{ from, to }];
    });
    return { lost: count - distinct.size, repeated: numbers.length - distinct.size, jumps };
}
