import { readFileSync } from "node:fs";
import { cpuSeconds, peakResidentBytes } from "../process/procfs";
import type { JvmUsage } from "./result";

/** The option that makes a JVM log its GC pauses with wall-clock times. */
export function gcLogOption(file: string): string {
    return `-Xlog:gc:file=${file}:timemillis`;
}

const PAUSE = /^\[(\d+)ms\] GC\(\d+\) Pause .* (\d+\.\d+)ms$/;

/** Total seconds of the pauses that ended between two times, in milliseconds since 1970. */
export function gcPauseSeconds(log: string, fromMs: number, toMs: number): number {
    let milliseconds = 0;
    for (const line of log.split("\n")) {
        const [, at, pause] = PAUSE.exec(line) ?? [];
        if (Number(at) >= fromMs && Number(at) <= toMs) {
            milliseconds += Number(pause);
        }
    }
    return milliseconds / 1000;
}

/** Measures what a JVM uses from the construction on; the log is that of {@link gcLogOption}. */
export class UsageMeter {
    private readonly startedMs = Date.now();
    private readonly cpuBefore: number;

    constructor(
        private readonly pid: number,
        private readonly gcLog: string,
    ) {
        this.cpuBefore = cpuSeconds(pid);
    }

    read(): JvmUsage {
        return {
            cpuSeconds: cpuSeconds(this.pid) - this.cpuBefore,
            peakMemoryBytes: peakResidentBytes(this.pid) ?? 0,
            gcPauseSeconds: gcPauseSeconds(
                readFileSync(this.gcLog, "utf8"),
                this.startedMs,
                Date.now(),
            ),
        };
    }
}
