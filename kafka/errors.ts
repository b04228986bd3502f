/**
 * Whether a broker refused a request because the client lacks a right. The client wraps the answers of
 * all brokers into one error, so this searches the causes and parts of the error.
 */
export function isAuthorizationFailure(error: unknown): boolean {
    return someError(error, ({ apiId }) => apiId?.endsWith("_AUTHORIZATION_FAILED") === true);
}

/** Whether the log no longer has, or does not have yet, the offset of a fetch. */
export function isOffsetOutOfRange(error: unknown): boolean {
    return someError(error, ({ apiId }) => apiId === "OFFSET_OUT_OF_RANGE");
}

/** Whether a broker does not know the version of a request. */
export function isRefusedVersion(error: unknown): boolean {
    return someError(error, ({ apiId }) => apiId === "UNSUPPORTED_VERSION");
}

/** The innermost reason of a failed request, in one line. */
export function innermostReason(error: unknown): string {
    if (error instanceof AggregateError && error.errors.length > 0) {
        return innermostReason(error.errors[0]);
    }
    if (error instanceof Error && error.cause !== undefined) {
        return innermostReason(error.cause);
    }
    const text = error instanceof Error ? error.message : String(error);
    return text.split("\n")[0] ?? text;
}

/** Whether a condition holds for the error, one of its causes or one of its parts. */
function someError(error: unknown, condition: (error: { apiId?: string }) => boolean): boolean {
    if (!(error instanceof Error)) {
        return false;
    }
    const { apiId } = error as { apiId?: unknown };
    const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
    return (
        (typeof apiId === "string" && condition({ apiId })) ||
        [error.cause, ...parts].some((inner) => someError(inner, condition))
    );
}
