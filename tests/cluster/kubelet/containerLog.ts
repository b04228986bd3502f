import type { ServerResponse } from "node:http";

interface Line {
    readonly time: string;
    readonly text: string;
}

/**
 * The log of one container as a kubelet serves it: each line with its timestamp, starting at the second
 * of `sinceTime`, and with `follow` until the container terminates.
 */
export class ContainerLog {
    private readonly lines: Line[] = [];
    private rest = "";
    private closed = false;
    private last = 0n;
    private readonly waiting = new Set<() => void>();
    /** Numbers of lines after which a connection breaks; each entry breaks one connection. */
    breaksAfter: number[] = [];
    /** Number of reads. */
    reads = 0;

    write(chunk: string): void {
        const lines = (this.rest + chunk).split("\n");
        this.rest = lines.pop() ?? "";
        this.lines.push(...lines.map((text) => ({ time: this.now(), text })));
        this.wake();
    }

    close(): void {
        this.closed = true;
        this.wake();
    }

    /** Answers `/containerLogs/...`. */
    async serve(query: URLSearchParams, response: ServerResponse): Promise<void> {
        this.reads += 1;
        const since = query.get("sinceTime");
        const follow = query.get("follow") === "true";
        const breakAfter = this.breaksAfter.shift();
        response.writeHead(200, { "content-type": "text/plain" });
        response.flushHeaders();
        let sent = 0;
        for (let at = 0; ;) {
            const line = this.lines[at];
            if (line === undefined) {
                if (this.closed || !follow || response.destroyed) {
                    break;
                }
                await this.change(response);
                continue;
            }
            at += 1;
            if (since !== null && Date.parse(line.time) < Date.parse(since)) {
                continue;
            }
            const text = `${query.get("timestamps") === "true" ? `${line.time} ` : ""}${line.text}\n`;
            sent += 1;
            if (sent === breakAfter) {
                // In the middle of a line: the reader must not accept a partial line.
                response.write(text.slice(0, text.length / 2), () => response.destroy());
                return;
            }
            response.write(text);
        }
        response.end();
    }

    private async change(response: ServerResponse): Promise<void> {
        await new Promise<void>((resolve) => {
            const done = () => {
                this.waiting.delete(done);
                response.off("close", done);
                resolve();
            };
            this.waiting.add(done);
            response.once("close", done);
        });
    }

    private wake(): void {
        [...this.waiting].forEach((resolve) => {
            resolve();
        });
    }

    /** RFC 3339 with nanoseconds as Go writes them: without trailing zeros, later than the last. */
    private now(): string {
        const now = BigInt(Date.now()) * 1_000_000n;
        this.last = now > this.last ? now : this.last + 1n;
        const seconds = new Date(Number(this.last / 1_000_000n)).toISOString().slice(0, 19);
        const fraction = String(this.last % 1_000_000_000n)
            .padStart(9, "0")
            .replace(/0+$/, "");
        return `${seconds}${fraction === "" ? "" : `.${fraction}`}Z`;
    }
}
