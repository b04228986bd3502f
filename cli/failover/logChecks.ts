/** What steps check of logs; what is not known, or of other logs, fails the check. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SiteName } from "../../config/settingsSchema";
import type { ClusterLook } from "../../kafka/logLook";
import { number } from "../shared/output";
import type { Ends, MirrorEnd } from "../shared/mirror/ends";
import {
    type Contradiction,
    contradictionText,
    lookContradictions,
} from "../shared/mirror/identity";
import type { MirrorOperations } from "../shared/mirror/mirrorOperations";
import {
    type PartitionProgress,
    type UnknownPartition,
    unknownPartitions,
    unknownText,
} from "../shared/mirror/progress";
import { CheckFailed } from "./step";

/**
 * Offsets that the logs at one end grow by within some seconds, records of open transactions included.
 * @throws {CheckFailed} when that cannot be known: a partition cannot be looked at, or is another one
 */
export async function recordsWritten(
    mirror: MirrorOperations,
    end: MirrorEnd,
    site: SiteName,
    seconds: number,
    signal: AbortSignal,
): Promise<number> {
    const before = await mirror.ends(end);
    await sleep(seconds * 1000, undefined, { signal });
    return offsetsBetween(before, await mirror.ends(end), site);
}

/** @throws {CheckFailed} as `recordsWritten` does */
export function offsetsBetween(before: ClusterLook, after: ClusterLook, site: SiteName): number {
    refuseUnknown([...unknownPartitions(before), ...unknownPartitions(after)], site);
    refuseContradictions(lookContradictions(before, after), { from: site, to: site });
    return total(after) - total(before);
}

function total({ topics }: ClusterLook): number {
    return topics
        .flatMap(({ partitions }) => partitions)
        .reduce((sum, log) => sum + ("known" in log ? log.known.highWatermark : 0), 0);
}

/** Fails the check for what could not be looked at. @throws {CheckFailed} */
export function refuseUnknown(unknown: readonly UnknownPartition[], site: SiteName): void {
    if (unknown.length > 0) {
        throw new CheckFailed(`not known at the ${site}: ${unknownText(unknown)}`);
    }
}

/** Numbers of other logs say nothing about those that were mirrored. @throws {CheckFailed} */
export function refuseContradictions(found: readonly Contradiction[], sites: Ends<SiteName>): void {
    if (found.length > 0) {
        throw new CheckFailed(contradictionText(found, sites));
    }
}

/** No wait brings back records that were deleted before the mirror read them. @throws {CheckFailed} */
export function refuseDeleted(progress: readonly PartitionProgress[]): void {
    const lost = progress.filter(({ deletedUnmirrored }) => deletedUnmirrored > 0);
    if (lost.length > 0) {
        const list = lost
            .map(
                ({ topic, partition, deletedUnmirrored }) =>
                    `${topic}:${partition} (${number(deletedUnmirrored)} offsets)`,
            )
            .join(", ");
        throw new CheckFailed(
            `retention deleted records before they were mirrored: ${list}; the mirror cannot copy them any more`,
        );
    }
}
