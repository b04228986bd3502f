import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

/*
 * Kafka's record batch format, magic 2, as stored in a log (DefaultRecordBatch and DefaultRecord of
 * Kafka 4.3.1).
 */

/** Length of a batch header in bytes. */
export const HEADER_BYTES = 61;

/** Bytes of the base offset and the length, which the length field does not count. */
const PREFIX_BYTES = 12;
const COMPRESSION = 0x07;
const CONTROL = 0x20;

/** The header of a batch. */
export interface BatchHeader {
    readonly firstOffset: number;
    /** Milliseconds since 1970. */
    readonly firstTimestamp: number;
    /** Kafka's codec number: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
    readonly compression: number;
    /** Whether it holds a transaction marker instead of records. */
    readonly isControl: boolean;
    readonly records: number;
    /** Length of the whole batch, including the header. */
    readonly bytes: number;
}

/** Reads the header at a position. */
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

/** A cursor over the records of one batch, which avoids an object for each of millions of records. */
export class RecordCursor {
    /** The range of the key, the value and the headers of the present record in the buffer. */
    start = 0;
    end = 0;
    /** Milliseconds since the batch's first timestamp. */
    timestampDelta = 0;
    offsetDelta = 0;
    private at = 0;

    constructor(readonly buffer: Buffer) {}

    /** Moves to the next record. */
    next(): void {
        const length = this.varint();
        this.end = this.at + length;
        this.at += 1; // attributes, of which Kafka uses none
        this.timestampDelta = this.varint();
        this.offsetDelta = this.varint();
        this.start = this.at;
        this.at = this.end;
    }

    /** The number at the start of the present record's value; NaN when it starts otherwise. */
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

    /** A zigzag varint; 53 bits suffice for the lengths and times of a benchmark. */
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
 * Reads the log of a partition from the files of its broker. This costs the broker no CPU, sees a
 * record as soon as it is appended, and takes seconds for a gigabyte.
 */

const READ_AHEAD_BYTES = 4 * 1024 * 1024;

/** A batch with its records as stored, compressed or not. */
export interface Batch {
    readonly header: BatchHeader;
    readonly body: Buffer;
}

/** The segment files of a partition in the order of their offsets; none before it exists. */
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

/** Every batch of a partition, from its start to its present end. */
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
            return; // incomplete: the broker is writing it
        }
        yield { header, body: whole.subarray(HEADER_BYTES) };
        at += header.bytes;
    }
}

/** Reads a file sequentially, a few megabytes at a time. */
class Window {
    private readonly size: number;
    private start = 0;
    private content = Buffer.alloc(0);

    constructor(private readonly file: number) {
        this.size = fstatSync(file).size;
    }

    /** Bytes at a position; undefined when the file ends before them. */
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
