import type { Writable } from "node:stream";

/** Where a command writes, and what ends it. */
export interface CommandIo {
    /** The result. */
    readonly stdout: Writable;
    /** Progress, warnings and errors. */
    readonly stderr: Writable;
    /** Aborted by the first Ctrl-C. */
    readonly signal: AbortSignal;
}
