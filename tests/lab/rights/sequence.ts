/** The differences between numbers written in order and their copy. */
export interface Sequence {
    /** Numbers that did not arrive. */
    readonly lost: number;
    /** Numbers that arrived more than once. */
    readonly repeated: number;
    /** Pairs of adjacent numbers that are not consecutive. */
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
