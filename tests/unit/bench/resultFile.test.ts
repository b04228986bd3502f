import assert from "node:assert/strict";
import fc from "fast-check";
import { cellKey, completed, measurementKey } from "../../../lab/bench/measurementKeys";
import { machineDifferences } from "../../../lab/bench/machine";
import type { Cell, ResultLine } from "../../../lab/bench/result";
import { parseResultFile, ResultFileError } from "../../../lab/bench/resultFile";
import {
    at,
    cell,
    latency,
    machine,
    mirror,
    producer,
    proxy,
    textOf,
    wholeGrid,
} from "./synthetic";

const FILE = "results.jsonl";
const failure = {
    kind: "failure",
    measurement: "mirror",
    cell,
    repetition: 2,
    startedAt: at(1),
    message: "no",
} as const;

function parse(text: string) {
    return parseResultFile(text, FILE);
}

function problemOf(text: string): string {
    try {
        parse(text);
    } catch (error) {
        assert(error instanceof ResultFileError, String(error));
        return error.message;
    }
    return assert.fail("was accepted");
}

describe("parseResultFile", () => {
    it("returns every kind of line unchanged", () => {
        const lines: ResultLine[] = [
            machine,
            mirror({}, 1, 1000),
            { ...mirror({}, 2, 1000), batchSizeAvg: null, requestLatencyAvgMs: null },
            latency({}, 1, 50, 7),
            producer({}, 1, 9000),
            proxy(1, 800),
            failure,
        ];
        const file = parse(textOf(lines));
        assert.deepEqual([file.machine, ...file.measurements], lines);
        assert.deepEqual(file.warnings, []);
        assert.equal(file.completeText, textOf(lines));
    });

    it("distinguishes failures of the mirror and of the producer in one cell", () => {
        const other = { ...failure, measurement: "producer" } as const;
        const { measurements } = parse(textOf([machine, failure, other]));
        assert.deepEqual(measurements, [failure, other]);
    });

    it("ignores an incomplete last line, wherever it ends", () => {
        const whole = textOf([machine, mirror({}, 1, 1000)]);
        const last = JSON.stringify(proxy(1, 800));
        fc.assert(
            fc.property(fc.integer({ min: 1, max: last.length - 1 }), (length) => {
                const file = parse(whole + last.slice(0, length));
                assert.equal(file.measurements.length, 1);
                assert.equal(file.completeText, whole);
                assert.deepEqual(file.warnings, [
                    "results.jsonl, line 3: incomplete, left by an interrupted write; it is ignored.",
                ]);
            }),
        );
    });

    it("accepts a complete last line without a newline, and adds the newline", () => {
        const file = parse(textOf([machine, proxy(1, 800)]).trimEnd());
        assert.equal(file.measurements.length, 1);
        assert.deepEqual(file.warnings, []);
        assert.equal(file.completeText, textOf([machine, proxy(1, 800)]));
    });

    it("uses the later of two lines for the same measurement, with a warning", () => {
        const file = parse(
            textOf([machine, mirror({}, 1, 1000), proxy(1, 5), mirror({}, 1, 2000)]),
        );
        assert.deepEqual(file.measurements, [proxy(1, 5), mirror({}, 1, 2000)]);
        assert.deepEqual(file.warnings, [
            "results.jsonl, line 4: repeats an earlier measurement; this later line counts.",
        ]);
    });

    const row = (line: object) => `${JSON.stringify(machine)}\n${JSON.stringify(line)}\n`;
    const wrong: readonly [name: string, text: string, message: string | RegExp][] = [
        ["an empty file", "", /^results\.jsonl, line 1: the machine must be the first line/],
        [
            "a file without a machine",
            textOf([proxy(1, 5)]),
            /line 1: the machine must be the first line/,
        ],
        ["a second machine", textOf([machine, proxy(1, 5), machine]), /line 3: a second machine/],
        [
            "an incomplete line before others",
            `${JSON.stringify(machine)}\n{"kind":"pro\n${JSON.stringify(proxy(1, 5))}\n`,
            "results.jsonl, line 2: not JSON. Each line must be one JSON object; only the last one may be incomplete.",
        ],
        ["an empty line", `${textOf([machine])}\n${textOf([proxy(1, 5)])}`, /line 2: not JSON/],
        [
            "another kind",
            row({ kind: "guess" }),
            'results.jsonl, line 2: kind must be one of machine, mirror, latency, producer, proxy, failure, not "guess".',
        ],
        ["a number", row(5 as unknown as object), "results.jsonl, line 2: must be a JSON object."],
        [
            "a wrong number",
            row({ ...proxy(1, 5), megabytesPerSecond: null }),
            "results.jsonl, line 2: megabytesPerSecond must be a number above 0, not null.",
        ],
        [
            "a duration of nothing, by which a rate would be divided",
            row({ ...mirror({}, 1, 1), seconds: 0 }),
            "results.jsonl, line 2: seconds must be a number above 0, not 0.",
        ],
        [
            "a wrong choice deep inside",
            row(producer({ transport: "ssl" as "tls" }, 1, 5)),
            'results.jsonl, line 2: cell.transport must be one of tls, plaintext, not "ssl".',
        ],
        [
            "missing fields and unknown ones, all at once",
            row({ kind: "proxy", repetition: 1, startedAt: at(0), speed: 5 }),
            "results.jsonl, line 2: megabytesPerSecond is missing and must be a number above 0; unknown field speed.",
        ],
        [
            "a missing object",
            row({ ...failure, cell: undefined }),
            "results.jsonl, line 2: cell is missing and must be a JSON object.",
        ],
    ];
    for (const [name, text, message] of wrong) {
        it(`refuses ${name}`, () => {
            const problem = problemOf(text);
            if (typeof message === "string") {
                assert.equal(problem, message);
            } else {
                assert.match(problem, message);
            }
        });
    }
});

describe("completed", () => {
    it("contains every measurement of a file except failures, which are tried again", () => {
        const grid = wholeGrid(2);
        const found = completed([...grid, failure]);
        assert.equal(found.size, grid.length - 1);
        assert(found.has(measurementKey({ kind: "proxy", repetition: 2 })));
        assert(found.has(measurementKey({ kind: "mirror", cell, repetition: 2 })));
        assert(!found.has(measurementKey({ kind: "mirror", cell, repetition: 3 })));
        assert(!found.has(measurementKey({ kind: "producer", cell, repetition: 1 })));
        const load = {
            kind: "latency",
            cell: { ...cell, series: "latency" },
            repetition: 1,
        } as const;
        assert(found.has(measurementKey({ ...load, loadPercent: 50 })));
        assert(!found.has(measurementKey({ ...load, loadPercent: 51 })));
    });
});

describe("cellKey", () => {
    const text = fc.string({ maxLength: 3 });
    const anyCell: fc.Arbitrary<Cell> = fc.record({
        series: text,
        roundTripMs: fc.nat({ max: 2 }),
        transport: fc.constantFrom("tls" as const, "plaintext" as const),
        recordBytes: fc.integer({ min: 1, max: 2 }),
        payload: fc.constantFrom("letters" as const, "random" as const, "text" as const),
        partitions: fc.integer({ min: 1, max: 2 }),
        configuration: text,
    });

    it("is equal for two cells exactly when the cells are equal", () => {
        const near = anyCell.chain((one) =>
            fc.tuple(
                fc.constant(one),
                fc
                    .tuple(anyCell, fc.subarray(Object.keys(cell) as (keyof Cell)[]))
                    .map(([other, keys]) => ({
                        ...one,
                        ...Object.fromEntries(keys.map((key) => [key, other[key]])),
                    })),
            ),
        );
        const fields = (of: Cell) => JSON.stringify(Object.entries(of).sort());
        fc.assert(
            fc.property(near, ([one, other]) => {
                assert.equal(cellKey(one) === cellKey(other), fields(one) === fields(other));
            }),
            { numRuns: 500 },
        );
    });

    it("keeps its format, because resumed files depend on it", () => {
        assert.equal(
            measurementKey({ kind: "mirror", cell, repetition: 2 }),
            'mirror 2: "round-trip" 10 ms tls 100 B letters 3 partitions "defaults"',
        );
    });
});

describe("machineDifferences", () => {
    it("names the differences of another machine or commit, but not the start time", () => {
        assert.deepEqual(machineDifferences(machine, { ...machine, startedAt: at(9) }), []);
        assert.deepEqual(machineDifferences(machine, { ...machine, cores: 4, commit: "abc+" }), [
            "cores was 2 and is 4",
            'commit was "0123456789abcdef" and is "abc+"',
        ]);
        const heapMegabytes = { target: 512, source: 512, mirrorMaker: 1024 };
        assert.deepEqual(machineDifferences(machine, { ...machine, heapMegabytes }), []);
        assert.deepEqual(
            machineDifferences(machine, {
                ...machine,
                heapMegabytes: { ...heapMegabytes, source: 1 },
            }).length,
            1,
        );
    });
});
