import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** The host on which everything in the lab listens. */
export const LOOPBACK = "127.0.0.1";

const LOWEST_PORT = 10_240;
/** Where Linux starts its ephemeral ports when the file cannot be read, and below macOS's 49152. */
const DEFAULT_EPHEMERAL_START = 32_768;

// A port is never handed out twice by this process, because its user may not have bound it yet.
const handedOut = new Set<number>();

function ephemeralStart(): number {
    try {
        const range = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
        return Number.parseInt(range, 10);
    } catch {
        return DEFAULT_EPHEMERAL_START;
    }
}

async function isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", () => {
            resolve(false);
        });
        // No host: a listener of any process on any address makes the port unusable.
        server.listen({ port, exclusive: true }, () => {
            server.close(() => {
                resolve(true);
            });
        });
    });
}

/**
 * Finds free TCP ports on the loopback address by binding each of them. They lie below the range
 * from which the kernel takes the local ports of outgoing connections, so that no client takes one
 * between this check and the start of the server.
 * @throws when no free port is found in a thousand attempts
 */
export async function freePorts(count: number): Promise<number[]> {
    const start = ephemeralStart();
    const end = start > LOWEST_PORT + 1000 ? start : DEFAULT_EPHEMERAL_START;
    const ports: number[] = [];
    for (let attempt = 0; ports.length < count; attempt++) {
        if (attempt === 1000) {
            throw new Error(`no ${count} free TCP ports between ${LOWEST_PORT} and ${end - 1}`);
        }
        const port = randomInt(LOWEST_PORT, end);
        if (handedOut.has(port)) {
            continue;
        }
        handedOut.add(port);
        if (await isFree(port)) {
            ports.push(port);
        }
    }
    return ports;
}
