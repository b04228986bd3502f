import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { LOOPBACK } from "../process/ports";
import { freePorts } from "../process/ports";
import { Line, Link, type LinkState } from "./link";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Two sockets that belong together. */
class Pair {
    private readonly links: readonly Link[];
    private readonly sockets: readonly Socket[];
    private lost = false;

    constructor(
        client: Socket,
        port: number,
        private readonly state: LinkState,
        lines: Readonly<Record<"toServer" | "toClient", Line>>,
        onGone: (pair: Pair) => void,
    ) {
        const server = connect({ host: LOOPBACK, port, noDelay: true, allowHalfOpen: true });
        this.sockets = [client, server];
        this.links = [
            new Link(client, server, state, lines.toServer),
            new Link(server, client, state, lines.toClient),
        ];
        for (const socket of this.sockets) {
            // What comes with it is the close.
            socket.on("error", () => undefined);
            socket.on("close", (hadError) => {
                if (hadError || this.sockets.every(({ destroyed }) => destroyed)) {
                    this.lost = true;
                    this.update();
                }
                if (this.sockets.every(({ destroyed }) => destroyed)) {
                    onGone(this);
                }
            });
        }
        this.update();
    }

    /** Looks again at the state, after it has changed. */
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
 * The network between clients and one listener of a broker: a port of the loopback interface that
 * leads to another, and that can fail. Have the broker advertise {@link port}, or its clients go
 * around it after their first request; see `LabContext.advertise`.
 */
export class TcpProxy {
    private readonly pairs = new Set<Pair>();
    private readonly waiting = new Set<Socket>();
    private readonly state: Writable<LinkState> = { partitioned: false, delayMs: 0 };
    private readonly lines = { toServer: new Line(this.state), toClient: new Line(this.state) };

    private constructor(
        private readonly server: Server,
        /** The port on which it listens. */
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

    /** Listens on a free port for whatever is to go to the target port. */
    static async start(targetPort: number): Promise<TcpProxy> {
        const [port = 0] = await freePorts(1);
        const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
        const proxy = new TcpProxy(server, port, targetPort);
        server.listen({ port, host: LOOPBACK, exclusive: true });
        await once(server, "listening");
        return proxy;
    }

    /** How many connections there are, those that a partition keeps waiting included. */
    get connections(): number {
        return this.pairs.size + this.waiting.size;
    }

    /**
     * Lets nothing through from now on: open connections stay open and silent in both directions, and
     * their ends are not told. A new connection is opened, since the kernel does that, and gets
     * no answer either.
     */
    partition(): void {
        this.state.partitioned = true;
        this.update();
    }

    /** Ends a partition. What was sent meanwhile arrives, as after TCP's retransmissions. */
    heal(): void {
        this.state.partitioned = false;
        for (const client of [...this.waiting]) {
            this.waiting.delete(client);
            this.join(client);
        }
        this.update();
    }

    /** Milliseconds that everything takes from now on, in each direction; 0 at first. */
    delay(milliseconds: number): void {
        this.state.delayMs = milliseconds;
    }

    /** Bytes that get through in a second from now on, in each direction; undefined for any number. */
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
        const pair = new Pair(client, this.targetPort, this.state, this.lines, (gone) => {
            this.pairs.delete(gone);
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
