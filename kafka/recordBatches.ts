import { crc32 } from "node:zlib";
import { compressionsAlgorithmsByBitmask, crc32c } from "@platformatic/kafka";
import { withLz4Checksum } from "./lz4Frame";

/*
 * The formats of records in logs (Kafka 4.3.1: DefaultRecordBatch, DefaultRecord, LegacyRecord,
 * AbstractLegacyRecordBatch). Logs keep the formats of the brokers that wrote them: magic 0 before
 * Kafka 0.10, magic 1 before 0.11, magic 2 since. The client library reads magic 2 alone.
 */

/** One record of a batch; its offset and timestamp are differences to the first ones of the batch. */
export interface LogRecord {
    readonly offsetDelta: number;
    readonly timestampDelta: bigint;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: readonly (readonly [name: Buffer | null, content: Buffer | null])[];
}

/** A batch of a log, whose records are decoded when they are read. */
export interface RecordBatch {
    readonly firstOffset: bigint;
    readonly lastOffset: bigint;
    /** Of the leader that appended it; -1 before magic 2. */
    readonly leaderEpoch: number;
    readonly producerId: bigint;
    readonly isTransactional: boolean;
    /** Whether it holds a transaction marker instead of records. */
    readonly isControl: boolean;
    /** Milliseconds since 1970; {@link NO_TIMESTAMP} before magic 1. */
    readonly firstTimestamp: bigint;
    /** Set where the broker replaced the producers' timestamps (`LogAppendTime`). */
    readonly appendTimestamp?: bigint;
    /** @throws {BatchFormatError} when they cannot be decoded */
    readonly records: () => readonly LogRecord[];
}

/** What Kafka gives records of magic 0 as their timestamp. */
export const NO_TIMESTAMP = -1n;

/** A batch that cannot be decoded. */
export class BatchFormatError extends Error {
    override readonly name = "BatchFormatError";
    constructor(
        readonly offset: bigint,
        reason: string,
        options?: ErrorOptions,
    ) {
        super(reason, options);
    }
}

const CODEC_NAMES: Readonly<Record<number, string>> = {
    1: "gzip",
    2: "snappy",
    3: "lz4",
    4: "zstd",
};
const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** Bytes of offset and length, which the length does not count. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const HEADER_BYTES = 61;

/**
 * The batches of a fetch. The last one may be cut off; it is left out.
 * @throws {BatchFormatError} when the format or the checksum is wrong
 */
export function recordBatches(bytes: Buffer): RecordBatch[] {
    return [...entries(bytes)].flatMap((entry) =>
        entry.readInt8(MAGIC_AT) < 2 ? legacyBatch(entry) : [defaultBatch(entry)],
    );
}

/** The batches as bytes, or the messages of a message set. */
function* entries(bytes: Buffer): Generator<Buffer> {
    let at = 0;
    while (at + PREFIX_BYTES < bytes.length) {
        const end = at + PREFIX_BYTES + bytes.readInt32BE(at + 8);
        if (end > bytes.length) {
            return;
        }
        if (end <= at + MAGIC_AT) {
            throw new BatchFormatError(bytes.readBigInt64BE(at), "a batch has no header");
        }
        yield bytes.subarray(at, end);
        at = end;
    }
}

function defaultBatch(batch: Buffer): RecordBatch {
    const firstOffset = batch.readBigInt64BE(0);
    const magic = batch.readInt8(MAGIC_AT);
    if (magic !== 2) {
        throw new BatchFormatError(firstOffset, `records of the unknown format ${magic}`);
    }
    if (batch.length < HEADER_BYTES) {
        throw new BatchFormatError(firstOffset, "the header of a batch is cut off");
    }
    if (crc32c(batch.subarray(21)) !== batch.readUInt32BE(17)) {
        throw new BatchFormatError(firstOffset, "the checksum of a batch is wrong");
    }
    const attributes = batch.readInt16BE(21);
    return {
        firstOffset,
        lastOffset: firstOffset + BigInt(batch.readInt32BE(23)),
        leaderEpoch: batch.readInt32BE(12),
        producerId: batch.readBigInt64BE(43),
        isTransactional: (attributes & TRANSACTIONAL) !== 0,
        isControl: (attributes & CONTROL) !== 0,
        firstTimestamp: batch.readBigInt64BE(27),
        ...((attributes & LOG_APPEND_TIME) !== 0 && {
            appendTimestamp: batch.readBigInt64BE(35),
        }),
        records: () =>
            decoding(firstOffset, () => {
                const data = decompressed(batch.subarray(HEADER_BYTES), attributes & CODEC);
                return defaultRecords(data, batch.readInt32BE(57));
            }),
    };
}

function defaultRecords(data: Buffer, count: number): LogRecord[] {
    const records: LogRecord[] = [];
    const reader = new VarintReader(data);
    for (let i = 0; i < count; i += 1) {
        const length = reader.int();
        const end = reader.at + length;
        reader.at += 1; // attributes, of which Kafka uses none
        const timestampDelta = reader.long();
        const offsetDelta = reader.int();
        const key = reader.bytes();
        const value = reader.bytes();
        const headers = Array.from(
            { length: reader.int() },
            () => [reader.bytes(), reader.bytes()] as const,
        );
        if (reader.at !== end) {
            throw new RangeError(`a record has ${length} bytes, but its fields do not`);
        }
        records.push({ timestampDelta, offsetDelta, key, value, headers });
    }
    return records;
}

/** Reads the zigzag varints of records. */
class VarintReader {
    at = 0;

    constructor(private readonly buffer: Buffer) {}

    int(): number {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
            const byte = this.buffer.readUInt8(this.at++);
            value |= (byte & 0x7f) << shift;
            if (byte < 0x80) {
                return (value >>> 1) ^ -(value & 1);
            }
            if (shift >= 28) {
                throw new RangeError("a variable-length number is too long");
            }
        }
    }

    long(): bigint {
        let value = 0n;
        for (let shift = 0n; ; shift += 7n) {
            const byte = this.buffer.readUInt8(this.at++);
            value |= BigInt(byte & 0x7f) << shift;
            if (byte < 0x80) {
                return (value >> 1n) ^ -(value & 1n);
            }
            if (shift >= 63n) {
                throw new RangeError("a variable-length number is too long");
            }
        }
    }

    bytes(): Buffer | null {
        const length = this.int();
        if (length < 0) {
            return null;
        }
        const start = this.at;
        this.at += length;
        if (this.at > this.buffer.length) {
            throw new RangeError("a field ends after its batch");
        }
        return this.buffer.subarray(start, this.at);
    }
}

/** A message of a message set: with a codec, its value is a message set. */
interface Message {
    readonly offset: bigint;
    readonly magic: number;
    readonly attributes: number;
    readonly timestamp: bigint;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
}

function message(bytes: Buffer): Message {
    const offset = bytes.readBigInt64BE(0);
    const magic = bytes.readInt8(MAGIC_AT);
    if (magic < 0) {
        throw new BatchFormatError(offset, `records of the unknown format ${magic}`);
    }
    if (crc32(bytes.subarray(MAGIC_AT)) !== bytes.readUInt32BE(12)) {
        throw new BatchFormatError(offset, "the checksum of a message is wrong");
    }
    const field = (at: number): Buffer | null => {
        const length = bytes.readInt32BE(at);
        return length < 0 ? null : bytes.subarray(at + 4, at + 4 + length);
    };
    const keyAt = magic === 0 ? 18 : 26;
    const key = field(keyAt);
    return {
        offset,
        magic,
        attributes: bytes.readInt8(17),
        timestamp: magic === 0 ? NO_TIMESTAMP : bytes.readBigInt64BE(18),
        key,
        value: field(keyAt + 4 + (key?.length ?? 0)),
    };
}

/** The batch that a message stands for; none for a compressed one without messages. */
function legacyBatch(bytes: Buffer): RecordBatch[] {
    const outer = message(bytes);
    const codec = outer.attributes & CODEC;
    const inner =
        codec === 0
            ? [outer]
            : decoding(outer.offset, () => [
                  ...innerMessages(outer, decompressed(outer.value ?? Buffer.alloc(0), codec)),
              ]);
    const [first] = inner;
    const last = inner.at(-1);
    if (first === undefined || last === undefined) {
        return [];
    }
    const isAppendTime = outer.magic > 0 && (outer.attributes & LOG_APPEND_TIME) !== 0;
    return [
        {
            firstOffset: first.offset,
            lastOffset: last.offset,
            leaderEpoch: -1,
            producerId: -1n,
            isTransactional: false,
            isControl: false,
            firstTimestamp: first.timestamp,
            ...(isAppendTime && { appendTimestamp: outer.timestamp }),
            records: () =>
                inner.map(({ offset, timestamp, key, value }) => ({
                    offsetDelta: Number(offset - first.offset),
                    timestampDelta: timestamp - first.timestamp,
                    key,
                    value,
                    headers: [],
                })),
        },
    ];
}

/**
 * The messages inside a compressed one. Those of magic 1 count their offsets from 0; the compressed
 * message has the offset of the last.
 */
function innerMessages(outer: Message, data: Buffer): Message[] {
    const messages = [...entries(data)].map(message);
    const last = messages.at(-1)?.offset ?? 0n;
    return outer.magic === 0
        ? messages
        : messages.map((inner) => ({ ...inner, offset: outer.offset - last + inner.offset }));
}

function decompressed(data: Buffer, codec: number): Buffer {
    if (codec === 0) {
        return data;
    }
    const algorithm = compressionsAlgorithmsByBitmask[codec];
    if (algorithm === undefined) {
        throw new RangeError(`the codec ${codec} is unknown`);
    }
    try {
        return algorithm.decompressSync(codec === 3 ? withLz4Checksum(data) : data);
    } catch (error) {
        throw new RangeError(`${CODEC_NAMES[codec] ?? codec} cannot decompress it`, {
            cause: error,
        });
    }
}

function decoding<T>(offset: bigint, decode: () => T): T {
    try {
        return decode();
    } catch (error) {
        throw error instanceof BatchFormatError
            ? error
            : new BatchFormatError(offset, error instanceof Error ? error.message : String(error), {
                  cause: error,
              });
    }
}
