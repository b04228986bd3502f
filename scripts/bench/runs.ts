import { cpus, loadavg, totalmem } from "node:os";

/** The machine of a measurement, in one line; the load is the average of the last minute. */
export function machine(): string {
    const [cpu] = cpus();
    const memory = Math.round(totalmem() / 2 ** 30);
    const [load = NaN] = loadavg();
    return `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${memory} GiB, load ${load.toFixed(1)}, Node ${process.version}`;
}

/** The number of runs: the first argument of the script. @throws unless it is a whole number above 0 */
export function runCount(byDefault: number): number {
    const runs = Number(process.argv[2] ?? byDefault);
    if (!Number.isSafeInteger(runs) || runs < 1) {
        throw new Error(
            `The number of runs must be a whole number of at least 1, not "${process.argv[2] ?? ""}".`,
        );
    }
    return runs;
}
