import { type Channel, parseFrame } from "./frames";

/** Text for one of the streams of the terminal. */
export interface Output {
    readonly channel: Channel;
    readonly text: string;
}

/** `<RFC 3339 time> <line>`, as the API server gives it with `timestamps`. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\S*) (.*)$/s;

/**
 * Puts a container's log together from reads that overlap: each line once, in order, and what is
 * missing said. Framed lines are told by their number. Others (the container runtime's, a process
 * that could not start) are told by their time, and go to stderr.
 */
export class LogReader {
    private lastNumber = 0;
    private lastStamp = "";
    /** Unframed lines of that time. */
    private readonly seenAtLast = new Set<string>();
    private code: number | undefined;
    private missing = 0;

    /** The exit code that the container wrote last; undefined before that. */
    get exitCode(): number | undefined {
        return this.code;
    }

    /** Lines that were not to be had any more. */
    get lostLines(): number {
        return this.missing;
    }

    /** From when the next read must start, in whole seconds, as `sinceTime` takes it. */
    get sinceTime(): string | undefined {
        return this.lastStamp === "" ? undefined : `${this.lastStamp.slice(0, 19)}Z`;
    }

    /** Takes one line without its end; returns what is new of it. */
    accept(stamped: string): Output[] {
        const [, second, fraction = "", line = ""] = STAMPED.exec(stamped) ?? [];
        if (second === undefined) {
            // An error of the kubelet within the stream has no time.
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
                          text: `warning: ${gap} ${gap === 1 ? "line" : "lines"} of the output lost: the log was rotated before it was read.\n`,
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
        if (stamp !== this.lastStamp) {
            this.seenAtLast.clear();
            this.lastStamp = stamp;
        }
    }
}

/** Times of one kubelet: RFC 3339 with up to nine decimals, which compare as text without the `Z`. */
function compare(one: string, other: string): number {
    const [a, b] = [one.replace(/Z$/, ""), other.replace(/Z$/, "")];
    return a < b ? -1 : Number(a > b);
}
