/**
 * Whether a broker refused a client's request for want of a right. The client wraps the answers of
 * all brokers into one error, so the whole of it is looked through.
 */
export function isAuthorizationFailure(error: unknown): boolean {
    if (!(error instanceof Error)) {
        return false;
    }
    const { apiId } = error as { apiId?: unknown };
    const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
    return (
        (typeof apiId === "string" && apiId.endsWith("_AUTHORIZATION_FAILED")) ||
        [error.cause, ...parts].some(isAuthorizationFailure)
    );
}
