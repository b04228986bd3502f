import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { batchHeader, type BatchHeader, HEADER_BYTES } from "./recordBatch";

/*
 * The log of a partition as the files of its broker have it, read without the broker: a look costs
 * the broker no CPU, sees a record as soon as it is appended, and a gigabyte takes seconds.
 */

const READ_AHEAD_BYTES = 4 * 1024 * 1024;

/** A batch with its records, compressed or not, as they are in the file. */
export interface Batch {
    readonly header: BatchHeader;
    readonly body: Buffer;
}

/** The segments of a partition, in the order of their offsets; none before it exists. */
export function segments(folder: string): string[] {
    try {
        return readdirSync(folder)
            .filter((file) => file.endsWith(".log"))
            .sort()
            .map((file) => join(folder, file));
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return [];
        }
        throw error;
    }
}

/** Every batch of a partition, from its beginning to its present end. */
export function* batches(folder: string): Generator<Batch, void, void> {
    for (const segment of segments(folder)) {
        const file = openSync(segment, "r");
        try {
            yield* batchesOf(file);
        } finally {
            closeSync(file);
        }
    }
}

function* batchesOf(file: number): Generator<Batch, void, void> {
    const window = new Window(file);
    let at = 0;
    for (;;) {
        const head = window.bytes(at, HEADER_BYTES);
        if (head === undefined) {
            return;
        }
        const header = batchHeader(head, 0);
        const whole = window.bytes(at, header.bytes);
        if (whole === undefined) {
            return; // the broker is writing it
        }
        yield { header, body: whole.subarray(HEADER_BYTES) };
        at += header.bytes;
    }
}

/** A file that is read from its beginning to its end, a few megabytes at a time. */
class Window {
    private readonly size: number;
    private start = 0;
    private content = Buffer.alloc(0);

    constructor(private readonly file: number) {
        this.size = fstatSync(file).size;
    }

    /** Bytes of the file; undefined where it ends before them. */
    bytes(at: number, length: number): Buffer | undefined {
        if (at + length > this.size) {
            return undefined;
        }
        if (at + length > this.start + this.content.length) {
            const wanted = Math.min(Math.max(length, READ_AHEAD_BYTES), this.size - at);
            const buffer = Buffer.allocUnsafe(wanted);
            this.content = buffer.subarray(0, readSync(this.file, buffer, 0, wanted, at));
            this.start = at;
        }
        const from = at - this.start;
        return this.content.subarray(from, from + length);
    }
}
