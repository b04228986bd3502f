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
        const { status, text } = await this.send(request);
        const answer = parseAnswer(text);
        if (status >= 300) {
            throw apiError(status, answer, text);
        }
        return answer as T;
    }

    /** Closes the idle connections. */
    close(): void {
        this.agent.destroy();
    }

    private async send(request: ApiRequest): Promise<{ status: number; text: string }> {
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
        try {
            return await new Promise((resolve, reject) => {
                const outgoing = httpsRequest(
                    url,
                    { method: request.method, headers, agent: this.agent },
                    (answer) => {
                        readText(answer).then((text) => {
                            resolve({ status: answer.statusCode ?? 0, text });
                        }, reject);
                    },
                );
                outgoing.setTimeout(ANSWER_TIMEOUT_MS, () => {
                    outgoing.destroy(new Error(`no answer for ${ANSWER_TIMEOUT_MS / 1000} s`));
                });
                outgoing.once("error", reject);
                outgoing.end(body);
            });
        } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            throw new UnreachableError(
                `configured Kubernetes cluster is unreachable: context "${access.context}" (${access.server}): ${reason}`,
                { cause: error },
            );
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
function apiError(status: number, answer: unknown, text: string): ApiError {
    const { message, reason, details } = (answer ?? {}) as {
        message?: string;
        reason?: string;
        details?: { kind?: string };
    };
    return new ApiError(
        status,
        reason ?? "Unknown",
        message ?? (text.trim() || `HTTP status ${status}`),
        details?.kind,
    );
}
