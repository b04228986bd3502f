import { isAuthorizationFailure, LogReadError, UnsupportedBrokerError } from "../../kafka/errors";
import { CommandError } from "./commandError";

/** Error codes of the network, and of a client's timeout. */
const NETWORK_CODES = new Set([
    ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"],
    ...["ETIMEDOUT", "EPIPE", "PLT_KFK_NETWORK", "PLT_KFK_TIMEOUT"],
]);

interface Link {
    readonly code: string;
    /** Kafka's name of an error, such as `TOPIC_AUTHORIZATION_FAILED`. */
    readonly apiId?: string;
    readonly message: string;
}

/** An error and its causes, outermost first. */
export function errorChain(error: unknown): Link[] {
    if (!(error instanceof Error)) {
        return [];
    }
    const { code, apiId } = error as { code?: unknown; apiId?: unknown };
    const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
    return [
        {
            code: typeof code === "string" ? code : "",
            ...(typeof apiId === "string" && { apiId }),
            message: error.message,
        },
        ...[error.cause, ...parts].flatMap(errorChain),
    ];
}

/** The error that a command reports for any error. */
export function explainFailure(error: unknown): CommandError {
    if (error instanceof CommandError) {
        return error;
    }
    const known = explainLog(error) ?? explainBroker(error);
    if (known !== undefined) {
        return known;
    }
    const chain = errorChain(error);
    const last = chain.at(-1);
    const text = [last?.apiId, last?.message ?? String(error)].filter(Boolean).join(": ");
    if (isAuthorizationFailure(error)) {
        return new CommandError(
            "MissingRight",
            `a cluster denied the user a right (${text})`,
            "Grant the user the rights that --help lists, or use another user.",
        );
    }
    if (chain.some(({ code }) => NETWORK_CODES.has(code))) {
        return new CommandError(
            "BrokerUnreachable",
            `a broker is unreachable, or closed the connection (${text})`,
            "Not only the bootstrap servers, but also the addresses that the brokers advertise must be reachable from here.",
        );
    }
    return new CommandError("Unexpected", `unexpected error: ${text}`);
}

function explainLog(error: unknown): CommandError | undefined {
    if (!(error instanceof LogReadError)) {
        return undefined;
    }
    const { topic, partition, offset } = error;
    return new CommandError(
        "LogUnreadable",
        error.message,
        "Run the command again, which begins with what the log has now.",
        { cause: error, fields: { topic, partition, offset } },
    );
}

function explainBroker(error: unknown): CommandError | undefined {
    if (!(error instanceof UnsupportedBrokerError)) {
        return undefined;
    }
    const { broker, request } = error;
    return new CommandError("UnsupportedBroker", error.message, "", {
        cause: error,
        fields: { broker, request },
    });
}
