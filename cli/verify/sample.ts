import { createHash } from "node:crypto";

/** What was read of all partitions. */
export interface Sample<T> {
    readonly chosen: readonly T[];
    readonly others: readonly T[];
}

/**
 * Chooses about the given fraction of partitions, at least one. The same partitions in every run: by
 * a hash of their names, so that two runs can be compared, and nobody can choose the good ones.
 */
export function samplePartitions<T extends { readonly topic: string; readonly partition: number }>(
    partitions: readonly T[],
    fraction: number,
): Sample<T> {
    const ranked = partitions
        .map((partition) => ({ partition, rank: rank(partition) }))
        .sort((one, other) => one.rank - other.rank);
    const isChosen = ({ rank: own }: { rank: number }, index: number) =>
        index === 0 || own < fraction;
    const chosen = new Set(ranked.filter(isChosen).map(({ partition }) => partition));
    return {
        chosen: partitions.filter((partition) => chosen.has(partition)),
        others: partitions.filter((partition) => !chosen.has(partition)),
    };
}

/** From 0 to 1, exclusive. */
function rank({
    topic,
    partition,
}: {
    readonly topic: string;
    readonly partition: number;
}): number {
    const digest = createHash("sha256").update(`${topic}:${partition}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
}
