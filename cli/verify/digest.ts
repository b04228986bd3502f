import { hash } from "node:crypto";
import type { CommittedBatch } from "../../kafka/committedBatches";
import type { LogRecord } from "../../kafka/recordBatches";
import type { DigestedRecords } from "./recordWindows";

/** Hex digits of SHA-256 that fit into a whole number of JavaScript: 52 bits. */
const HEX_DIGITS = 13;
const ABSENT = -1;

/**
 * Turns records into numbers that stand for key, value, headers and timestamp. Two different records
 * get the same number once in 4.5e15 times: enough to find faults, and small enough to remember a
 * million of them. This is no protection against records that are forged on purpose.
 */
export class Digester {
    private scratch = Buffer.alloc(4096);
    private length = 0;

    /** @param withTimestamp false where the brokers of `to` replace timestamps */
    constructor(private readonly withTimestamp: boolean) {}

    /** The records with offsets from `firstOffset` to `endOffset`, exclusive. */
    digest(
        batches: readonly CommittedBatch[],
        firstOffset: number,
        endOffset: number,
    ): DigestedRecords {
        const digests: number[] = [];
        const offsets: number[] = [];
        const timestamps: number[] = [];
        for (const batch of batches) {
            const first = Number(batch.firstOffset);
            const firstTimestamp = Number(batch.firstTimestamp);
            const appended =
                batch.appendTimestamp === undefined ? undefined : Number(batch.appendTimestamp);
            for (const record of batch.records) {
                const offset = first + record.offsetDelta;
                if (offset >= firstOffset && offset < endOffset) {
                    const timestamp = appended ?? firstTimestamp + Number(record.timestampDelta);
                    digests.push(this.digestOf(record, timestamp));
                    offsets.push(offset);
                    timestamps.push(timestamp);
                }
            }
        }
        return { digests, offsets, timestamps };
    }

    private digestOf({ key, value, headers }: LogRecord, timestamp: number): number {
        this.length = 0;
        // Each field is preceded by its length, so that two different records never give the same bytes.
        this.reserve(12);
        this.scratch.writeDoubleLE(this.withTimestamp ? timestamp : 0, 0);
        this.scratch.writeInt32LE(headers.length, 8);
        this.length = 12;
        this.append(key);
        this.append(value);
        for (const [name, content] of headers) {
            this.append(name);
            this.append(content);
        }
        const hex = hash("sha256", this.scratch.subarray(0, this.length), "hex");
        return Number.parseInt(hex.slice(0, HEX_DIGITS), 16);
    }

    private append(field: Buffer | null): void {
        this.reserve(4 + (field?.length ?? 0));
        this.scratch.writeInt32LE(field?.length ?? ABSENT, this.length);
        this.length += 4;
        if (field !== null) {
            this.scratch.set(field, this.length);
            this.length += field.length;
        }
    }

    private reserve(bytes: number): void {
        if (this.length + bytes > this.scratch.length) {
            const grown = Buffer.alloc(Math.max(this.scratch.length * 2, this.length + bytes));
            this.scratch.copy(grown, 0, 0, this.length);
            this.scratch = grown;
        }
    }
}
