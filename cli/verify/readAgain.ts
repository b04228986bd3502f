import { recordsText } from "./failures";
import type { GroupPartitionReport } from "./groupVerdict";

/** Records that groups would read again. */
export interface ReadAgain {
    readonly records: number;
    /** Whether some positions were not compared, so that `records` is a bound: at most as many. */
    readonly isBound: boolean;
}

/**
 * The sum over all positions at `to`; `verify`, `status` and a failover count by this. A position that
 * `auto.offset.reset` places has no part in it.
 */
export function totalReadAgain(
    partitions: readonly Pick<GroupPartitionReport, "readAgain" | "readAgainAtMost">[],
): ReadAgain {
    return {
        records: partitions.reduce(
            (sum, { readAgain, readAgainAtMost }) => sum + (readAgain ?? readAgainAtMost ?? 0),
            0,
        ),
        isBound: partitions.some(({ readAgainAtMost }) => readAgainAtMost !== undefined),
    };
}

/** The sum as text: `12 records`, `at most 12 records`. */
export function readAgainText(
    partitions: readonly Pick<GroupPartitionReport, "readAgain" | "readAgainAtMost">[],
): string {
    const { records, isBound } = totalReadAgain(partitions);
    return `${isBound ? "at most " : ""}${recordsText(records)}`;
}
