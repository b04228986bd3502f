import { cpus, loadavg, totalmem } from "node:os";

/** What a measurement ran on, in one line; the load is that of the last minute. */
export function machine(): string {
    const [cpu] = cpus();
    const memory = Math.round(totalmem() / 2 ** 30);
    const [load = NaN] = loadavg();
    return `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${memory} GiB, load ${load.toFixed(1)}, Node ${process.version}`;
}
