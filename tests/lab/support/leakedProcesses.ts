import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { waitFor } from "../../../lab/process/wait";

/** Ids of processes whose command line or working folder names the path. */
export function processesIn(folder: string): string[] {
    return readdirSync("/proc").filter((entry) => {
        if (!/^\d+$/.test(entry) || Number(entry) === process.pid) {
            return false;
        }
        try {
            const state = readFileSync(`/proc/${entry}/stat`, "utf8").replace(/.*\) /, "")[0];
            const seen =
                readFileSync(`/proc/${entry}/cmdline`, "utf8") + readlinkSync(`/proc/${entry}/cwd`);
            return state !== "Z" && seen.includes(folder);
        } catch {
            return false;
        }
    });
}

/** Waits until the folder is empty and no process names it. */
export async function gone(parent: string): Promise<void> {
    await waitFor(
        `no process and no folder is left in ${parent}`,
        () => {
            const left = [...readdirSync(parent), ...processesIn(parent)];
            return left.length === 0
                ? Promise.resolve(true)
                : Promise.reject(new Error(left.join()));
        },
        { timeoutMs: 300_000, intervalMs: 20 },
    );
}
