import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { ClusterAccess } from "./kubeconfig";

/** Milliseconds without an answer after which an API server counts as unreachable. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface ApiRequest {
    readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    /** Sent as JSON. */
    readonly body?: unknown;
    /** Default: `application/json`. */
    readonly contentType?: string;
}

/** The API server's refusal. Its message is the server's own text. */
export class ApiError extends Error {
    override readonly name = "ApiError";
    constructor(
        /** The HTTP status code. */
        readonly status: number,
        /** Such as `AlreadyExists`, `Invalid`, `NotFound`. */
        readonly reason: string,
        message: string,
        /** What it is about: for `NotFound` the kind or plural of what is missing. */
        readonly kind: string | undefined,
    ) {
        super(message);
    }
}

/** No answer from the API server: nothing listens, the network or TLS failed. */
export class UnreachableError extends Error {
    override readonly name = "UnreachableError";
}

/** One event of a watch. Of type `ERROR` it has a `Status` instead of an object. */
export interface WatchEvent<T> {
    readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
    readonly object: T;
}

/** A watch that the server has accepted. */
export interface Watch<T> {
    /** Ends when the server ends the watch. */
    readonly events: AsyncIterable<WatchEvent<T>>;
    close(): void;
}

/** Speaks JSON with the API server of one context, over connections that are kept open. */
export class ApiClient {
    private readonly agent: Agent;

    constructor(readonly access: ClusterAccess) {
        this.agent = new Agent({
            keepAlive: true,
            ca: access.ca,
            cert: access.certificate,
            key: access.key,
            servername: access.tlsServerName,
            rejectUnauthorized: !access.skipTlsVerification,
        });
    }

    /**
     * Sends one request and returns the answer's JSON.
     *
     * @throws ApiError when the server refuses, UnreachableError when there is no answer.
     */
    async request<T = unknown>(request: ApiRequest): Promise<T> {
        const answer = await this.send(request);
        const text = await this.orUnreachable(() => readText(answer));
        const json = parseAnswer(text);
        if (isRefusal(answer)) {
            throw apiError(answer, json, text);
        }
        return json as T;
    }

    /**
     * Watches a collection. It must end by itself, by the query's `timeoutSeconds`, sooner than a
     * server that says nothing counts as unreachable.
     *
     * @param signal Ends the watch with an error.
     * @throws ApiError when the server refuses, UnreachableError when there is no answer.
     */
    async watch<T>(
        path: string,
        query: Readonly<Record<string, string>>,
        signal: AbortSignal,
    ): Promise<Watch<T>> {
        const answer = await this.send(
            { method: "GET", path, query: { ...query, watch: "true" } },
            signal,
        );
        if (isRefusal(answer)) {
            const text = await this.orUnreachable(() => readText(answer));
            throw apiError(answer, parseAnswer(text), text);
        }
        return { events: eventsOf<T>(answer), close: () => answer.destroy() };
    }

    /** Closes the idle connections. */
    close(): void {
        this.agent.destroy();
    }

    /** Returns the answer as soon as its headers are there. */
    private async send(request: ApiRequest, signal?: AbortSignal): Promise<IncomingMessage> {
        const { access } = this;
        const url = new URL(access.server);
        url.pathname = `${url.pathname.replace(/\/$/, "")}${request.path}`;
        url.search = new URLSearchParams(request.query).toString();
        const body = request.body === undefined ? undefined : JSON.stringify(request.body);
        const headers = {
            accept: "application/json",
            ...(access.token !== undefined && { authorization: `Bearer ${access.token}` }),
            ...(body !== undefined && {
                "content-type": request.contentType ?? "application/json",
                "content-length": String(Buffer.byteLength(body)),
            }),
        };
        return this.orUnreachable(
            () =>
                new Promise((resolve, reject) => {
                    const outgoing = httpsRequest(
                        url,
                        { method: request.method, headers, agent: this.agent, signal },
                        resolve,
                    );
                    outgoing.setTimeout(ANSWER_TIMEOUT_MS, () => {
                        outgoing.destroy(new Error(`no answer for ${ANSWER_TIMEOUT_MS / 1000} s`));
                    });
                    outgoing.once("error", reject);
                    outgoing.end(body);
                }),
        );
    }

    private async orUnreachable<T>(action: () => Promise<T>): Promise<T> {
        const { context, server } = this.access;
        try {
            return await action();
        } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            throw new UnreachableError(
                `configured Kubernetes cluster is unreachable: context "${context}" (${server}): ${reason}`,
                { cause: error },
            );
        }
    }
}

function isRefusal({ statusCode = 0 }: IncomingMessage): boolean {
    return statusCode >= 300;
}

/** A watch's answer has one event a line. */
async function* eventsOf<T>(answer: IncomingMessage): AsyncGenerator<WatchEvent<T>> {
    answer.setEncoding("utf8");
    let rest = "";
    for await (const chunk of answer) {
        const lines = (rest + (chunk as string)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines.filter((text) => text !== "")) {
            yield JSON.parse(line) as WatchEvent<T>;
        }
    }
}

async function readText(answer: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
}

function parseAnswer(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

/** A refusal is a `Status` object; whatever stands between may answer with something else. */
function apiError({ statusCode = 0 }: IncomingMessage, json: unknown, text: string): ApiError {
    const { message, reason, details } = (json ?? {}) as {
        message?: string;
        reason?: string;
        details?: { kind?: string };
    };
    return new ApiError(
        statusCode,
        reason ?? "Unknown",
        message ?? (text.trim() || `HTTP status ${statusCode}`),
        details?.kind,
    );
}
