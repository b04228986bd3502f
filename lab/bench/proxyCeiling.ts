/** How much the proxy that stands for the network can carry: measured between two worker threads. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { TcpProxy } from "../network/tcpProxy";
import { LOOPBACK } from "../process/ports";

const WARM_UP_MS = 500;
const MEASURED_MS = 2000;
const CHUNK_BYTES = 64 * 1024;

/** What a worker thread that loads this file does. */
interface PeerData {
    readonly proxyPeer: "receiver" | "sender";
    /** Where the sender sends to. */
    readonly port?: number;
}

/**
 * Megabytes per second that the proxy carries from one connection to another without delay, while a
 * sender and a receiver, each in its own thread, work as fast as they can.
 */
export async function proxyCeiling(): Promise<number> {
    const receiver = startPeer({ proxyPeer: "receiver" });
    const workers = [receiver];
    let proxy: TcpProxy | undefined;
    try {
        const [port] = (await once(receiver, "message")) as [number];
        proxy = await TcpProxy.start(port);
        workers.push(startPeer({ proxyPeer: "sender", port: proxy.port }));
        await sleep(WARM_UP_MS);
        const before = await receivedBytes(receiver);
        const started = performance.now();
        await sleep(MEASURED_MS);
        const after = await receivedBytes(receiver);
        return (after - before) / 1000 / (performance.now() - started);
    } finally {
        await Promise.all(workers.map((worker) => worker.terminate()));
        await proxy?.close();
    }
}

function startPeer(workerData: PeerData): Worker {
    return new Worker(__filename, {
        workerData,
        execArgv: ["--require", "tsx/cjs"],
    });
}

async function receivedBytes(receiver: Worker): Promise<number> {
    receiver.postMessage("how many bytes?");
    const [bytes] = (await once(receiver, "message")) as [number];
    return bytes;
}

/** Accepts connections on a free port, which it posts, and answers each message with its count. */
function receive(): void {
    let bytes = 0;
    const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (chunk) => {
            bytes += chunk.length;
        });
    });
    server.listen(0, LOOPBACK, () => {
        parentPort?.postMessage((server.address() as AddressInfo).port);
    });
    parentPort?.on("message", () => {
        parentPort?.postMessage(bytes);
    });
}

function send(port: number): void {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const socket = connect(port, LOOPBACK);
    const fill = () => {
        while (socket.write(chunk)) {
            // until the socket's buffer is full
        }
    };
    socket.on("error", () => undefined);
    socket.on("connect", fill);
    socket.on("drain", fill);
}

const { proxyPeer, port = 0 } = (workerData ?? {}) as Partial<PeerData>;
if (proxyPeer === "receiver") {
    receive();
} else if (proxyPeer === "sender") {
    send(port);
}
