import { number } from "../shared/output";
import type { MirrorOperations } from "../shared/mirror/types";

/** A group as it would go on at the cluster that takes over. */
export interface GroupOutlook {
    readonly group: string;
    /** Whether it has a position there in every partition in which it has one now. */
    readonly isProtected: boolean;
    /** Offsets that it would read again, in all partitions together. */
    readonly readAgain: number;
}

export interface GroupsState {
    readonly groups: readonly GroupOutlook[];
    /** Groups that would skip records. */
    readonly late: readonly string[];
    readonly summary: string;
}

/**
 * Where every group stands once the logs are drained: both ends are then the same record, so a
 * position counts from the end. Offsets of transactions' marks and of records that are twice at the
 * target make a group seem further than it is, never earlier than it is.
 */
export async function groupsAfterDrain(mirror: MirrorOperations): Promise<GroupsState> {
    const [reports, from, to] = await Promise.all([
        mirror.groups(),
        mirror.ends("from"),
        mirror.ends("to"),
    ]);
    const endOf = (ends: typeof from, topic: string, partition: number) =>
        ends.find((found) => found.topic === topic)?.endOffsets[partition] ?? 0;
    const late: string[] = [];
    const groups = reports.map(({ group, partitions }): GroupOutlook => {
        let readAgain = 0;
        for (const { topic, partition, fromOffset, toOffset, verdict } of partitions) {
            const left = Math.max(0, endOf(from, topic, partition) - fromOffset);
            const leftThere = toOffset === undefined ? 0 : endOf(to, topic, partition) - toOffset;
            readAgain += Math.max(0, leftThere - left);
            if (verdict === "late" || verdict === "out-of-range") {
                late.push(`${group} in ${topic}:${partition}`);
            }
        }
        return {
            group,
            readAgain,
            isProtected: partitions.every(({ toOffset }) => toOffset !== undefined),
        };
    });
    const unprotected = groups.filter(({ isProtected }) => !isProtected);
    const again = groups.reduce((sum, { readAgain }) => sum + readAgain, 0);
    const protectedCount = groups.length - unprotected.length;
    return {
        groups,
        late,
        summary:
            groups.length === 0
                ? "there is no group"
                : `${number(protectedCount)} of ${number(groups.length)} groups are protected, reading ${number(again)} records again` +
                  (unprotected.length === 0
                      ? ""
                      : `; not protected: ${unprotected.map(({ group }) => group).join(", ")}`),
    };
}
