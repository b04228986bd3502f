import { homedir } from "node:os";
import { KubeConfig } from "@kubernetes/client-node";
import type { Site } from "../../../config/settingsSchema";
import { CommandError } from "../commandError";

/** What selects a cluster in a kubeconfig, as in the settings of a site and of Pulumi's provider. */
export interface KubeConfigSource {
    /** Path or contents; `$KUBECONFIG`, else `~/.kube/config`, if absent. */
    readonly kubeconfig?: string;
    /** `current-context` if absent. */
    readonly context?: string;
}

/** A kubeconfig that cannot be used. The message names its source and its contexts. */
export class KubeConfigError extends Error {
    override readonly name = "KubeConfigError";

    constructor(
        /** The setting to correct. */
        readonly setting: "kubeconfig" | "context",
        message: string,
    ) {
        super(message);
    }
}

/** The context that the library makes up when it finds no kubeconfig. */
const NO_KUBECONFIG = "loaded-context";

/**
 * Loads a kubeconfig and selects a context. Credentials of exec plugins work.
 *
 * @throws KubeConfigError for a file that is missing or invalid, and for an unknown context.
 */
export function loadKubeConfig({ kubeconfig, context }: KubeConfigSource): KubeConfig {
    const source =
        kubeconfig === undefined
            ? "the default kubeconfig"
            : isContents(kubeconfig)
              ? "the kubeconfig given as text"
              : `the kubeconfig ${kubeconfig}`;
    const config = new KubeConfig();
    try {
        if (kubeconfig === undefined) {
            config.loadFromDefault();
        } else if (isContents(kubeconfig)) {
            config.loadFromString(kubeconfig);
        } else {
            config.loadFromFile(kubeconfig.replace(/^~(?=\/)/, homedir()));
        }
    } catch (cause) {
        throw new KubeConfigError("kubeconfig", `${source} cannot be read: ${firstLine(cause)}`);
    }
    const contexts = (config.contexts as typeof config.contexts | undefined) ?? [];
    const names = contexts.map(({ name }) => name).filter((name) => name !== NO_KUBECONFIG);
    if (names.length === 0) {
        throw new KubeConfigError("kubeconfig", `${source} does not exist, or has no context`);
    }
    const name = context ?? (config.currentContext || undefined);
    const selected = contexts.find((candidate) => candidate.name === name);
    if (name === undefined || selected === undefined) {
        const missing = name === undefined ? "no current-context" : `no context "${name}"`;
        throw new KubeConfigError(
            "context",
            `${source} has ${missing}; its contexts: ${names.join(", ")}`,
        );
    }
    config.setCurrentContext(name);
    if (config.getCurrentCluster() === null) {
        throw new KubeConfigError(
            "kubeconfig",
            `the context "${name}" in ${source} refers to the cluster "${selected.cluster}", which does not exist`,
        );
    }
    return config;
}

/**
 * The kubeconfig of a site with its context selected.
 *
 * @throws {CommandError} `unreachable` when the kubeconfig or the context does not exist.
 */
export function kubeConfigOf(
    side: string,
    { kubeconfig, context }: Pick<Site, "kubeconfig" | "context">,
): KubeConfig {
    try {
        return loadKubeConfig({ context, ...(kubeconfig !== undefined && { kubeconfig }) });
    } catch (cause) {
        if (!(cause instanceof KubeConfigError)) {
            throw cause;
        }
        const key = `kafka-dr:${side}.${cause.setting}`;
        throw new CommandError(
            "KubernetesUnreachable",
            `${key} cannot be used: ${cause.message}.`,
            cause.setting === "context"
                ? "Set it to one of these contexts in the stack file, or add the context (kubectl config get-contexts)."
                : `Set ${key} or KUBECONFIG to a kubeconfig with the context "${context}"; on a laptop: kind create cluster --name kafka-dr.`,
            { cause, fields: { context } },
        );
    }
}

/** A path has no line break, and does not start like a flow mapping. */
function isContents(kubeconfig: string): boolean {
    return kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{");
}

function firstLine(cause: unknown): string {
    const text = cause instanceof Error ? cause.message : String(cause);
    return text.split("\n")[0] ?? "";
}
