import { number, table } from "../shared/output";
import type { GroupReport } from "../verify/groups";
import { type GroupLeftOut, LEFT_OUT_TEXTS } from "../verify/groupsLeftOut";
import { isFailure } from "../verify/groupVerdict";
import { totalReadAgain } from "../verify/readAgain";

/** What a failover would do to a group. */
export interface GroupStatus {
    readonly group: string;
    readonly isProtected: boolean;
    /** Records that it would read again at the other site; absent when it is not protected. */
    readonly readAgain?: number;
    /** Whether it reads at most as many records again, since not all positions could be compared. */
    readonly readAgainIsBound?: true;
    /** Why it is not protected. */
    readonly reason?: string;
}

/** Sums up the partitions of each group. */
export function groupStatuses(reports: readonly GroupReport[]): GroupStatus[] {
    return reports.map(({ group, partitions }): GroupStatus => {
        const bad =
            partitions.find(({ verdict }) => verdict === "unprotected") ??
            partitions.find(({ verdict }) => verdict === "unknown") ??
            partitions.find(({ verdict }) => isFailure(verdict));
        if (bad !== undefined) {
            return { group, isProtected: false, ...(bad.reason && { reason: bad.reason }) };
        }
        const { records, isBound } = totalReadAgain(partitions);
        return {
            group,
            isProtected: true,
            readAgain: records,
            ...(isBound && { readAgainIsBound: true as const }),
        };
    });
}

/** What all groups together would find after a failover. */
export function expectedOfGroups(groups: readonly GroupStatus[], leftOut: readonly GroupLeftOut[]) {
    const unprotected = groups.filter(({ isProtected }) => !isProtected);
    // Groups that the mirror's patterns leave out were left out on purpose.
    const others = leftOut.filter(({ cause }) => cause !== "excluded");
    const isBound = groups.some(({ readAgainIsBound }) => readAgainIsBound === true);
    return {
        readAgain: groups.reduce((sum, { readAgain = 0 }) => sum + readAgain, 0),
        ...(isBound && { readAgainIsBound: true as const }),
        unprotectedGroups: unprotected.length + others.length,
    };
}

/** The groups as lines of text; none when there are no groups. */
export function groupLines(
    groups: readonly GroupStatus[],
    leftOut: readonly GroupLeftOut[],
): string[] {
    const rows = groups.map(({ group, isProtected, reason, readAgain, readAgainIsBound }) => [
        group,
        isProtected ? "yes" : `no: ${reason ?? "reason unknown"}`,
        readAgain === undefined
            ? "-"
            : `${readAgainIsBound === true ? "at most " : ""}${number(readAgain)}`,
    ]);
    return [
        ...(rows.length === 0
            ? []
            : ["", ...table([["group", "protected", "records read again"], ...rows])]),
        ...(leftOut.length === 0
            ? []
            : [
                  "",
                  "Groups that are not carried over:",
                  ...leftOut.map(({ group, cause }) => `  ${group}: ${LEFT_OUT_TEXTS[cause]}`),
              ]),
    ];
}
