import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { Line, Link } from "../../lab/network/link";
import { TcpProxy } from "../../lab/network/tcpProxy";

/** Answers everything with itself, and ends when the other side does. */
async function echoServer(): Promise<Server> {
    const server = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
}

describe("the proxy between clients and a broker", () => {
    let server: Server;
    let proxy: TcpProxy;
    const sockets: Socket[] = [];

    const client = async (): Promise<Socket> => {
        const socket = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true });
        sockets.push(socket);
        await once(socket, "connect");
        return socket;
    };
    const received = async (socket: Socket, length: number): Promise<string> => {
        let text = "";
        while (text.length < length) {
            const [chunk] = (await once(socket, "data")) as [Buffer];
            text += chunk.toString();
        }
        return text;
    };
    /** What a client sends on a way of its own is back: what came before has had its chance. */
    const otherTraffic = async (): Promise<void> => {
        const socket = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
        sockets.push(socket);
        for (let turn = 0; turn < 20; turn++) {
            socket.write("x");
            await received(socket, 1);
        }
    };

    beforeEach(async () => {
        server = await echoServer();
        proxy = await TcpProxy.start((server.address() as AddressInfo).port);
    });
    afterEach(async () => {
        for (const socket of sockets.splice(0)) {
            socket.destroy();
        }
        await proxy.close();
        server.close();
    });

    it("forwards in both directions, in order, and the end of one", async () => {
        const socket = await client();
        const text = Array.from({ length: 200_000 }, (_unused, i) => `${i} `).join("");
        socket.end(text);
        const chunks: string[] = [];
        for await (const chunk of socket) {
            chunks.push(String(chunk));
        }
        assert.equal(chunks.join(""), text);
    });

    it("keeps connections open and silent during a partition, and delivers afterwards", async () => {
        const socket = await client();
        socket.write("before");
        assert.equal(await received(socket, 6), "before");
        const events: string[] = [];
        for (const event of ["data", "end", "close"]) {
            socket.once(event, () => events.push(event));
        }
        proxy.partition();
        socket.write("during");
        let reached = 0;
        const count = () => reached++;
        server.on("connection", count);
        const late = await client();
        late.write("late");
        await otherTraffic();
        // That of the other traffic.
        assert.equal(reached, 1);
        server.off("connection", count);
        assert.deepEqual(events, []);
        assert.equal(proxy.connections, 2);
        assert.equal(late.bytesRead, 0);
        proxy.heal();
        assert.equal(await received(socket, 6), "during");
        assert.equal(await received(late, 4), "late");
    });

    it("forwards the end of a connection only after a partition", async () => {
        const accepted = once(server, "connection") as Promise<[Socket]>;
        const socket = await client();
        const [atServer] = await accepted;
        let ended = false;
        atServer.once("close", () => {
            ended = true;
        });
        proxy.partition();
        socket.resetAndDestroy();
        await otherTraffic();
        assert.equal(ended, false);
        const closed = once(atServer, "close");
        proxy.heal();
        await closed;
    });

    it("delays traffic", async () => {
        const socket = await client();
        socket.write("a");
        await received(socket, 1);
        proxy.delay(60);
        const started = performance.now();
        socket.write("b");
        assert.equal(await received(socket, 1), "b");
        const took = performance.now() - started;
        assert.ok(took >= 119, `${took} ms`);
    });

    it("closes connections to a server that has ended", async () => {
        server.close();
        await once(server, "close");
        const socket = connect({ host: "127.0.0.1", port: proxy.port });
        sockets.push(socket);
        socket.on("error", () => undefined);
        await once(socket, "close");
        assert.equal(proxy.connections, 0);
    });
});

describe("a line of limited bandwidth", () => {
    const MEGABYTE = Buffer.alloc(1_000_000);

    it("transmits the given number of bytes per second, one after the other", () => {
        const state = { partitioned: false, delayMs: 0, bytesPerSecond: 10_000_000 };
        const line = new Line(state);
        const queueMs = () => line.queueMs;
        assert.equal(queueMs(), 0);
        const before = performance.now();
        const first = line.send(MEGABYTE.length);
        // Behind the first, on whichever connection.
        const second = line.send(MEGABYTE.length);
        assert.ok(first - before >= 100, `${first - before} ms`);
        assert.equal(Math.round(second - first), 100);
        assert.ok(queueMs() > 0);
    });

    it("has no queue without a limit", () => {
        const line = new Line({ partitioned: false, delayMs: 0 });
        line.send(MEGABYTE.length);
        assert.equal(line.queueMs, 0);
    });

    it("holds its sender back and delivers all of it", async () => {
        const sink = createServer((socket) => socket.on("error", () => undefined));
        let received = 0;
        sink.on("connection", (socket: Socket) => {
            socket.on("data", (chunk) => {
                received += chunk.length;
            });
        });
        sink.listen(0, "127.0.0.1");
        await once(sink, "listening");
        const proxy = await TcpProxy.start((sink.address() as AddressInfo).port);
        const bytesPerSecond = 20_000_000;
        proxy.limit(bytesPerSecond);
        const socket = connect({ host: "127.0.0.1", port: proxy.port });
        const ended = once(sink, "connection").then(([peer]) => once(peer as Socket, "end"));
        const started = performance.now();
        socket.end(Buffer.alloc(4_000_000));
        await ended;
        const milliseconds = performance.now() - started;
        assert.equal(received, 4_000_000);
        assert.ok(milliseconds >= (4_000_000 / bytesPerSecond) * 1000, `${milliseconds} ms`);
        socket.destroy();
        await proxy.close();
        sink.close();
    });
});

describe("one direction of a connection", () => {
    it("keeps bytes in flight during a partition, and delivers them afterwards", async () => {
        const [from, to] = [new PassThrough(), new PassThrough()];
        const state = { partitioned: false, delayMs: 5 };
        const sockets = [from as unknown as Socket, to as unknown as Socket] as const;
        const link = new Link(...sockets, state, new Line(state));
        from.emit("data", Buffer.from("x"));
        state.partitioned = true;
        await new Promise((resolve) => setTimeout(resolve, 3 * state.delayMs));
        link.deliver();
        assert.equal(to.read(), null);
        state.partitioned = false;
        link.deliver();
        assert.equal(String(to.read()), "x");
    });
});
