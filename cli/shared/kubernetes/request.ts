import type { KubeConfig } from "@kubernetes/client-node";
import { CommandError } from "../commandError";
import { ApiError, requestError } from "./apiClient";

/**
 * Awaits a request to an API server.
 *
 * @param doing Its purpose, such as `create the Job kafka/verify`.
 * @throws CommandError with exit code 4 when the API server does not answer, 1 when it rejects it.
 */
export async function ask<T>(config: KubeConfig, doing: string, request: Promise<T>): Promise<T> {
    try {
        return await request;
    } catch (cause) {
        throw explained(config, doing, cause);
    }
}

/** Awaits a request as {@link ask} does; undefined when the object does not exist. */
export async function find<T>(
    config: KubeConfig,
    doing: string,
    request: Promise<T>,
): Promise<T | undefined> {
    try {
        return await request;
    } catch (cause) {
        if (isNotFound(config, cause)) {
            return undefined;
        }
        throw explained(config, doing, cause);
    }
}

function isNotFound(config: KubeConfig, cause: unknown): boolean {
    const error = requestError(config, cause);
    return error instanceof ApiError && error.status === 404;
}

/** The error of a request, as the error of a command. */
export function explained(config: KubeConfig, doing: string, cause: unknown): CommandError {
    if (cause instanceof CommandError) {
        return cause;
    }
    const context = config.getCurrentContext();
    const error = requestError(config, cause);
    if (!(error instanceof ApiError)) {
        return new CommandError(
            "KubernetesUnreachable",
            `Cannot ${doing}: ${error.message}`,
            `Try: kubectl --context ${context} version`,
            { cause, fields: { context } },
        );
    }
    return new CommandError(
        "KubernetesRefused",
        `The Kubernetes API server refuses to ${doing} (context "${context}", ${error.status}): ${error.message}`,
        error.status === 401 || error.status === 403
            ? "To print the rights that the commands need: npm run --silent rbac -- <stack> --commands"
            : "Fix the cause and run the command again.",
        { cause, fields: { context, status: error.status } },
    );
}
