import { setTimeout as sleep } from "node:timers/promises";
import { mirroredAlias, type Settings } from "../../config/settingsSchema";
import { connectorNames } from "../../strimzi/builders/names";
import {
    connectorOffsets,
    connectorOffsetsKey,
    type MirroredOffset,
    POSITIONS_COMPLETE_KEY,
} from "../../strimzi/builders/startPositions";
import type { ClusterLook } from "../../kafka/logLook";
import { CheckFailed } from "./step";

const POLL_MS = 2000;
/** Seconds to wait for the operator, which reconciles a KafkaMirrorMaker2 every two minutes. */
const OPERATOR_SECONDS = 300;

/** The last record of each log. An empty log needs no position: all its records will be new. */
export function startPositions({ topics }: ClusterLook): MirroredOffset[] {
    return topics.flatMap(({ name: topic, partitions }) =>
        partitions.flatMap((log, partition) => {
            const end = "known" in log ? log.known.highWatermark : 0;
            return end === 0 ? [] : [{ topic, partition, offset: end - 1 }];
        }),
    );
}

/** Whether two lists have the same positions, in any order. */
export function isSame(one: readonly MirroredOffset[], other: readonly MirroredOffset[]): boolean {
    const key = ({ topic, partition, offset }: MirroredOffset) => `${topic}:${partition}=${offset}`;
    const keys = new Set(one.map(key));
    return one.length === other.length && other.every((entry) => keys.has(key(entry)));
}

/** The objects next to MM2 that hand offsets to the operator. */
export interface PositionObjects {
    /** Puts entries into the ConfigMap with the start positions. */
    patchPositions(data: Readonly<Record<string, string>>): Promise<void>;
    /** Annotates the KafkaMirrorMaker2. */
    annotate(annotations: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * Hands the start positions of an epoch of the mirror to the operator, waits until Kafka Connect has
 * them, and marks them as complete.
 *
 * @param settings With the epoch that begins.
 * @param isComplete Whether Kafka Connect has all positions.
 * @throws {CheckFailed} when it does not have them in time; they are not marked then
 */
export async function writeStartPositions(
    settings: Settings,
    offsets: readonly MirroredOffset[],
    isComplete: () => Promise<boolean>,
    objects: PositionObjects,
    signal: AbortSignal,
): Promise<void> {
    const connector = connectorNames(settings).source;
    const body = connectorOffsets(mirroredAlias(settings), offsets);
    await objects.patchPositions({ [connectorOffsetsKey(connector)]: JSON.stringify(body) });
    if (offsets.length > 0) {
        await objects.annotate({
            "strimzi.io/connector-offsets": "alter",
            "strimzi.io/mirrormaker-connector": connector,
        });
    }
    const deadline = performance.now() + OPERATOR_SECONDS * 1000;
    while (!(await isComplete())) {
        if (performance.now() > deadline) {
            throw new CheckFailed(
                `Kafka Connect does not have the offsets after ${OPERATOR_SECONDS} s: see the conditions of the KafkaMirrorMaker2`,
            );
        }
        await sleep(POLL_MS, undefined, { signal });
    }
    await objects.patchPositions({ [POSITIONS_COMPLETE_KEY]: "true" });
}
