import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type ListenOptions } from "node:net";

/** The host on which everything in the lab listens. */
export const LOOPBACK = "127.0.0.1";

const LOWEST_PORT = 10_240;
/** Where Linux starts its ephemeral ports when the file cannot be read, and below macOS's 49152. */
const DEFAULT_EPHEMERAL_START = 32_768;

/** From the first port to the last but one. */
interface PortRange {
    readonly start: number;
    readonly end: number;
}

function ephemeralStart(): number {
    try {
        const range = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
        return Number.parseInt(range, 10);
    } catch {
        return DEFAULT_EPHEMERAL_START;
    }
}

function portRange(): PortRange {
    const end = ephemeralStart();
    return {
        start: LOWEST_PORT,
        end: end > LOWEST_PORT + 1000 ? end : DEFAULT_EPHEMERAL_START,
    };
}

// Other systems than Linux have no such sockets: there, only this process knows what it handed out.
const handedOut = new Set<number>();

/**
 * Keeps a port from every other lab of this machine until the end of this process, by a socket of
 * that name in Linux's abstract namespace, which leaves no file. A port may be handed out and unbound:
 * before the start of its server, and while that server is down.
 * @returns whether no lab had it, this one included
 */
async function reserve(port: number): Promise<boolean> {
    if (handedOut.has(port)) {
        return false;
    }
    handedOut.add(port);
    return process.platform !== "linux" || (await listen({ path: `\0kafka-dr-port-${port}` }));
}

async function isFree(port: number): Promise<boolean> {
    const server = createServer();
    // No host: a listener of any process on any address makes the port unusable.
    const free = await listen({ port, exclusive: true }, server);
    return new Promise((resolve) => {
        server.close(() => {
            resolve(free);
        });
    });
}

/** Whether the server listens now. It does not keep this process from ending. */
async function listen(options: ListenOptions, server = createServer()): Promise<boolean> {
    return new Promise((resolve) => {
        server.unref();
        server.once("error", () => {
            resolve(false);
        });
        server.listen(options, () => {
            resolve(true);
        });
    });
}

/**
 * Finds free TCP ports on the loopback address by binding each of them, and keeps them from other labs
 * until the end of this process. They lie below the range from which the kernel takes the local ports
 * of outgoing connections, so that no client takes one between this check and the start of the server.
 * @throws when no free port is found in a thousand attempts for each
 */
export async function freePorts(count: number, range = portRange()): Promise<number[]> {
    const { start, end } = range;
    const ports: number[] = [];
    for (let attempt = 0; ports.length < count; attempt++) {
        if (attempt === 1000 * count) {
            throw new Error(`no ${count} free TCP ports between ${start} and ${end - 1}`);
        }
        const port = randomInt(start, end);
        if ((await reserve(port)) && (await isFree(port))) {
            ports.push(port);
        }
    }
    return ports;
}
