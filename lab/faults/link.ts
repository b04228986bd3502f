import type { Socket } from "node:net";

/** What the network between two hosts does at the moment. */
export interface LinkState {
    /** Nothing gets through, in either direction. */
    readonly partitioned: boolean;
    /** Milliseconds that everything takes on its way. */
    readonly delayMs: number;
}

/** What may be under way in one direction before its sender is held back, as by TCP's window. */
const WINDOW_BYTES = 8 * 1024 * 1024;

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
    ) {
        from.on("data", (chunk: Buffer) => {
            this.bytes += chunk.length;
            this.send({ chunk, due: this.due });
        });
        from.on("end", () => {
            this.send({ end: true, due: this.due });
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
        if (this.state.partitioned || this.bytes > WINDOW_BYTES) {
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

    private get due(): number {
        return performance.now() + this.state.delayMs;
    }

    private send(parcel: Parcel): void {
        this.parcels.push(parcel);
        this.deliver();
    }
}
