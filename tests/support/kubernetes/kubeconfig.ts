import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";

/** How to reach one API server, as a context of a kubeconfig says. */
export interface ClusterAccess {
    readonly context: string;
    /** URL of the API server. */
    readonly server: string;
    /** PEM of the CA that signed the server's certificate; the system's CAs if absent. */
    readonly ca?: string;
    /** PEM of a client certificate and its key. */
    readonly certificate?: string;
    readonly key?: string;
    readonly token?: string;
    /** Name to verify the server's certificate against, when it is not the URL's host. */
    readonly tlsServerName?: string;
    readonly skipTlsVerification: boolean;
}

/** A kubeconfig, or a part of it, that cannot be used. The message names file and context. */
export class KubeconfigError extends Error {
    override readonly name = "KubeconfigError";
}

interface NamedEntry {
    readonly name?: string;
    readonly context?: Readonly<Record<string, unknown>>;
    readonly cluster?: Readonly<Record<string, unknown>>;
    readonly user?: Readonly<Record<string, unknown>>;
}

interface Kubeconfig {
    /** For messages: the path, or where the contents came from. */
    readonly source: string;
    /** Relative paths inside are relative to it. */
    readonly folder: string;
    readonly document: Readonly<Record<string, unknown>>;
}

/**
 * The access that a context of a kubeconfig describes.
 *
 * @param kubeconfig Path or contents; `$KUBECONFIG`, else `~/.kube/config`, if absent. A list of
 * paths in `$KUBECONFIG` is not merged: the first one counts.
 * @param context The kubeconfig's `current-context` if absent.
 * @throws KubeconfigError for a missing or invalid file, an unknown context (it lists those that
 * exist), and for credentials that a program would have to produce (`exec`, `auth-provider`).
 */
export function clusterAccess(
    kubeconfig: string | undefined,
    context: string | undefined,
    env: NodeJS.ProcessEnv = process.env,
): ClusterAccess {
    const config = loadKubeconfig(kubeconfig, env);
    const contextName = context ?? textOf(config.document["current-context"]);
    if (contextName === undefined) {
        throw new KubeconfigError(
            `${config.source} has no current-context; name one of ${contextNames(config)}`,
        );
    }
    const chosen = entryOf(config, "contexts", contextName)?.context;
    if (chosen === undefined) {
        throw new KubeconfigError(
            `context "${contextName}" does not exist in ${config.source}; it has ${contextNames(config)}`,
        );
    }
    const cluster = referenced(config, contextName, "clusters", chosen.cluster).cluster ?? {};
    const user =
        chosen.user === undefined
            ? {}
            : (referenced(config, contextName, "users", chosen.user).user ?? {});
    for (const unsupported of ["exec", "auth-provider"]) {
        if (unsupported in user) {
            throw new KubeconfigError(
                `context "${contextName}" in ${config.source}: credentials by ${unsupported} are not supported here`,
            );
        }
    }
    const server = textOf(cluster.server);
    if (server === undefined) {
        throw new KubeconfigError(
            `context "${contextName}" in ${config.source}: its cluster names no server`,
        );
    }
    const tokenFile = textOf(user.tokenFile);
    return {
        context: contextName,
        server,
        ca: dataOrFile(config, cluster, "certificate-authority"),
        certificate: dataOrFile(config, user, "client-certificate"),
        key: dataOrFile(config, user, "client-key"),
        token:
            textOf(user.token) ??
            (tokenFile === undefined ? undefined : readReferenced(config, tokenFile).trim()),
        tlsServerName: textOf(cluster["tls-server-name"]),
        skipTlsVerification: cluster["insecure-skip-tls-verify"] === true,
    };
}

function loadKubeconfig(kubeconfig: string | undefined, env: NodeJS.ProcessEnv): Kubeconfig {
    if (kubeconfig !== undefined && isContents(kubeconfig)) {
        return {
            source: "the kubeconfig that was given as text",
            folder: process.cwd(),
            document: parsed(kubeconfig, "the kubeconfig that was given as text"),
        };
    }
    const [fromEnvironment] = (env.KUBECONFIG ?? "").split(path.delimiter);
    const file = expandHome(
        kubeconfig ?? (fromEnvironment === "" ? undefined : fromEnvironment) ?? "~/.kube/config",
    );
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        throw new KubeconfigError(`the kubeconfig ${file} cannot be read: ${reasonOf(error)}`);
    }
    return { source: file, folder: path.dirname(path.resolve(file)), document: parsed(text, file) };
}

/** A path has no line break, and no flow mapping begins with a path. */
function isContents(kubeconfig: string): boolean {
    return kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{");
}

function parsed(text: string, source: string): Readonly<Record<string, unknown>> {
    let document: unknown;
    try {
        document = parse(text);
    } catch (error) {
        throw new KubeconfigError(`${source} is not valid YAML: ${reasonOf(error)}`);
    }
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
        throw new KubeconfigError(`${source} is not a kubeconfig`);
    }
    return document as Readonly<Record<string, unknown>>;
}

function entries(config: Kubeconfig, list: string): readonly NamedEntry[] {
    const found = config.document[list];
    return Array.isArray(found) ? (found as readonly NamedEntry[]) : [];
}

function entryOf(config: Kubeconfig, list: string, name: unknown): NamedEntry | undefined {
    return entries(config, list).find((entry) => entry.name === name);
}

function referenced(config: Kubeconfig, context: string, list: string, name: unknown): NamedEntry {
    const found = entryOf(config, list, name);
    if (found === undefined) {
        throw new KubeconfigError(
            `context "${context}" in ${config.source}: there is no "${String(name)}" under ${list}`,
        );
    }
    return found;
}

function contextNames(config: Kubeconfig): string {
    const names = entries(config, "contexts").flatMap(({ name }) =>
        name === undefined ? [] : [`"${name}"`],
    );
    return names.length === 0 ? "no context at all" : names.join(", ");
}

/** `<key>-data` in base64, which takes precedence, or the file that `<key>` names. */
function dataOrFile(
    config: Kubeconfig,
    from: Readonly<Record<string, unknown>>,
    key: string,
): string | undefined {
    const data = textOf(from[`${key}-data`]);
    if (data !== undefined) {
        return Buffer.from(data, "base64").toString("utf8");
    }
    const file = textOf(from[key]);
    return file === undefined ? undefined : readReferenced(config, file);
}

function readReferenced(config: Kubeconfig, file: string): string {
    try {
        return readFileSync(path.resolve(config.folder, file), "utf8");
    } catch (error) {
        throw new KubeconfigError(`${config.source}: ${file} cannot be read: ${reasonOf(error)}`);
    }
}

function expandHome(file: string): string {
    return file.startsWith("~/") ? path.join(homedir(), file.slice(2)) : file;
}

function textOf(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function reasonOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
