import assert from "node:assert/strict";
import { committedBatches } from "../../../kafka/committedBatches";
import type { LogRecord, RecordBatch } from "../../../kafka/recordBatches";

const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

const record = (key: Buffer | null): LogRecord => ({
    timestampDelta: 0n,
    offsetDelta: 0,
    key,
    value: null,
    headers: [],
});

function batch(
    firstOffset: number,
    count: number,
    producer: number,
    attributes: number,
    key: Buffer | null = null,
): RecordBatch {
    return {
        firstOffset: BigInt(firstOffset),
        lastOffset: BigInt(firstOffset + count - 1),
        leaderEpoch: 0,
        producerId: BigInt(producer),
        isTransactional: (attributes & TRANSACTIONAL) !== 0,
        isControl: (attributes & CONTROL) !== 0,
        firstTimestamp: 5n,
        ...((attributes & LOG_APPEND_TIME) !== 0 && { appendTimestamp: 9n }),
        records: () => Array.from({ length: count }, () => record(key)),
    };
}

const written = (offset: number, count: number, producer: number) =>
    batch(offset, count, producer, TRANSACTIONAL);
const mark = (offset: number, producer: number, end: "abort" | "commit") =>
    batch(
        offset,
        1,
        producer,
        TRANSACTIONAL | CONTROL,
        Buffer.from([0, 0, 0, end === "abort" ? 0 : 1]),
    );

function read(records: RecordBatch[], aborted: [producer: number, firstOffset: number][]) {
    const { batches, nextOffset } = committedBatches(
        records,
        aborted.map(([producerId, firstOffset]) => ({
            producerId: BigInt(producerId),
            firstOffset: BigInt(firstOffset),
        })),
    );
    return {
        kept: batches.map(({ firstOffset }) => Number(firstOffset)),
        next: Number(nextOffset),
    };
}

describe("committedBatches", () => {
    it("skips transaction markers, and continues after them", () => {
        const found = read([batch(0, 2, -1, 0), written(2, 3, 7), mark(5, 7, "commit")], []);
        assert.deepEqual(found, { kept: [0, 2], next: 6 });
    });

    it("skips aborted records, but not other producers' records between them", () => {
        const found = read(
            [
                written(0, 2, 7),
                written(2, 1, 8),
                written(3, 1, 7),
                mark(4, 7, "abort"),
                mark(5, 8, "commit"),
            ],
            [[7, 0]],
        );
        assert.deepEqual(found, { kept: [2], next: 6 });
    });

    it("distinguishes two aborted transactions of one producer from the committed one between them", () => {
        const found = read(
            [
                ...[written(0, 1, 7), mark(1, 7, "abort")],
                ...[written(2, 1, 7), mark(3, 7, "commit")],
                ...[written(4, 1, 7), mark(5, 7, "abort")],
            ],
            [
                [7, 4],
                [7, 0],
            ],
        );
        assert.deepEqual(found, { kept: [2], next: 6 });
    });

    it("skips aborted records whose marker is in the next fetch", () => {
        assert.deepEqual(read([written(0, 5, 7)], [[7, 0]]), { kept: [], next: 5 });
        // The broker names the transaction again for the records after it.
        const rest = [written(5, 5, 7), mark(10, 7, "abort"), written(11, 1, 7)];
        assert.deepEqual(read(rest, [[7, 0]]), { kept: [11], next: 12 });
    });

    it("accepts an abort without records", () => {
        const found = read([mark(0, 8, "abort"), written(1, 1, 7), mark(2, 7, "abort")], [[7, 1]]);
        assert.deepEqual(found, { kept: [], next: 3 });
    });

    it("distinguishes the broker's timestamp from the producer's", () => {
        const stamped = committedBatches(
            [batch(0, 1, -1, LOG_APPEND_TIME), batch(1, 1, -1, 0)],
            [],
        );
        assert.deepEqual(
            stamped.batches.map(({ appendTimestamp }) => appendTimestamp),
            [9n, undefined],
        );
    });
});
