import type { SiteName } from "../../config/settingsSchema";
import { number } from "../shared/output";
import type { GroupsReport } from "./groups";
import { type GroupLeftOut, LEFT_OUT_TEXTS } from "./groupsLeftOut";
import { isFailure } from "./groupVerdict";
import { readAgainText, totalReadAgain } from "./readAgain";

/** Where a group would resume at the cluster that takes over. */
export interface GroupPosition {
    readonly group: string;
    /** Whether it has a position there wherever it has one now and there are records. */
    readonly isProtected: boolean;
    /** Records that it would read again, in all partitions together. */
    readonly readAgain: number;
    /** Whether it reads at most as many records again, since not all positions could be compared. */
    readonly isBound: boolean;
}

/** Where all groups would resume, group by group. */
export interface GroupsSummary {
    readonly groups: readonly GroupPosition[];
    /** Positions with which a group would skip records: `group in topic:partition`. */
    readonly late: readonly string[];
    /** Groups of which nothing is carried over. */
    readonly leftOut: readonly GroupLeftOut[];
    readonly summary: string;
}

/** Sums up where all groups would resume. */
export function groupsSummary({ groups: reports, leftOut }: GroupsReport): GroupsSummary {
    const groups = reports.map(({ group, partitions }): GroupPosition => {
        const { records, isBound } = totalReadAgain(partitions);
        return {
            group,
            readAgain: records,
            isBound,
            isProtected: partitions.every(
                ({ verdict }) => verdict !== "unprotected" && verdict !== "unknown",
            ),
        };
    });
    const late = reports.flatMap(({ group, partitions }) =>
        partitions
            .filter(({ verdict }) => isFailure(verdict))
            .map(({ topic, partition }) => `${group} in ${topic}:${partition}`),
    );
    return { groups, late, leftOut, summary: summaryOf(groups, leftOut) };
}

function summaryOf(groups: readonly GroupPosition[], leftOut: readonly GroupLeftOut[]): string {
    const left =
        leftOut.length === 0
            ? ""
            : `; not carried over: ${leftOut.map(({ group }) => group).join(", ")}`;
    if (groups.length === 0) {
        return `no group has a position to carry over${left}`;
    }
    const unprotected = groups.filter(({ isProtected }) => !isProtected);
    const again = groups.reduce((sum, { readAgain }) => sum + readAgain, 0);
    const atMost = groups.some(({ isBound }) => isBound) ? "at most " : "";
    return (
        `${number(groups.length - unprotected.length)} of ${number(groups.length)} groups are protected and read ${atMost}${number(again)} records again` +
        (unprotected.length === 0
            ? ""
            : `; not protected: ${unprotected.map(({ group }) => group).join(", ")}`) +
        left
    );
}

/** Where the application of each group would begin at a site, one line for each. */
export function applicationLines({ groups, leftOut }: GroupsReport, site: SiteName): string[] {
    const lines = [
        ...groups.map(({ group, partitions }) => {
            const bad =
                partitions.find(({ verdict }) => isFailure(verdict)) ??
                partitions.find(
                    ({ verdict }) => verdict === "unprotected" || verdict === "unknown",
                );
            return bad === undefined
                ? `${group}: at its position, ${readAgainText(partitions)} again`
                : isFailure(bad.verdict)
                  ? `${group}: not where it was in ${bad.topic}:${bad.partition} (${bad.verdict}): ${bad.reason ?? ""}`
                  : bad.verdict === "unknown"
                    ? `${group}: not known in ${bad.topic}:${bad.partition}: ${bad.reason ?? ""}`
                    : `${group}: where its auto.offset.reset places it in ${bad.topic}:${bad.partition}: ${bad.reason ?? ""}`;
        }),
        ...leftOut.map(({ group, cause }) => `${group}: ${LEFT_OUT_TEXTS[cause]}`),
    ];
    return lines.length === 0
        ? [`No group has a position to carry over to the ${site}.`]
        : [
              `Where applications would begin at the ${site} now:`,
              ...lines.map((line) => `  ${line}`),
          ];
}
