import type { Settings } from "./settingsSchema";

/** Name of the KafkaMirrorMaker2 of the reverse mirror. */
export function reverseMirrorName(mirror: Pick<Settings["mirror"], "name">): string {
    return `${mirror.name}-reverse`;
}

type Reversible = Pick<Settings, "source" | "target" | "mirror" | "networkPolicies" | "caCopy">;

/**
 * The settings of the mirror in the other direction, which copies from the target to the source
 * and runs next to the source. Listeners and addresses stay with their site.
 */
export function reversed<T extends Reversible>(settings: T): T {
    const { source, target, mirror, networkPolicies } = settings;
    const { failback, sourceListener, sourceBootstrapServers, targetListener, ...same } = mirror;
    return {
        ...settings,
        source: target,
        target: source,
        mirror: {
            ...same,
            name: reverseMirrorName(mirror),
            ...(failback.targetListener !== undefined && {
                sourceListener: failback.targetListener,
            }),
            ...(failback.targetBootstrapServers !== undefined && {
                sourceBootstrapServers: failback.targetBootstrapServers,
            }),
            ...(failback.sourceListener !== undefined && {
                targetListener: failback.sourceListener,
            }),
            failback: {
                ...(sourceListener !== undefined && { targetListener: sourceListener }),
                ...(sourceBootstrapServers !== undefined && {
                    targetBootstrapServers: sourceBootstrapServers,
                }),
                ...(targetListener !== undefined && { sourceListener: targetListener }),
            },
        },
        networkPolicies: {
            ...networkPolicies,
            sourceCidrs: networkPolicies.targetCidrs,
            targetCidrs: networkPolicies.sourceCidrs,
        },
        // The target is available whenever the reverse mirror exists, so Pulumi can read its CA.
        caCopy: { ...settings.caCopy, method: "pulumi" },
    };
}

/** From the source to the target, or back to a source that was rebuilt. */
export type Direction = "forward" | "reverse";

/**
 * The settings of a mirror by direction and epoch; its `source` is the site that it copies from.
 */
export function settingsInDirection(
    settings: Settings,
    direction: Direction,
    epoch: number,
): Settings {
    const life = { ...settings, mirror: { ...settings.mirror, epoch } };
    return direction === "forward" ? life : reversed(life);
}
