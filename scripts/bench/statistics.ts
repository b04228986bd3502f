import { cpus, loadavg, totalmem } from "node:os";

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((one, other) => one - other);
    const middle = Math.floor(sorted.length / 2);
    const upper = sorted[middle] ?? NaN;
    return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The least and the greatest value. */
export function spread(values: readonly number[]): readonly [number, number] {
    return [Math.min(...values), Math.max(...values)];
}

/** What a measurement ran on, in one line; the load is that of the last minute. */
export function machine(): string {
    const [cpu] = cpus();
    const memory = Math.round(totalmem() / 2 ** 30);
    const [load = NaN] = loadavg();
    return `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${memory} GiB, load ${load.toFixed(1)}, Node ${process.version}`;
}
