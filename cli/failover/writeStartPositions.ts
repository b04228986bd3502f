import { setTimeout as sleep } from "node:timers/promises";
import { mirroredAlias, type Settings } from "../../config/settingsSchema";
import { connectorNames } from "../../strimzi/builders/names";
import {
    connectorOffsets,
    connectorOffsetsKey,
    type MirroredOffset,
    POSITIONS_COMPLETE_KEY,
} from "../../strimzi/builders/startPositions";
import { CheckFailed } from "./step";

const POLL_MS = 2000;
/** The operator looks at a KafkaMirrorMaker2 every two minutes at the latest. */
const OPERATOR_SECONDS = 300;

/** The objects next to MM2 that hand offsets to the operator. */
export interface PositionObjects {
    /** Puts entries into the ConfigMap with the start positions. */
    patchPositions(data: Readonly<Record<string, string>>): Promise<void>;
    /** Annotates the KafkaMirrorMaker2. */
    annotate(annotations: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * Hands the start positions of a mirror's life to the operator, waits until it has taken them, and
 * marks them as complete.
 *
 * @param settings With the epoch that begins.
 * @param isComplete Whether Kafka Connect has them all.
 * @throws {CheckFailed} when it has not in time; they are not marked then
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
