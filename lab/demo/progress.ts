import type { Writable } from "node:stream";

/** Seconds between two lines of the same activity where there is no terminal to rewrite one. */
const LINE_INTERVAL_SECONDS = 5;

/**
 * Tells a person what goes on: finished steps as lines with the time since the start; on a terminal
 * also the present activity, as one line that is rewritten.
 */
export class Progress {
    private readonly started = performance.now();
    private lastActivity = -Infinity;
    private hasActivity = false;

    constructor(
        private readonly out: Writable & { readonly isTTY?: boolean } = process.stdout,
        private readonly now: () => number = () => performance.now(),
    ) {}

    /** Seconds since this was made. */
    get seconds(): number {
        return (this.now() - this.started) / 1000;
    }

    /** A step that is done, or an event worth keeping. */
    step(text: string): void {
        this.clear();
        this.out.write(`${this.time()} ${text}\n`);
    }

    /** What is being done now; repeated calls replace one another. */
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

    /** Removes the activity's line, before something else is written. */
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
