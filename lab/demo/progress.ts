import type { Writable } from "node:stream";

/** Seconds between two lines of the same activity when the output is no terminal. */
const LINE_INTERVAL_SECONDS = 5;

/**
 * Prints progress: a line with the time since the start for each step, and the present activity. On a
 * terminal the activity is one line that is rewritten; elsewhere it is a line every few seconds.
 */
export class Progress {
    private readonly started = performance.now();
    private lastActivity = -Infinity;
    private hasActivity = false;

    constructor(
        private readonly out: Writable & { readonly isTTY?: boolean } = process.stdout,
        private readonly now: () => number = () => performance.now(),
    ) {}

    /** Seconds since the start. */
    get seconds(): number {
        return (this.now() - this.started) / 1000;
    }

    /** Prints a line that stays. */
    step(text: string): void {
        this.clear();
        this.out.write(`${this.time()} ${text}\n`);
    }

    /** Prints the present activity; on a terminal it replaces the previous one. */
    activity(text: string): void {
        if (this.out.isTTY === true) {
            this.clear();
            this.out.write(`${this.time()} ${text}`);
            this.hasActivity = true;
        } else if (this.seconds - this.lastActivity >= LINE_INTERVAL_SECONDS) {
            this.lastActivity = this.seconds;
            this.out.write(`${this.time()} ${text}\n`);
        }
    }

    /** Removes the activity's line from the terminal, before other output. */
    clear(): void {
        if (this.hasActivity) {
            this.out.write("\r\u001b[K");
            this.hasActivity = false;
        }
    }

    private time(): string {
        return `[${this.seconds.toFixed(1).padStart(5)} s]`;
    }
}
