import type { Socket } from "node:net";

/** What the network between two hosts does at the moment. */
export interface LinkState {
    /** Nothing gets through, in either direction. */
    readonly partitioned: boolean;
    /** Milliseconds that everything takes on its way. */
    readonly delayMs: number;
    /** What gets through in a second, in each direction, of all connections; no limit without. */
    readonly bytesPerSecond?: number | undefined;
}

/** One direction of a line of limited bandwidth, which its connections share. */
export class Line {
    private freeAt = 0;

    constructor(private readonly state: LinkState) {}

    /** Milliseconds until what is put on the line now begins to leave it. */
    get queueMs(): number {
        return Math.max(0, this.freeAt - performance.now());
    }

    /** Puts bytes on the line; returns when the last of them has left it. */
    send(bytes: number): number {
        const { bytesPerSecond } = this.state;
        const now = performance.now();
        if (bytesPerSecond === undefined) {
            return now;
        }
        this.freeAt = Math.max(now, this.freeAt) + (bytes / bytesPerSecond) * 1000;
        return this.freeAt;
    }
}

/** What may be under way in one direction before its sender is held back, as by TCP's window. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** And what may wait for a line of limited bandwidth, as in the buffer of a router. */
const QUEUE_MS = 50;

type Parcel = { readonly due: number } & ({ readonly chunk: Buffer } | { readonly end: true });

/**
 * One direction of a connection: takes what one socket receives to the other one, in order, each part
 * when its time has come, the end included. While there is a partition everything is kept, as TCP
 * does by sending again: it goes on when the partition is over.
 */
export class Link {
    private readonly parcels: Parcel[] = [];
    private bytes = 0;
    private timer: NodeJS.Timeout | undefined;
    private congested = false;

    constructor(
        private readonly from: Socket,
        private readonly to: Socket,
        private readonly state: LinkState,
        private readonly line: Line,
    ) {
        from.on("data", (chunk: Buffer) => {
            this.bytes += chunk.length;
            this.send({ chunk, due: this.line.send(chunk.length) + this.state.delayMs });
        });
        from.on("end", () => {
            this.send({ end: true, due: this.line.send(0) + this.state.delayMs });
        });
        to.on("drain", () => {
            this.congested = false;
            this.deliver();
        });
    }

    /** Looks again at the state, after it has changed. */
    deliver(): void {
        clearTimeout(this.timer);
        while (!this.state.partitioned && !this.congested) {
            const next = this.parcels[0];
            if (next === undefined) {
                break;
            }
            const wait = next.due - performance.now();
            if (wait > 0) {
                this.timer = setTimeout(() => {
                    this.deliver();
                }, wait);
                break;
            }
            this.parcels.shift();
            if ("end" in next) {
                this.to.end();
            } else {
                this.bytes -= next.chunk.length;
                this.congested = !this.to.write(next.chunk);
            }
        }
        const isQueueFull = this.bytes > 0 && this.line.queueMs > QUEUE_MS;
        if (this.state.partitioned || this.bytes > WINDOW_BYTES || isQueueFull) {
            this.from.pause();
        } else {
            this.from.resume();
        }
    }

    /** Forgets what is under way. */
    close(): void {
        clearTimeout(this.timer);
        this.parcels.length = 0;
    }

    private send(parcel: Parcel): void {
        this.parcels.push(parcel);
        this.deliver();
    }
}
