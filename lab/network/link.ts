import type { Socket } from "node:net";

/** The present state of the network between two hosts. */
export interface LinkState {
    /** No bytes pass, in either direction. */
    readonly partitioned: boolean;
    /** Milliseconds by which all bytes are delayed, in each direction. */
    readonly delayMs: number;
    /** Bandwidth in each direction, shared by all connections; undefined for no limit. */
    readonly bytesPerSecond?: number | undefined;
}

/** One direction of a line of limited bandwidth, shared by its connections. */
export class Line {
    private freeAt = 0;

    constructor(private readonly state: LinkState) {}

    /** Milliseconds that bytes wait before the line transmits them. */
    get queueMs(): number {
        return Math.max(0, this.freeAt - performance.now());
    }

    /** Queues bytes; returns the time (`performance.now()`) at which the last of them is transmitted. */
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

/** Bytes in flight in one direction before the sender is held back, as by TCP's window. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** Milliseconds of data that may wait for a limited line, as in the buffer of a router. */
const QUEUE_MS = 50;

type Parcel = { readonly due: number } & ({ readonly chunk: Buffer } | { readonly end: true });

/**
 * One direction of a connection: forwards the bytes and the end of one socket to the other, in order
 * and with their delay. During a partition it keeps everything and forwards it afterwards, which is
 * the effect of TCP's retransmissions.
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

    /** Forwards what is due; also called when the state of the network has changed. */
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

    /** Drops everything in flight. */
    close(): void {
        clearTimeout(this.timer);
        this.parcels.length = 0;
    }

    private send(parcel: Parcel): void {
        this.parcels.push(parcel);
        this.deliver();
    }
}
