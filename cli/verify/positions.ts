/** Where a position of the source is at the target. */
export interface AlignedPosition {
    readonly sourceOffset: number;
    /** The first record of the target that a group there must still read; its end when none. */
    readonly targetOffset: number;
    /** Records of the target before that one, and those of them that belong in their place. */
    readonly records: number;
    readonly matched: number;
}

/** How many records of the target are before an offset of it. */
export interface TargetPosition {
    readonly targetOffset: number;
    readonly records: number;
    readonly matched: number;
}

/** Follows a comparison and notes what it passes: positions of the source and of the target. */
export class Positions {
    private readonly sourceMarks: number[];
    private readonly targetMarks: number[];
    private readonly aligned = new Map<number, AlignedPosition>();
    private readonly passed = new Map<number, TargetPosition>();
    private records = 0;
    private matched = 0;

    constructor(sourceMarks: readonly number[], targetMarks: readonly number[]) {
        const distinct = (marks: readonly number[]) =>
            [...new Set(marks)].sort((one, other) => other - one);
        this.sourceMarks = distinct(sourceMarks);
        this.targetMarks = distinct(targetMarks);
    }

    /** The next record of the target; `sourceOffset` when it is the source's, in its place. */
    pass(targetOffset: number, sourceOffset?: number): void {
        const { records, matched } = this;
        for (let mark = this.targetMarks.at(-1); mark !== undefined && mark <= targetOffset;) {
            this.targetMarks.pop();
            this.passed.set(mark, { targetOffset: mark, records, matched });
            mark = this.targetMarks.at(-1);
        }
        if (sourceOffset !== undefined) {
            for (let mark = this.sourceMarks.at(-1); mark !== undefined && mark <= sourceOffset;) {
                this.sourceMarks.pop();
                this.aligned.set(mark, { sourceOffset: mark, targetOffset, records, matched });
                mark = this.sourceMarks.at(-1);
            }
            this.matched += 1;
        }
        this.records += 1;
    }

    /** Both logs are at their ends; what was not passed is there. */
    finish(targetEnd: number): void {
        const { records, matched } = this;
        for (const mark of this.sourceMarks.splice(0)) {
            this.aligned.set(mark, {
                sourceOffset: mark,
                targetOffset: targetEnd,
                records,
                matched,
            });
        }
        for (const mark of this.targetMarks.splice(0)) {
            this.passed.set(mark, { targetOffset: mark, records, matched });
        }
    }

    /** Where the source's offset is at the target. */
    alignedPosition(sourceOffset: number): AlignedPosition | undefined {
        return this.aligned.get(sourceOffset);
    }

    targetPosition(targetOffset: number): TargetPosition | undefined {
        return this.passed.get(targetOffset);
    }
}
