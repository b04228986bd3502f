/** Key of the ConfigMap with start positions that says that the operator has taken them all. */
export const POSITIONS_COMPLETE_KEY = "complete";

/** An offset as Kafka Connect keeps it of a mirrored partition. */
export interface MirroredOffset {
    readonly topic: string;
    readonly partition: number;
    /** Of the last record that counts as mirrored: MM2 goes on with the next one. */
    readonly offset: number;
}

/**
 * The key under which Strimzi looks for the offsets of a connector (1.2.0): its name with `--` in
 * place of `->`, which a key cannot have.
 */
export function connectorOffsetsKey(connector: string): string {
    return `${connector.replaceAll("->", "--")}.json`;
}

/** Offsets as Kafka Connect's REST API takes them for a MirrorSourceConnector (KIP-875). */
export function connectorOffsets(sourceAlias: string, offsets: readonly MirroredOffset[]) {
    return {
        offsets: offsets.map(({ topic, partition, offset }) => ({
            partition: { cluster: sourceAlias, partition, topic },
            offset: { offset },
        })),
    };
}

/** Why a mirror of a later epoch must not run with such a ConfigMap; undefined when it may. */
export function startPositionsProblem(
    data: Readonly<Record<string, string>> | undefined,
    id: string,
): string | undefined {
    return data?.[POSITIONS_COMPLETE_KEY] === "true"
        ? undefined
        : `The ConfigMap ${id} does not say that the mirror has its start positions, and without them it would copy everything again. Go back to the phase "resuming" and let "kafka-dr failback" write them.`;
}
