import { readFileSync } from "node:fs";

/**
 * Largest resident memory that a process had so far, in bytes, as Linux counts it (`VmHWM`);
 * undefined when the process is gone or the system has no /proc.
 */
export function peakResidentBytes(pid: number): number | undefined {
    try {
        const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
        return match === null ? undefined : Number(match[1]) * 1024;
    } catch {
        return undefined;
    }
}
