import { type Connection, metadataV12 } from "@platformatic/kafka";
import { type KafkaConnection, withConnection } from "../../kafka/connection";
import { CommandError } from "./commandError";
import { errorChain } from "./failure";
import { isUntrusted, untrustedAuthority } from "./presentedAuthority";

/**
 * Checks that a cluster accepts this client, so that no later request waits for a broker that never
 * answers.
 * @param side the name of the cluster in messages
 * @throws {CommandError} `unreachable`, with what to check
 */
export async function checkConnectivity(
    side: "source" | "target",
    connection: KafkaConnection,
    timeoutMs: number,
): Promise<void> {
    const problem = await connectivityProblem(connection, timeoutMs);
    if (problem !== undefined) {
        throw new CommandError(
            "ClusterUnreachable",
            `the ${side} cluster at ${connection.bootstrapServers} cannot be reached: ${problem.reason}`,
            problem.check(side),
        );
    }
}

/**
 * Why a cluster does not accept this client; undefined when it does. Asks each bootstrap server once,
 * all at the same time: a reason that stays the same is not waited for.
 */
export async function connectivityProblem(
    connection: KafkaConnection,
    timeoutMs: number,
): Promise<Explanation | undefined> {
    const servers = connection.bootstrapServers.split(",");
    const attempts = servers.map(async (server) =>
        withConnection(
            { ...connection, bootstrapServers: server },
            "kafka-dr-check",
            timeoutMs,
            async (raw: Connection) => metadataV12.api.async(raw, [], false, false),
        ),
    );
    try {
        await Promise.any(attempts);
        return undefined;
    } catch (error) {
        const failures: unknown[] = error instanceof AggregateError ? error.errors : [error];
        const explained = explainConnectionFailure(failures[0], connection, timeoutMs);
        if (!explained.isUntrusted) {
            return explained;
        }
        const authority = await untrustedAuthority(
            servers[0] ?? "",
            connection.caCertificates ?? "",
            timeoutMs,
        );
        return authority === undefined
            ? explained
            : { ...explained, reason: `TLS failed: ${authority}` };
    }
}

/** Why a cluster does not accept a client, and what to do about it. */
export interface Explanation {
    readonly reason: string;
    /** Whether no trusted CA has signed the certificate of the cluster. */
    readonly isUntrusted?: boolean;
    readonly check: (side: string) => string;
}

/** Why a connection failed, and whether to check address, TLS or credentials. */
export function explainConnectionFailure(
    error: unknown,
    connection: KafkaConnection,
    timeoutMs: number,
): Explanation {
    const errors = errorChain(error);
    const codes = new Set(errors.map(({ code }) => code));
    const message = errors.at(-1)?.message ?? String(error);
    if (codes.has("PLT_KFK_AUTHENTICATION")) {
        return {
            reason: `it rejected the credentials (${message})`,
            check: (side) =>
                `Check --${side}-user and --${side}-password-file, and that this listener uses SCRAM-SHA-512.`,
        };
    }
    if (codes.has("ENOTFOUND") || codes.has("EAI_AGAIN")) {
        return { reason: "the host name cannot be resolved", check: checkAddress };
    }
    if (["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"].some((code) => codes.has(code))) {
        return { reason: "nothing listens at this address", check: checkAddress };
    }
    const isTls = errors.some(
        ({ code, message: text }) =>
            /^(ERR_SSL|ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO)/.test(code) ||
            text.includes("TLS handshake"),
    );
    if (isTls) {
        return {
            reason: `TLS failed (${message})`,
            isUntrusted: isUntrusted(codes),
            check: (side) =>
                `Check that --${side}-ca holds the CA certificate of this cluster, that the address belongs to a TLS listener and is in its certificate, and --${side}-certificate if the listener requires one.`,
        };
    }
    if (codes.has("PLT_KFK_TIMEOUT")) {
        return {
            reason: `no answer within ${timeoutMs / 1000} s`,
            check: (side) => `${checkAddress(side)} ${checkTls(side, connection)}`,
        };
    }
    return {
        reason: `the connection broke (${message})`,
        check: (side) => checkTls(side, connection),
    };
}

function checkAddress(side: string): string {
    return `Check the address of --${side}-bootstrap, and that it is reachable from here.`;
}

function checkTls(side: string, { caCertificates }: KafkaConnection): string {
    return caCertificates === undefined
        ? `If the listener uses TLS, give --${side}-ca; if it requires a user, give --${side}-user.`
        : `If the listener does not use TLS, omit --${side}-ca; if it requires a client certificate, give --${side}-certificate and --${side}-key.`;
}
