/**
 * One end of the measurement of the proxy, as a worker thread: sends to a port as fast as it can, or
 * takes what comes and tells how much that was.
 */
import { createServer, connect, type AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

export type PeerRole = { readonly role: "receiver" } | { readonly role: "sender"; port: number };

const CHUNK_BYTES = 64 * 1024;

function receive(): void {
    let bytes = 0;
    const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (chunk) => {
            bytes += chunk.length;
        });
    });
    server.listen(0, "127.0.0.1", () => {
        parentPort?.postMessage((server.address() as AddressInfo).port);
    });
    parentPort?.on("message", () => {
        parentPort?.postMessage(bytes);
    });
}

function send(port: number): void {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const socket = connect(port, "127.0.0.1");
    const fill = () => {
        while (socket.write(chunk)) {
            // until the socket has enough
        }
    };
    socket.on("error", () => undefined);
    socket.on("connect", fill);
    socket.on("drain", fill);
}

const peer = workerData as PeerRole;
if (peer.role === "receiver") {
    receive();
} else {
    send(peer.port);
}
