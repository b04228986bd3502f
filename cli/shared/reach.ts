import { type Connection, metadataV12 } from "@platformatic/kafka";
import type { KafkaConnection } from "../../kafka/connection";
import { withConnection } from "../../kafka/rawConnection";
import { CommandError } from "./commandError";
import { errorChain } from "./failure";

/**
 * Makes sure that a cluster answers to this very client, so that no later request waits for one that
 * never will.
 * @param side how messages call the cluster
 * @throws {CommandError} `unreachable`, with what to check
 */
export async function reach(
    side: "source" | "target",
    connection: KafkaConnection,
    timeoutMs: number,
): Promise<void> {
    const servers = connection.bootstrapServers.split(",");
    const attempts = servers.map(async (server) =>
        withConnection(
            { ...connection, bootstrapServers: server },
            "kafka-dr-reach",
            timeoutMs,
            async (raw: Connection) => metadataV12.api.async(raw, [], false, false),
        ),
    );
    try {
        await Promise.any(attempts);
    } catch (error) {
        const failures: unknown[] = error instanceof AggregateError ? error.errors : [error];
        const { reason, check } = explain(failures[0], connection, timeoutMs);
        throw new CommandError(
            "unreachable",
            `the ${side} cluster at ${connection.bootstrapServers} cannot be reached: ${reason}`,
            check(side),
        );
    }
}

interface Explanation {
    readonly reason: string;
    readonly check: (side: string) => string;
}

/** Why a connection failed, and which of address, TLS and credentials to look at. */
export function explain(
    error: unknown,
    connection: KafkaConnection,
    timeoutMs: number,
): Explanation {
    const errors = errorChain(error);
    const codes = new Set(errors.map(({ code }) => code));
    const message = errors.at(-1)?.message ?? String(error);
    if (codes.has("PLT_KFK_AUTHENTICATION")) {
        return {
            reason: `it refused the credentials (${message})`,
            check: (side) =>
                `Check --${side}-user and --${side}-password-file, and that this listener takes SCRAM-SHA-512.`,
        };
    }
    if (codes.has("ENOTFOUND") || codes.has("EAI_AGAIN")) {
        return { reason: "no such host name is known here", check: checkAddress };
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
            check: (side) =>
                `Check that --${side}-ca holds the CA certificate of this cluster, that the address is one of a listener with TLS and stands in its certificate, and --${side}-certificate if the listener asks for one.`,
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
    return `Check the address of --${side}-bootstrap, and that it can be reached from here.`;
}

function checkTls(side: string, { caCertificates }: KafkaConnection): string {
    return caCertificates === undefined
        ? `If the listener has TLS, --${side}-ca is missing; if it wants a user, --${side}-user.`
        : `If the listener has no TLS, --${side}-ca must go; if it asks for a certificate, --${side}-certificate and --${side}-key are missing.`;
}
