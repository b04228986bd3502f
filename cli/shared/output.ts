import type { Writable } from "node:stream";

type Stream = Writable & { readonly isTTY?: boolean };

/** Everything of the outside that a command uses. */
export interface CommandIo {
    /** Results, and nothing else. */
    readonly stdout: Stream;
    /** Progress and errors. */
    readonly stderr: Stream;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Aborted by Ctrl-C. */
    readonly signal: AbortSignal;
    /** Whether somebody is there to be asked. */
    readonly isInteractive: boolean;
    /** Sets the exit code of a command that ends without an error. */
    readonly exit: (code: number) => void;
}

/** Milliseconds between two lines where there is no terminal to rewrite one. */
const LINE_INTERVAL_MS = 5000;
/** And between two versions of a line where there is one. */
const REWRITE_INTERVAL_MS = 100;

/** Tells what goes on: one line that is rewritten on a terminal, a line from time to time elsewhere. */
export class ProgressLine {
    private lastShown = -Infinity;
    private isShown = false;

    constructor(
        private readonly out: Stream,
        private readonly now: () => number = () => performance.now(),
    ) {}

    show(text: string): void {
        const isTerminal = this.out.isTTY === true;
        const now = this.now();
        if (now - this.lastShown < (isTerminal ? REWRITE_INTERVAL_MS : LINE_INTERVAL_MS)) {
            return;
        }
        this.lastShown = now;
        this.out.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
        this.isShown = isTerminal;
    }

    /** Removes the line, before something else is written. */
    clear(): void {
        if (this.isShown) {
            this.out.write("\r\u001b[K");
            this.isShown = false;
        }
    }
}

/** 1,000,000: the same whatever the locale of the machine. */
export function number(value: number): string {
    return value.toLocaleString("en-US");
}

/** A duration in the largest unit that leaves two digits or less: `0.4 s`, `75 s`, `12 min`. */
export function duration(seconds: number): string {
    if (seconds < 10) {
        return `${seconds.toFixed(1)} s`;
    }
    const units = [
        ["s", 1, 100],
        ["min", 60, 100],
        ["h", 3600, 48],
        ["d", 86400, Infinity],
    ] as const;
    const [unit, size] = units.find(([, size, limit]) => seconds / size < limit) ?? units[3];
    return `${Math.round(seconds / size)} ${unit}`;
}

/** Columns of text: the first one to the left, the others, which are numbers, to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
    const widths = rows.reduce<number[]>(
        (found, row) => row.map((cell, i) => Math.max(cell.length, found[i] ?? 0)),
        [],
    );
    return rows.map((row) =>
        row
            .map((cell, i) =>
                i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
            )
            .join("  ")
            .trimEnd(),
    );
}
