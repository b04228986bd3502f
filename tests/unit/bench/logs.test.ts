import assert from "node:assert/strict";
import {
    appendFileSync,
    mkdtempSync,
    mkdirSync,
    rmSync,
    truncateSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecordsBatch } from "@platformatic/kafka";
import fc from "fast-check";
import { LogEnd, TopicEnd } from "../../../lab/bench/log/logEnd";
import { continuity, firstDifference } from "../../../lab/bench/log/sameRecords";

const CONTROL = 0x20;

interface Line {
    readonly key?: string;
    readonly value: string;
    readonly timestamp?: number;
}

/** A batch as a broker appends it. */
function batch(
    firstOffset: number,
    lines: readonly Line[],
    compression: "none" | "gzip" | "lz4" | "snappy" = "none",
): Buffer {
    const records = lines.map(({ key, value, timestamp = 1_700_000_000_000 }) => ({
        topic: "any",
        ...(key !== undefined && { key: Buffer.from(key) }),
        value: Buffer.from(value),
        timestamp: BigInt(timestamp),
    }));
    const bytes = Buffer.from(createRecordsBatch(records, { compression }).buffer);
    bytes.writeBigInt64BE(BigInt(firstOffset), 0);
    return bytes;
}

function control(firstOffset: number): Buffer {
    const bytes = batch(firstOffset, [{ value: "commit" }]);
    bytes.writeInt16BE(bytes.readInt16BE(21) | CONTROL, 21);
    return bytes;
}

const values = (...texts: string[]): Line[] => texts.map((value) => ({ value }));

describe("the logs that a benchmark reads", () => {
    let folder: string;
    const partition = (name: string, ...batches: readonly Buffer[]): string => {
        const path = join(folder, name);
        mkdirSync(path, { recursive: true });
        writeFileSync(segment(path), Buffer.concat([...batches]));
        return path;
    };
    const segment = (path: string, firstOffset = 0) =>
        join(path, `${String(firstOffset).padStart(20, "0")}.log`);

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "kafka-dr-test-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    describe("compared record by record", () => {
        it("are equal whatever their batches, their compression and their segments", () => {
            const source = partition("source", batch(0, values("a", "b")), batch(2, values("c")));
            const target = partition("target", batch(0, values("a")));
            writeFileSync(segment(target, 1), batch(1, values("b", "c"), "lz4"));
            assert.equal(firstDifference(source, target), undefined);
        });

        it("are equal although one has transaction markers", () => {
            const source = partition("source", batch(0, values("a", "b")));
            const target = partition(
                "target",
                batch(0, values("a"), "gzip"),
                control(1),
                batch(2, values("b"), "snappy"),
                control(3),
            );
            assert.equal(firstDifference(source, target), undefined);
        });

        const wrong: [string, Line[], RegExp][] = [
            ["is missing", values("a", "b"), /^the target ends before record 2$/],
            ["is there twice", values("a", "b", "b", "c"), /^record 2 has different bytes/],
            ["is repeated at the end", values("a", "b", "c", "c"), /^the target has more than 3/],
            ["has changed", values("a", "B", "c"), /^record 1 has different bytes/],
            ["is out of order", values("b", "a", "c"), /^record 0 has different bytes/],
            [
                "has an additional key",
                [{ value: "a" }, { value: "b", key: "k" }, { value: "c" }],
                /^record 1 has different bytes/,
            ],
            [
                "has a different timestamp",
                [{ value: "a" }, { value: "b", timestamp: 1_700_000_000_001 }, { value: "c" }],
                /^record 1 has a different timestamp/,
            ],
        ];
        for (const [what, lines, message] of wrong) {
            it(`differ when a record ${what}`, () => {
                const source = partition("source", batch(0, values("a", "b", "c")));
                const target = partition("target", batch(0, lines));
                assert.match(firstDifference(source, target) ?? "equal", message);
            });
        }

        it("are equal exactly when their records are, for any records and batches", () => {
            const line = fc.record({
                key: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
                value: fc.string({ maxLength: 300 }),
                // The client that writes these batches has 32 bits for the difference.
                timestamp: fc.integer({ min: 0, max: 2 ** 30 }),
            });
            const log = fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { maxLength: 5 });
            const written = (name: string, batches: readonly Line[][]) =>
                partition(name, ...batches.map((lines) => batch(0, lines)));
            fc.assert(
                fc.property(log, log, (one, other) => {
                    const same = JSON.stringify(one.flat()) === JSON.stringify(other.flat());
                    const found = firstDifference(written("a", one), written("b", other));
                    assert.equal(found === undefined, same);
                    const again = one.flat().map((each) => [each]);
                    assert.equal(
                        firstDifference(written("a", one), written("b", again)),
                        undefined,
                    );
                }),
                { numRuns: 200 },
            );
        });
    });

    describe("after an interruption of the worker", () => {
        /** Of a backlog of 12 records in 3 partitions: the values of partition 1 by their offsets. */
        const written = (...offsets: number[]) =>
            partition("target", batch(0, values(...offsets.map((o) => `${1 + 3 * o} letters`))));
        const check = (...offsets: number[]) =>
            continuity(written(...offsets), { partition: 1, partitions: 3, records: 12 });

        it("may repeat records", () => {
            assert.deepEqual(check(0, 1, 2, 3), { repeated: 0, problem: undefined });
            assert.deepEqual(check(0, 1, 2, 1, 2, 3), { repeated: 2, problem: undefined });
            assert.deepEqual(check(0, 1, 2, 3, 0, 1, 2, 3), { repeated: 4, problem: undefined });
        });

        const wrong: [string, number[], string][] = [
            ["a gap", [0, 1, 3], "record 1 is followed by 3"],
            ["a gap after a repetition", [0, 1, 2, 0, 2, 3], "record 0 is followed by 2"],
            ["two that are swapped", [0, 2, 1, 3], "record 0 is followed by 2"],
            ["no beginning", [1, 2, 3], "it starts with record 1"],
            ["no end", [0, 1, 2], "it ends with record 2 of 4"],
            ["a repetition without its end", [0, 1, 2, 3, 1], "it ends with record 1 of 4"],
        ];
        for (const [what, offsets, problem] of wrong) {
            it(`are rejected with ${what}`, () => {
                assert.equal(check(...offsets).problem, problem);
            });
        }

        it("are rejected with a record of another partition", () => {
            const path = partition("target", batch(0, values("1 letters", "3 letters")));
            const extent = { partition: 1, partitions: 3, records: 12 };
            assert.match(continuity(path, extent).problem ?? "", /^record 0 is followed by 0\.66/);
        });
    });

    describe("that are counted while they grow", () => {
        it("have no records before they exist, and those of all segments afterwards", () => {
            const path = join(folder, "orders-0");
            const end = new LogEnd(path);
            assert.equal(end.records(), 0);
            partition("orders-0", batch(0, values("a", "b")));
            assert.equal(end.records(), 2);
            appendFileSync(segment(path), batch(2, values("c")));
            writeFileSync(segment(path, 3), batch(3, values("d", "e")));
            assert.equal(end.records(), 5);
            assert.equal(end.records(), 5);
            end.close();
        });

        it("count a batch when it is complete, and no transaction markers", () => {
            const whole = batch(0, values("a", "b"));
            const path = partition("orders-0", whole);
            truncateSync(segment(path), whole.length - 1);
            const end = new LogEnd(path);
            assert.equal(end.records(), 0);
            writeFileSync(segment(path), Buffer.concat([whole, control(2)]));
            assert.equal(end.records(), 2);
            end.close();
        });

        it("count every partition of a topic", () => {
            partition("orders-0", batch(0, values("a", "b")));
            partition("orders-1", batch(0, values("c")));
            const end = new TopicEnd(folder, "orders", 3);
            assert.deepEqual(end.records(), [2, 1, 0]);
            assert.equal(end.total(), 3);
            end.close();
        });
    });
});
