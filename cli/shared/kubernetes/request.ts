import * as http from "node:http";
import * as https from "node:https";
import * as k8s from "@kubernetes/client-node";
import { CommandError } from "../commandError";

/** Milliseconds without any answer after which an API server counts as gone. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Milliseconds of silence after which the kernel asks whether the other side is still there. */
const KEEP_ALIVE_MS = 15_000;

/** A refusal of the API server to one request, with its HTTP status. */
export class RefusedError extends Error {
    override readonly name = "RefusedError";
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
    }
}

/**
 * Opens a GET request whose answer is read while it arrives: a log that is followed, the answer of a
 * pod. The library's own `Log` leaves a broken connection unhandled, which would end the process.
 *
 * @throws RefusedError for any status but 200; the socket's error when there is no answer.
 */
export async function openStream(
    config: k8s.KubeConfig,
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
): Promise<http.IncomingMessage> {
    const url = new URL(config.getCurrentCluster()?.server ?? "");
    url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
    url.search = new URLSearchParams(query).toString();
    const options: https.RequestOptions = { method: "GET" };
    await config.applyToHTTPSOptions(options);
    const send = url.protocol === "http:" ? http.request : https.request;
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
        const request = send(url, { ...options, signal }, (response) => {
            request.setTimeout(0);
            resolve(response);
        });
        request.setTimeout(ANSWER_TIMEOUT_MS, () => {
            request.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`));
        });
        request.once("socket", (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
        request.once("error", reject);
        request.end();
    });
    if (answer.statusCode === 200) {
        return answer;
    }
    throw new RefusedError(answer.statusCode ?? 0, messageOf(await textOf(answer)));
}

/** All of an answer, as text. */
export async function textOf(answer: NodeJS.ReadableStream): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) {
        chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks).toString();
}

/**
 * Sends a request of the Kubernetes client.
 *
 * @param doing What it is for, such as `create the Job kafka/verify`.
 * @throws CommandError with exit code 4 when the API server does not answer, 1 when it refuses.
 */
export async function ask<T>(
    config: k8s.KubeConfig,
    doing: string,
    request: Promise<T>,
): Promise<T> {
    try {
        return await request;
    } catch (cause) {
        throw explained(config, doing, cause);
    }
}

/** The same; undefined for what does not exist. */
export async function find<T>(
    config: k8s.KubeConfig,
    doing: string,
    request: Promise<T>,
): Promise<T | undefined> {
    try {
        return await request;
    } catch (cause) {
        if (statusOf(cause) === 404) {
            return undefined;
        }
        throw explained(config, doing, cause);
    }
}

/** The HTTP status of a refusal; undefined when there was no answer. */
export function statusOf(cause: unknown): number | undefined {
    if (cause instanceof k8s.ApiException) {
        return cause.code;
    }
    return cause instanceof RefusedError ? cause.status : undefined;
}

/** An error of a request, as one for people. */
export function explained(config: k8s.KubeConfig, doing: string, cause: unknown): CommandError {
    if (cause instanceof CommandError) {
        return cause;
    }
    const context = config.getCurrentContext();
    const status = statusOf(cause);
    if (status === undefined) {
        const server = config.getCurrentCluster()?.server ?? "no server";
        return new CommandError(
            "unreachable",
            `The Kubernetes API server does not answer, asked to ${doing} (context "${context}", ${server}): ${firstLine(cause)}`,
            `Try: kubectl --context ${context} version`,
            { cause },
        );
    }
    const message = cause instanceof k8s.ApiException ? messageOf(cause.body) : firstLine(cause);
    return new CommandError(
        "unexpected",
        `The Kubernetes API server refuses to ${doing} (context "${context}", ${status}): ${message}`,
        status === 401 || status === 403
            ? "The rights that the commands need are printed by: npm run --silent rbac -- <stack> --commands"
            : "Mend what it names and run the command again.",
        { cause },
    );
}

/** The text of Kubernetes' `Status`, which the client hands over parsed or as JSON. */
function messageOf(body: unknown): string {
    let status = body;
    if (typeof body === "string") {
        try {
            status = JSON.parse(body);
        } catch {
            return body.trim().slice(0, 500);
        }
    }
    return typeof status === "object" && status !== null && "message" in status
        ? String(status.message)
        : JSON.stringify(status).slice(0, 500);
}

function firstLine(cause: unknown): string {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    // The client's fetch says only "failed"; the socket's own reason is behind it.
    const inner = error.cause instanceof Error ? `: ${error.cause.message}` : "";
    return `${error.message.split("\n")[0] ?? ""}${inner}`;
}
