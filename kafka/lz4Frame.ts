const MAGIC = 0x184d2204;
const CONTENT_SIZE = 0x08;
const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/**
 * The LZ4 frame with the header checksum of its specification. Kafka's Java clients before 0.10 wrote
 * another one, and records of magic 0 have it to this day (KAFKA-3160); decoders refuse it.
 */
export function withLz4Checksum(frame: Buffer): Buffer {
    if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) {
        return frame;
    }
    const end = 6 + ((frame.readUInt8(4) & CONTENT_SIZE) === 0 ? 0 : 8);
    const checksum = (shortXxHash32(frame.subarray(4, end)) >>> 8) & 0xff;
    if (end >= frame.length || frame.readUInt8(end) === checksum) {
        return frame;
    }
    const corrected = Buffer.from(frame);
    corrected.writeUInt8(checksum, end);
    return corrected;
}

/** xxHash32 with seed 0, of less than 16 bytes. */
function shortXxHash32(bytes: Buffer): number {
    let hash = (PRIME_5 + bytes.length) | 0;
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
        hash = (hash + Math.imul(bytes.readUInt32LE(at), PRIME_3)) | 0;
        hash = Math.imul(rotated(hash, 17), PRIME_4);
    }
    for (; at < bytes.length; at += 1) {
        hash = (hash + Math.imul(bytes.readUInt8(at), PRIME_5)) | 0;
        hash = Math.imul(rotated(hash, 11), PRIME_1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
}

function rotated(value: number, bits: number): number {
    return (value << bits) | (value >>> (32 - bits));
}
