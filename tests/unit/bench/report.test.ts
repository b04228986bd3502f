import assert from "node:assert/strict";
import { format } from "prettier";
import { digits, markdownTable, NOTHING, percent, range } from "../../../lab/bench/format";
import { renderReport } from "../../../lab/bench/report";
import type { ResultLine } from "../../../lab/bench/result";
import { parseResultFile } from "../../../lab/bench/resultFile";
import { summaryJson } from "../../../lab/bench/summaryJson";
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

function fileOf(lines: readonly ResultLine[]) {
    return parseResultFile(textOf(lines), "results.jsonl");
}

/** Formatted, as it is written, so that a table's columns have one width. */
async function reportOf(...lines: ResultLine[]): Promise<string> {
    return format(renderReport(fileOf([machine, ...lines])), { parser: "markdown" });
}

/** The cells of the first row below the heading whose cells begin with the given texts. */
function row(report: string, heading: string, ...begin: string[]): string[] {
    const [, section = ""] = report.split(`${heading}\n`);
    const rows = section.split("\n").map((line) =>
        line
            .split("|")
            .slice(1, -1)
            .map((text) => text.trim()),
    );
    const found = rows.find((cells) => begin.every((text, i) => cells[i] === text));
    assert(found, `${heading}: ${begin.join(" | ")}`);
    return found;
}

describe("numbers in a report", () => {
    const cases: readonly [value: number, expected: string][] = [
        [138_960, "139,000"],
        [1_234_567, "1,230,000"],
        [99.95, "100"],
        [12.34, "12.3"],
        [0.01234, "0.0123"],
        [0, "0"],
    ];
    for (const [value, expected] of cases) {
        it(`shows ${value} as ${expected}`, () => {
            assert.equal(digits(value), expected);
        });
    }

    it("shows no negative zero", () => {
        assert.deepEqual([0.3141, 0.0314, -0.0001, 0].map(percent), [
            "31 %",
            "3.1 %",
            "0.0 %",
            "0.0 %",
        ]);
    });

    it("gives one run no range", () => {
        assert.equal(range({ median: 1, min: 1, max: 1, runs: 1 }), NOTHING);
    });

    it("escapes a pipe, and omits a column without values", () => {
        const table = markdownTable(
            ["a|b"],
            [
                { head: "name", cell: (text) => text, isText: true },
                { head: "nothing", cell: () => NOTHING },
            ],
        );
        assert.equal(table, "| name |\n| --- |\n| a\\|b |");
    });
});

describe("renderReport", () => {
    it("compares each configuration with the defaults and the tutorial, run by run", async () => {
        const report = await reportOf(
            mirror({ configuration: "defaults" }, 1, 1000),
            mirror({ configuration: "defaults" }, 2, 2000),
            mirror({ configuration: "tutorial" }, 1, 5000),
            mirror({ configuration: "wan+lz4" }, 1, 20_000),
            mirror({ configuration: "wan+lz4" }, 2, 60_000),
            mirror({ configuration: "wan+lz4" }, 3, 50_000),
        );
        const heading = "## By round trip";
        assert.deepEqual(row(report, heading, "`wan+lz4`").slice(1, 7), [
            "50,000",
            "20,000–60,000",
            // 500,000 records in 400,000 / 50,000 s, as the synthetic second halves are.
            "62,500",
            "3",
            "25 (20–30)",
            "4",
        ]);
        assert.deepEqual(row(report, heading, "`defaults`").slice(4, 7), ["2", "-", "0.2"]);
        assert.match(
            report,
            /^TLS, 3 partitions, records of 100 bytes, payload letters, 10 ms round trip\.$/m,
        );
    });

    it("evaluates the second halves of the runs separately", async () => {
        const slowStart = { ...mirror({ configuration: "wan" }, 1, 10_000), secondHalfSeconds: 10 };
        const report = await reportOf(mirror({ configuration: "defaults" }, 1, 1000), slowStart);
        const goal = "10 ms: at least 13 x `defaults`";
        const judged = (heading: string) =>
            report
                .split(`${heading}\n`)[1]
                ?.split("\n")
                .find((line) => line.includes(goal));
        assert.match(judged("## Goals") ?? "", /missed.*10 x/);
        // 50,000 records a second to 1,250.
        assert.match(judged("### With a warm JVM") ?? "", /met.*40 x/);
    });

    it("does not compare across series, transports, workloads or round trips", async () => {
        const report = await reportOf(
            mirror({ configuration: "defaults", roundTripMs: 0 }, 1, 1000),
            mirror({ configuration: "defaults", transport: "plaintext" }, 1, 1000),
            mirror({ configuration: "defaults", recordBytes: 1000 }, 1, 1000),
            mirror({ configuration: "defaults", series: "partitions" }, 1, 1000),
            mirror({ configuration: "wan" }, 1, 2000),
        );
        assert.doesNotMatch(report, /x `defaults` \|/);
    });

    it("shows the tutorial's metrics, and a dash for a missing one", async () => {
        const silent = { batchSizeAvg: null, requestLatencyAvgMs: null, recordsLagMax: null };
        const report = await reportOf(
            { ...mirror({ configuration: "wan" }, 1, 1000), ...silent },
            { ...mirror({ configuration: "lan" }, 1, 1000), batchSizeAvg: 31_000.4 },
        );
        const heading = "## By round trip";
        assert.deepEqual(row(report, heading, "`lan`").slice(-4), [
            "0.1",
            "31,000",
            "12 ms",
            "300,000",
        ]);
        assert.deepEqual(row(report, heading, "`wan`").slice(-4), ["0.1", "-", "-", "-"]);
    });

    it("shows what TLS loses against plaintext in the same repetition", async () => {
        const report = await reportOf(
            mirror({ configuration: "wan" }, 1, 80),
            mirror({ configuration: "wan" }, 2, 60),
            mirror({ configuration: "wan", transport: "plaintext" }, 1, 100),
            mirror({ configuration: "wan", transport: "plaintext" }, 2, 100),
            mirror({ configuration: "lan", transport: "plaintext" }, 1, 100),
        );
        assert.deepEqual(row(report, "### Cost of TLS", "`wan`").slice(1), ["30 % (20 % to 40 %)"]);
        assert.throws(() => row(report.split("###")[2]!, "### Cost of TLS", "`lan`"));
    });

    it("names the varying fields of an unknown series", async () => {
        const report = await reportOf(
            mirror({ series: "new & odd", partitions: 1 }, 1, 1000),
            mirror({ series: "new & odd", partitions: 12 }, 1, 5000),
        );
        assert.deepEqual(row(report, "## new & odd", "12").slice(0, 3), [
            "12",
            "`defaults`",
            "5,000",
        ]);
    });

    it("compares variations of wan with wan, in a series without slower configurations", async () => {
        const series = "parts of wan";
        const report = await reportOf(
            mirror({ series, configuration: "wan" }, 1, 1000),
            mirror({ series, configuration: "wan, G1" }, 1, 900),
            mirror({ configuration: "wan" }, 1, 100),
        );
        assert.equal(row(report, "## Settings of wan, one at a time", "`wan, G1`")[4], "0.9");
        assert.match(report, /x `wan` +\|/);
    });

    it("states where the round trip is for a distant source", async () => {
        const report = await reportOf(mirror({ series: "source-distance" }, 1, 1000));
        assert.match(
            report,
            /^## Distant source\n\nTLS, .*, 10 ms round trip, between the source and MM2\.$/m,
        );
    });

    it("computes the cost per mirrored byte of values", async () => {
        const line = mirror({}, 1, 100_000);
        const report = await reportOf({
            ...line,
            jvms: {
                ...line.jvms,
                mirrorMaker: { cpuSeconds: 7, peakMemoryBytes: 2 ** 30, gcPauseSeconds: 2 },
            },
        });
        // 100 MB in 10 s; the others used 5 s, 700 MiB and paused for 0.25 s.
        assert.deepEqual(row(report, "## Cost", "`defaults`").slice(1), [
            ...["70", "50", "50", "10"],
            ...["1,024", "700", "700"],
            ...["20 %", "2.5 %", "2.5 %"],
        ]);
    });

    it("shows latency by load, the smallest load first", async () => {
        const report = await reportOf(
            latency({}, 1, 100, 50),
            latency({}, 1, 20, 5),
            latency({}, 2, 20, 7),
        );
        const heading = "## Latency";
        assert.deepEqual(row(report, heading, "`defaults`"), [
            ...["`defaults`", "20 %", "10,000"],
            ...["6 (5–7)", "24 (20–28)", "60 (50–70)", "2"],
        ]);
    });

    it("compares the mirror with the producer, and shows a producer without a mirror", async () => {
        const alone = producer({ configuration: "lan", roundTripMs: 0 }, 1, 4000);
        assert.match(await reportOf(alone), /^- `lan`, TLS, 0 ms: 4,000 records\/s$/m);
        const both = await reportOf(
            alone,
            mirror({ configuration: "wan", roundTripMs: 0 }, 1, 3000),
        );
        assert.deepEqual(row(both, "## Comparison with Kafka's producer", "`wan`"), [
            ...["`wan`", "3,000", "`lan`", "4,000", "0.75"],
        ]);
    });

    it("compares the mirror with the maximum rate of the proxy", async () => {
        const report = await reportOf(proxy(1, 100), proxy(2, 300), mirror({}, 1, 400_000));
        assert.match(
            report,
            /carries 200 MB\/s \(100–300\)\. The fastest run .* 40 MB\/s .* 20 % of that rate/,
        );
    });

    it("lists failures with their messages, and whether a later attempt succeeded", async () => {
        const failure = (repetition: number, message: string) =>
            ({
                kind: "failure",
                measurement: "mirror",
                cell,
                repetition,
                startedAt: at(0),
                message,
            }) as const;
        const report = await reportOf(
            failure(1, "broke\n| here <b> `now`"),
            failure(2, "again"),
            mirror({}, 2, 5),
        );
        assert.match(report, /repetition 1: `` broke \| here <b> `now` ``\.$/m);
        assert.match(report, /repetition 2: `again`\. A later attempt succeeded\.$/m);
    });

    it("names the kind of a failed measurement; a run of the mirror does not repair another kind", async () => {
        const failed = { cell, repetition: 1, startedAt: at(0), message: "no" } as const;
        const report = await reportOf(
            { kind: "failure", measurement: "producer", ...failed },
            { kind: "failure", measurement: "latency", ...failed },
            mirror({}, 1, 5),
        );
        assert.match(report, /^- ProducerPerformance, .*repetition 1: `no`\.$/m);
        assert.match(report, /^- latency of .*repetition 1: `no`\.$/m);
    });

    it("shows the settings of the measured configurations and no others", async () => {
        const name = "wan, exactly once, polls of 500";
        const report = await reportOf(
            mirror({ configuration: name }, 1, 5),
            mirror({ configuration: "of an older grid" }, 1, 5),
        );
        const table = report.split("### Configurations")[1]?.split("###")[0] ?? "";
        assert.deepEqual(
            table
                .split("\n")
                .filter((line) => line.startsWith("| `"))
                .map((line) => line.replace(/ +/g, " ")),
            [
                `| \`${name}\` | \`mirror.profile: wan\`, \`mirror.consumerOverrides: { max.poll.records: 500 }\`, \`mirror.exactlyOnceSourceSupport: enabled\` |`,
            ],
        );
    });

    it("has only unmeasured goals and no empty section without measurements", async () => {
        const report = await reportOf();
        assert.match(report, /^0 met, 0 missed, 16 not measured\./m);
        assert.deepEqual(report.match(/^#+ .*$/gm), [
            "# Throughput of the mirror",
            "## Goals",
            "## Method",
        ]);
    });

    it("states when the measured code has uncommitted changes", async () => {
        const dirty = renderReport(fileOf([{ ...machine, commit: "abc+" }]));
        assert.match(dirty, /commit `abc`, with uncommitted changes/);
        assert.doesNotMatch(await reportOf(), /uncommitted changes/);
    });

    it("contains no NaN, for a full grid and for every subset", () => {
        const grid = wholeGrid(2);
        for (const part of [grid, grid.slice(0, 40), [machine, ...grid.slice(-60)]]) {
            const file = fileOf(part);
            assert.doesNotMatch(
                `${renderReport(file)}${summaryJson(file)}`,
                /NaN|Infinity|undefined/,
            );
        }
    });

    it("does not depend on the order of the lines", () => {
        const [first, ...others] = wholeGrid(2);
        assert.equal(
            renderReport(fileOf([first!, ...others.toReversed()])),
            renderReport(fileOf([first!, ...others])),
        );
    });
});

describe("summaryJson", () => {
    it("contains the machine, and each cell with its runs", () => {
        const text = summaryJson(
            fileOf([machine, mirror({}, 1, 1000), mirror({}, 2, 1500), mirror({}, 3, 3000)]),
        );
        const parsed = JSON.parse(text) as {
            machine: unknown;
            mirror: { cell: unknown; recordsPerSecond: unknown }[];
        };
        assert.deepEqual(parsed.machine, machine);
        assert.deepEqual(parsed.mirror[0]?.cell, cell);
        assert.deepEqual(parsed.mirror[0].recordsPerSecond, {
            median: 1500,
            min: 1000,
            max: 3000,
            runs: 3,
        });
        assert(text.split("\n").some((line) => line.startsWith('    {"cell":{"series"')));
    });
});
