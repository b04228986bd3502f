import type { ReadableStream } from "node:stream/web";

/** The default repository. */
const MAVEN_CENTRAL = "https://repo.maven.apache.org/maven2";

/** A download that failed: one line with the URL, the cause and what to do. */
export class RepositoryError extends Error {
    constructor(url: string, cause: unknown) {
        super(
            `cannot download ${url}: ${describeCause(cause)}. Check the network and run it again ` +
                `(completed downloads are kept), or set MAVEN_REPOSITORY to the root URL of a Maven ` +
                `repository that this machine reaches; proxy settings are not used`,
            { cause },
        );
        this.name = "RepositoryError";
    }
}

/**
 * The repository's root URL: the argument, else `MAVEN_REPOSITORY`, else Maven Central. It may hold
 * a user name and a password.
 *
 * @throws Error when it is no URL, or neither https nor http to the loopback interface.
 */
export function repositoryUrl(
    repository: string | undefined,
    env: NodeJS.ProcessEnv = process.env,
): URL {
    // An empty variable counts as unset.
    const fromEnvironment = env.MAVEN_REPOSITORY === "" ? undefined : env.MAVEN_REPOSITORY;
    const text = repository ?? fromEnvironment ?? MAVEN_CENTRAL;
    if (!URL.canParse(text)) {
        throw new Error(`the Maven repository "${text}" is not a URL; correct MAVEN_REPOSITORY`);
    }
    const url = new URL(text);
    const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
        throw new Error(
            `the Maven repository ${withoutCredentials(url).href} is not reached over https; ` +
                `set MAVEN_REPOSITORY to an https URL`,
        );
    }
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
}

/** The URL of a path in the repository, without user name and password. */
export function artifactUrl(repository: URL, artifactPath: string): string {
    return new URL(artifactPath, withoutCredentials(repository)).href;
}

/**
 * Starts to download a file of the repository.
 *
 * @throws RepositoryError when the repository is unreachable or answers anything but success.
 */
export async function openArtifact(
    repository: URL,
    artifactPath: string,
    signal?: AbortSignal,
): Promise<ReadableStream> {
    const url = artifactUrl(repository, artifactPath);
    const response = await request(repository, url, signal);
    if (!response.ok || !response.body) {
        await response.body?.cancel();
        throw new RepositoryError(url, `the repository answered ${statusLine(response)}`);
    }
    return response.body;
}

/**
 * A small text file of the repository; undefined when it does not exist.
 *
 * @throws RepositoryError as `openArtifact`.
 */
export async function readText(repository: URL, artifactPath: string): Promise<string | undefined> {
    const url = artifactUrl(repository, artifactPath);
    const response = await request(repository, url);
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) {
        throw new RepositoryError(url, `the repository answered ${statusLine(response)}`);
    }
    return text;
}

async function request(repository: URL, url: string, signal?: AbortSignal): Promise<Response> {
    // fetch refuses URLs with credentials, a header does the same.
    const headers: Record<string, string> = {};
    if (repository.username !== "") {
        const login = [repository.username, repository.password].map(decodeURIComponent).join(":");
        headers.authorization = `Basic ${Buffer.from(login).toString("base64")}`;
    }
    try {
        return await fetch(url, { headers, ...(signal && { signal }) });
    } catch (error) {
        throw new RepositoryError(url, error);
    }
}

function statusLine(response: Response): string {
    return `${response.status} ${response.statusText}`.trim();
}

function withoutCredentials(url: URL): URL {
    const plain = new URL(url);
    plain.username = "";
    plain.password = "";
    return plain;
}

/** The message of the innermost cause, because the message of fetch is only "fetch failed". */
function describeCause(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
    if (inner instanceof Error) return describeCause(inner);
    const code = (error as NodeJS.ErrnoException).code;
    return code && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
