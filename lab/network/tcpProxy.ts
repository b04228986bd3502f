import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePorts, LOOPBACK } from "../process/ports";
import { Line, Link, type LinkState } from "./link";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The two sockets of one proxied connection. */
class Pair {
    private readonly links: readonly Link[];
    private readonly sockets: readonly Socket[];
    private lost = false;

    constructor(
        client: Socket,
        port: number,
        private readonly state: LinkState,
        lines: Readonly<Record<"toServer" | "toClient", Line>>,
        onClosed: (pair: Pair) => void,
    ) {
        const server = connect({ host: LOOPBACK, port, noDelay: true, allowHalfOpen: true });
        this.sockets = [client, server];
        this.links = [
            new Link(client, server, state, lines.toServer),
            new Link(server, client, state, lines.toClient),
        ];
        for (const socket of this.sockets) {
            // The close event follows.
            socket.on("error", () => undefined);
            socket.on("close", (hadError) => {
                if (hadError || this.sockets.every(({ destroyed }) => destroyed)) {
                    this.lost = true;
                    this.update();
                }
                if (this.sockets.every(({ destroyed }) => destroyed)) {
                    onClosed(this);
                }
            });
        }
        this.update();
    }

    /** Applies a change of the network's state. */
    update(): void {
        if (this.lost && !this.state.partitioned) {
            this.destroy();
            return;
        }
        for (const link of this.links) {
            link.deliver();
        }
    }

    destroy(): void {
        for (const link of this.links) {
            link.close();
        }
        for (const socket of this.sockets) {
            socket.destroy();
        }
    }
}

/**
 * The network between clients and one listener of a broker: a loopback port that forwards to the
 * listener's port and that can fail, delay and limit. The broker must advertise {@link port};
 * otherwise clients bypass the proxy after their first request. See `LabContext.advertise`.
 */
export class TcpProxy {
    private readonly pairs = new Set<Pair>();
    private readonly waiting = new Set<Socket>();
    private readonly state: Writable<LinkState> = { partitioned: false, delayMs: 0 };
    private readonly lines = { toServer: new Line(this.state), toClient: new Line(this.state) };

    private constructor(
        private readonly server: Server,
        /** The port on which the proxy listens. */
        readonly port: number,
        private readonly targetPort: number,
    ) {
        server.on("connection", (client: Socket) => {
            client.setNoDelay(true);
            if (this.state.partitioned) {
                this.hold(client);
            } else {
                this.join(client);
            }
        });
    }

    /** Listens on a free port and forwards connections to the target port. */
    static async start(targetPort: number): Promise<TcpProxy> {
        const [port = 0] = await freePorts(1);
        const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
        const proxy = new TcpProxy(server, port, targetPort);
        server.listen({ port, host: LOOPBACK, exclusive: true });
        await once(server, "listening");
        return proxy;
    }

    /** The number of connections, including those that a partition keeps waiting. */
    get connections(): number {
        return this.pairs.size + this.waiting.size;
    }

    /**
     * Stops all traffic: open connections stay open and silent in both directions, and neither end
     * learns of it. The kernel still accepts new connections, which get no answer either.
     */
    partition(): void {
        this.state.partitioned = true;
        this.update();
    }

    /** Ends a partition. Bytes sent during it arrive now, as after TCP's retransmissions. */
    heal(): void {
        this.state.partitioned = false;
        for (const client of [...this.waiting]) {
            this.waiting.delete(client);
            this.join(client);
        }
        this.update();
    }

    /** Sets the delay in each direction, in milliseconds; 0 initially. */
    delay(milliseconds: number): void {
        this.state.delayMs = milliseconds;
    }

    /** Sets the bandwidth in each direction, in bytes per second; undefined for no limit. */
    limit(bytesPerSecond: number | undefined): void {
        this.state.bytesPerSecond = bytesPerSecond;
    }

    /** Closes all connections and the port. */
    async close(): Promise<void> {
        const closed = once(this.server, "close");
        this.server.close();
        for (const pair of [...this.pairs]) {
            pair.destroy();
        }
        for (const client of this.waiting) {
            client.destroy();
        }
        await closed;
    }

    private join(client: Socket): void {
        const pair = new Pair(client, this.targetPort, this.state, this.lines, (closed) => {
            this.pairs.delete(closed);
        });
        this.pairs.add(pair);
    }

    private hold(client: Socket): void {
        this.waiting.add(client);
        client.on("error", () => undefined);
        client.on("close", () => {
            this.waiting.delete(client);
        });
    }

    private update(): void {
        for (const pair of this.pairs) {
            pair.update();
        }
    }
}
