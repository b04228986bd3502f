import {
    type ListenerSettings,
    type MirrorSettings,
    sameKubernetesCluster,
    type Site,
} from "./settingsSchema";

/**
 * The listener of a managed source that MirrorMaker 2 connects to, or undefined when none fits.
 *
 * Service names resolve only inside their Kubernetes cluster, so with two contexts an internal
 * listener is not a candidate unless the settings have the addresses. Listeners with TLS come
 * first.
 */
export function mirrorListener(
    source: Site,
    target: Site,
    mirror: Pick<MirrorSettings, "sourceListener" | "sourceBootstrapServers">,
): ListenerSettings | undefined {
    if (!source.managed) {
        return undefined;
    }
    if (mirror.sourceListener !== undefined) {
        return source.listeners.find((listener) => listener.name === mirror.sourceListener);
    }
    const together = sameKubernetesCluster(source, target);
    const internal = source.listeners.filter((listener) => listener.type === "internal");
    const exposed = source.listeners.filter((listener) => listener.type !== "internal");
    if (mirror.sourceBootstrapServers !== undefined) {
        return tlsFirst([...exposed, ...internal]);
    }
    return tlsFirst(together ? [...internal, ...exposed] : exposed);
}

/**
 * The listener of a managed target that MirrorMaker 2 connects to; undefined if the settings name
 * one that does not exist.
 */
export function targetListener(
    target: Site,
    mirror: Pick<MirrorSettings, "targetListener">,
): ListenerSettings | undefined {
    if (!target.managed) {
        return undefined;
    }
    return mirror.targetListener === undefined
        ? applicationListener(target.listeners)
        : target.listeners.find((listener) => listener.name === mirror.targetListener);
}

/**
 * The listener that applications in the same Kubernetes cluster use: one with TLS and password
 * authentication, as the users of this stack have passwords, or else one with TLS.
 */
export function applicationListener(listeners: readonly ListenerSettings[]): ListenerSettings {
    const internal = listeners.filter((listener) => listener.type === "internal");
    const byPreference = [...internal, ...listeners];
    const found =
        byPreference.find(({ tls, authentication }) => tls && authentication === "scram-sha-512") ??
        tlsFirst(byPreference);
    if (found === undefined) {
        throw new Error("A cluster without listeners passed the settings' validation.");
    }
    return found;
}

function tlsFirst(listeners: readonly ListenerSettings[]): ListenerSettings | undefined {
    return listeners.find((listener) => listener.tls) ?? listeners[0];
}
