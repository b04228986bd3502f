import { type Channel, parseFrame } from "./logFrames";

/** Text for stdout or stderr. */
export interface Output {
    readonly channel: Channel;
    readonly text: string;
}

/** `<RFC 3339 time> <line>`, as the API server returns it with `timestamps`. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\S*) (.*)$/s;

/**
 * Combines overlapping reads of a container's log: each line once, in order, with a warning for missing
 * lines. Frames are identified by their number. Other lines (from the container runtime, or a process
 * that could not start) are identified by their time, and go to stderr.
 */
export class LogReader {
    private lastNumber = 0;
    private lastStamp = "";
    /** Unframed lines with the time `lastStamp`. */
    private readonly seenAtLast = new Set<string>();
    private code: number | undefined;
    private missing = 0;
    private accepted = 0;

    /** The exit code from the last frame; undefined before it is read. */
    get exitCode(): number | undefined {
        return this.code;
    }

    /** Number of lines that the node no longer had. */
    get lostLines(): number {
        return this.missing;
    }

    /** Number of lines that were new: a read that does not raise it has made no progress. */
    get newLines(): number {
        return this.accepted;
    }

    /** Start of the next read in whole seconds, as `sinceTime` expects it. */
    get sinceTime(): string | undefined {
        return this.lastStamp === "" ? undefined : `${this.lastStamp.slice(0, 19)}Z`;
    }

    /** Accepts one line without its line feed; returns its text if it is new. */
    accept(stamped: string): Output[] {
        const [, second, fraction = "", line = ""] = STAMPED.exec(stamped) ?? [];
        if (second === undefined) {
            // An error that the kubelet writes into the stream has no timestamp.
            return stamped === "" ? [] : [{ channel: "stderr", text: `${stamped}\n` }];
        }
        const stamp = second + fraction;
        const frame = parseFrame(line);
        if (frame === undefined) {
            return this.unframed(stamp, line);
        }
        if (frame.number <= this.lastNumber) {
            return [];
        }
        const gap = frame.number - this.lastNumber - 1;
        this.lastNumber = frame.number;
        this.reached(stamp);
        const lost: Output[] =
            gap === 0
                ? []
                : [
                      {
                          channel: "stderr",
                          text: `warning: ${gap} ${gap === 1 ? "line" : "lines"} of output lost: the log was rotated before it was read.\n`,
                      },
                  ];
        this.missing += gap;
        if ("exitCode" in frame) {
            this.code = frame.exitCode;
            return lost;
        }
        return [...lost, { channel: frame.channel, text: frame.text + (frame.ends ? "\n" : "") }];
    }

    private unframed(stamp: string, line: string): Output[] {
        const seen = compare(stamp, this.lastStamp) < 0 || this.seenAtLast.has(`${stamp} ${line}`);
        if (seen) {
            return [];
        }
        this.reached(stamp);
        this.seenAtLast.add(`${stamp} ${line}`);
        return [{ channel: "stderr", text: `${line}\n` }];
    }

    private reached(stamp: string): void {
        this.accepted += 1;
        if (stamp !== this.lastStamp) {
            this.seenAtLast.clear();
            this.lastStamp = stamp;
        }
    }
}

/** Compares timestamps of one kubelet: RFC 3339 with up to nine decimals, comparable as text without the `Z`. */
function compare(one: string, other: string): number {
    const [a, b] = [one.replace(/Z$/, ""), other.replace(/Z$/, "")];
    return a < b ? -1 : Number(a > b);
}
