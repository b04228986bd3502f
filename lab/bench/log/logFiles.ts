import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

/*
 * Kafka's record batch of magic 2, as it stands in a log (DefaultRecordBatch and DefaultRecord of
 * Kafka 4.3.1).
 */

/** Bytes of a batch before its records. */
export const HEADER_BYTES = 61;

/** Offset and length of a batch, which its length does not count. */
const PREFIX_BYTES = 12;
const COMPRESSION = 0x07;
const CONTROL = 0x20;

/** A batch as its header describes it. */
export interface BatchHeader {
    readonly firstOffset: number;
    /** Milliseconds since 1970. */
    readonly firstTimestamp: number;
    /** Kafka's number of the codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
    readonly compression: number;
    /** Holds the mark of a transaction's end instead of records. */
    readonly isControl: boolean;
    readonly records: number;
    /** Of the whole batch, this header included. */
    readonly bytes: number;
}

/** Reads the header that begins at a position. */
export function batchHeader(bytes: Buffer, at: number): BatchHeader {
    const attributes = bytes.readInt16BE(at + 21);
    return {
        firstOffset: Number(bytes.readBigInt64BE(at)),
        firstTimestamp: Number(bytes.readBigInt64BE(at + 27)),
        compression: attributes & COMPRESSION,
        isControl: (attributes & CONTROL) !== 0,
        records: bytes.readInt32BE(at + 57),
        bytes: PREFIX_BYTES + bytes.readInt32BE(at + 8),
    };
}

/** Walks over the records of one batch; made once and moved, since there are millions of them. */
export class RecordCursor {
    /** Where the key, the value and the headers of the present record are in the buffer. */
    start = 0;
    end = 0;
    /** Milliseconds after the batch's first timestamp. */
    timestampDelta = 0;
    offsetDelta = 0;
    private at = 0;

    constructor(readonly buffer: Buffer) {}

    /** Goes to the next record. */
    next(): void {
        const length = this.varint();
        this.end = this.at + length;
        this.at += 1; // attributes, of which Kafka uses none
        this.timestampDelta = this.varint();
        this.offsetDelta = this.varint();
        this.start = this.at;
        this.at = this.end;
    }

    /** The number with which the value of the present record begins; NaN when it is none. */
    leadingNumber(): number {
        const after = this.at;
        this.at = this.start;
        const keyBytes = this.varint();
        this.at += Math.max(0, keyBytes);
        const valueBytes = this.varint();
        const text = this.buffer.toString("latin1", this.at, this.at + Math.min(valueBytes, 20));
        this.at = after;
        return Number.parseInt(text, 10);
    }

    /** Zigzag; 53 bits are enough for lengths and for times of a benchmark. */
    private varint(): number {
        let value = 0;
        let factor = 1;
        for (;;) {
            const byte = this.buffer[this.at++] ?? 0;
            value += (byte & 0x7f) * factor;
            if (byte < 0x80) {
                return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
            }
            factor *= 128;
        }
    }
}

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
