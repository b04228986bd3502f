import * as http from "node:http";
import * as https from "node:https";
import { ApiException, type KubeConfig } from "@kubernetes/client-node";

/** Milliseconds without an answer after which an API server counts as unreachable. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Milliseconds of silence after which the kernel probes the connection. */
const KEEP_ALIVE_MS = 15_000;

/** Keeps connections open between requests; an idle one does not keep the process alive. */
const CONNECTIONS = new https.Agent({ keepAlive: true });
/**
 * Methods whose requests may use an open connection. The server may be closing it, and then there is
 * no telling whether it has handled the request: these do no harm when they are sent once more.
 */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "PUT", "PATCH"]);

export interface ApiRequest {
    /** Default: GET. */
    readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    /** Sent as JSON. */
    readonly body?: unknown;
    /** Of the body; default: `application/json`. */
    readonly contentType?: string;
}

/** The API server rejected a request. The message is the server's own. */
export class ApiError extends Error {
    override readonly name = "ApiError";

    constructor(
        /** HTTP status code. */
        readonly status: number,
        message: string,
        /** Such as `AlreadyExists`, `Invalid`, `NotFound`. */
        readonly reason = "Unknown",
        /** Kind or plural of the object in question; for `NotFound` of the missing one. */
        readonly kind?: string,
    ) {
        super(message);
    }
}

/** The API server did not answer: no connection, no TLS, no credentials, or no answer in time. */
export class UnreachableError extends Error {
    override readonly name = "UnreachableError";

    constructor(config: KubeConfig, cause: unknown) {
        const server = config.getCurrentCluster()?.server ?? "no server";
        super(
            `the Kubernetes API server is unreachable: context "${config.getCurrentContext()}" (${server}): ${reasonOf(cause)}`,
            { cause },
        );
    }
}

/**
 * Requests to the API server of one context that the generated clients of `@kubernetes/client-node`
 * cannot make: streams, requests through the proxy of a pod, and bodies that are sent and returned
 * unchanged, without the fields that a model lacks being dropped.
 */
export class ApiClient {
    constructor(readonly config: KubeConfig) {}

    /**
     * Sends a request and returns the JSON of the answer.
     *
     * @throws ApiError when the server rejects it, UnreachableError without an answer.
     */
    async request<T = unknown>(request: ApiRequest): Promise<T> {
        const answer = await this.send(request);
        return JSON.parse(await this.text(answer)) as T;
    }

    /**
     * Sends a request and returns the answer as a stream, which may be silent for any time: the log of
     * a pod. A broken connection is an error of the stream.
     *
     * @throws ApiError when the server rejects it, UnreachableError without an answer.
     */
    async stream(request: ApiRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
        const answer = await this.send(request, signal);
        answer.setTimeout(0);
        return answer;
    }

    /** Returns the answer once its headers have arrived. */
    private async send(request: ApiRequest, signal?: AbortSignal): Promise<http.IncomingMessage> {
        const { path, query, contentType = "application/json" } = request;
        const url = new URL(this.config.getCurrentCluster()?.server ?? "");
        url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
        url.search = new URLSearchParams(query).toString();
        const body = request.body === undefined ? undefined : JSON.stringify(request.body);
        const options: https.RequestOptions = {
            method: request.method ?? "GET",
            headers: {
                accept: "application/json, */*",
                ...(body !== undefined && {
                    "content-type": contentType,
                    "content-length": Buffer.byteLength(body),
                }),
            },
            ...(signal !== undefined && { signal }),
        };
        const answer = await this.orUnreachable(async () => {
            await this.config.applyToHTTPSOptions(options);
            return answerTo(url, this.withConnections(url, options), body);
        });
        if ((answer.statusCode ?? 0) < 300) {
            return answer;
        }
        throw apiError(answer.statusCode ?? 0, await this.text(answer));
    }

    /** The library's agent opens a connection for each request, but knows how to use a proxy. */
    private withConnections(url: URL, options: https.RequestOptions): https.RequestOptions {
        const usesProxy = this.config.getCurrentCluster()?.proxyUrl !== undefined;
        return url.protocol === "https:" && !usesProxy
            ? { ...options, agent: REPEATABLE.has(options.method ?? "GET") && CONNECTIONS }
            : options;
    }

    private text(answer: NodeJS.ReadableStream): Promise<string> {
        return this.orUnreachable(() => textOf(answer));
    }

    private async orUnreachable<T>(action: () => Promise<T>): Promise<T> {
        try {
            return await action();
        } catch (cause) {
            throw new UnreachableError(this.config, cause);
        }
    }
}

async function answerTo(
    url: URL,
    options: https.RequestOptions,
    body: string | undefined,
): Promise<http.IncomingMessage> {
    const send = url.protocol === "http:" ? http.request : https.request;
    return new Promise((resolve, reject) => {
        const request = send(url, options, resolve);
        request.setTimeout(ANSWER_TIMEOUT_MS, () => {
            request.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`));
        });
        request.once("socket", (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
        request.once("error", (error: NodeJS.ErrnoException) => {
            // An open connection that the server had closed: only a request that may be repeated uses one.
            if (request.reusedSocket && error.code === "ECONNRESET") {
                resolve(answerTo(url, { ...options, agent: false }, body));
            } else {
                reject(error);
            }
        });
        request.end(body);
    });
}

/** Reads a stream to its end, as text. */
export async function textOf(answer: NodeJS.ReadableStream): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) {
        chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks).toString();
}

/**
 * An error of a generated client as one of the two errors above; other errors come back unchanged.
 * The library throws ApiException for an answer, and the error of its HTTP client without one.
 */
export function requestError(config: KubeConfig, cause: unknown): ApiError | UnreachableError {
    if (cause instanceof ApiError || cause instanceof UnreachableError) {
        return cause;
    }
    return cause instanceof ApiException
        ? apiError(cause.code, cause.body)
        : new UnreachableError(config, cause);
}

/** A rejection has a `Status` as its body, as JSON or parsed; proxies may answer with anything. */
function apiError(status: number, body: unknown): ApiError {
    const { message, reason, details } = statusIn(body);
    const text = typeof body === "string" ? body.trim().slice(0, 500) : JSON.stringify(body);
    return new ApiError(
        status,
        message ?? (text === "" ? `HTTP status ${status}` : text),
        reason,
        details?.kind,
    );
}

interface Status {
    readonly message?: string;
    readonly reason?: string;
    readonly details?: { readonly kind?: string };
}

function statusIn(body: unknown): Status {
    let found = body;
    if (typeof body === "string") {
        try {
            found = JSON.parse(body);
        } catch {
            return {};
        }
    }
    return typeof found === "object" && found !== null ? found : {};
}

/** The first line of an error; an HTTP client reports the reason of the socket as its cause. */
function reasonOf(cause: unknown): string {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const inner = error.cause instanceof Error ? `: ${error.cause.message}` : "";
    return `${error.message.split("\n")[0] ?? ""}${inner}`;
}
