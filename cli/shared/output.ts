import type { Writable } from "node:stream";

type Stream = Writable & { readonly isTTY?: boolean };

/** The streams, environment and signals that a command uses. */
export interface CommandIo {
    /** Only results. */
    readonly stdout: Stream;
    /** Progress and errors. */
    readonly stderr: Stream;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Aborted by Ctrl-C. */
    readonly signal: AbortSignal;
    /** Whether the user can answer questions. */
    readonly isInteractive: boolean;
    /** Sets the exit code of a command that does not throw. */
    readonly exit: (code: number) => void;
}

/** Milliseconds between two progress lines when the output is not a terminal. */
const LINE_INTERVAL_MS = 5000;
/** Milliseconds between two updates of the progress line on a terminal. */
const REWRITE_INTERVAL_MS = 100;

/** Shows progress: one line that is rewritten on a terminal, separate lines elsewhere. */
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

    /** Removes the line, before other output. */
    clear(): void {
        if (this.isShown) {
            this.out.write("\r\u001b[K");
            this.isShown = false;
        }
    }
}

/** Formats as 1,000,000 in every locale. */
export function number(value: number): string {
    return value.toLocaleString("en-US");
}

/** Formats a duration in a unit that leaves at most two digits: `0.4 s`, `75 s`, `12 min`. */
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

/** Aligned columns: the first to the left, the others to the right, for numbers. */
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
