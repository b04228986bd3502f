/** Facts about a process that Linux publishes under /proc. */
import { readFileSync } from "node:fs";

/** Linux counts the CPU time of a process in hundredths of a second (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

/** The fields of /proc/<pid>/stat from the third on; undefined when they cannot be read. */
function statFields(pid: number): string[] | undefined {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // The second field is the name in parentheses, which may hold blanks and parentheses.
        return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    } catch {
        return undefined;
    }
}

/** When a process started, in clock ticks since boot; "-" when it cannot be read. */
export function processStartTime(pid: number): string {
    return statFields(pid)?.[19] ?? "-";
}

/** CPU time that a process has used, user and system, in seconds; 0 when it cannot be read. */
export function cpuSeconds(pid: number): number {
    const fields = statFields(pid);
    return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/**
 * Largest resident memory of a process since its start, in bytes (`VmHWM`); undefined when it cannot
 * be read.
 */
export function peakResidentBytes(pid: number): number | undefined {
    try {
        const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
        return match === null ? undefined : Number(match[1]) * 1024;
    } catch {
        return undefined;
    }
}
