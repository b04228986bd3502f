import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { TcpProxy } from "../network/tcpProxy";
import type { PeerRole } from "./proxyPeer";

const WARM_UP_MS = 500;
const MEASURED_MS = 2000;

/**
 * Megabytes a second that the proxy takes from one connection to another without delay, while a
 * sender and a receiver in threads of their own do all that they can.
 */
export async function proxyCeiling(): Promise<number> {
    const receiver = peer({ role: "receiver" });
    const workers = [receiver];
    let proxy: TcpProxy | undefined;
    try {
        const [port] = (await once(receiver, "message")) as [number];
        proxy = await TcpProxy.start(port);
        workers.push(peer({ role: "sender", port: proxy.port }));
        await sleep(WARM_UP_MS);
        const before = await received(receiver);
        const started = performance.now();
        await sleep(MEASURED_MS);
        const after = await received(receiver);
        return (after - before) / 1000 / (performance.now() - started);
    } finally {
        await Promise.all(workers.map((worker) => worker.terminate()));
        await proxy?.close();
    }
}

function peer(workerData: PeerRole): Worker {
    return new Worker(join(__dirname, "proxyPeer.ts"), {
        workerData,
        execArgv: ["--require", "tsx/cjs"],
    });
}

async function received(receiver: Worker): Promise<number> {
    receiver.postMessage("how many?");
    const [bytes] = (await once(receiver, "message")) as [number];
    return bytes;
}
