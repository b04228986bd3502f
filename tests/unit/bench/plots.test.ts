import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { plotStyles } from "../../../lab/bench/plots/chart";
import { plotsOf } from "../../../lab/bench/plots/plots";
import type { ResultLine } from "../../../lab/bench/result";
import { parseResultFile } from "../../../lab/bench/resultFile";
import { repositoryRoot } from "../../support/rawSettings";
import { latency, machine, mirror, textOf, wholeGrid } from "./synthetic";

function draw(lines: readonly ResultLine[]): Map<string, string> {
    const plots = plotsOf(parseResultFile(textOf(lines), "results.jsonl"));
    return new Map(plots.map(({ name, svg }) => [name, svg()]));
}

describe("the plots", () => {
    const grid = wholeGrid();
    const drawn = draw(grid);

    it("are the same bytes every time, in one process and in another", () => {
        assert.deepEqual(draw(grid), drawn);
        const script = `
            const { plotsOf } = require("./lab/bench/plots/plots");
            const { parseResultFile } = require("./lab/bench/resultFile");
            const { textOf, wholeGrid } = require("./tests/unit/bench/synthetic");
            const plots = plotsOf(parseResultFile(textOf(wholeGrid()), ""));
            console.log(JSON.stringify(plots.toReversed().map(({ name, svg }) => [name, svg()])));`;
        const elsewhere = execFileSync(process.execPath, ["-r", "tsx/cjs", "-e", script], {
            cwd: repositoryRoot,
            encoding: "utf8",
            maxBuffer: 2 ** 26,
            env: { ...process.env, TZ: "Asia/Tokyo", LANG: "de_DE.UTF-8" },
        });
        const others = new Map(JSON.parse(elsewhere) as [string, string][]);
        assert.deepEqual(new Map([...others].reverse()), drawn);
    });

    it("are three, on white, with names and units", () => {
        assert.deepEqual([...drawn.keys()], ["throughput.svg", "batch-latency.svg", "latency.svg"]);
        const texts: Readonly<Record<string, readonly string[]>> = {
            "throughput.svg": ["records/s", "round trip added between MM2 and the target (ms)"],
            "batch-latency.svg": ["batch-size-avg (bytes)", "request-latency-avg (ms)"],
            "latency.svg": ["latency (ms)", "load (% of the largest rate)"],
        };
        for (const [name, svg] of drawn) {
            assert.match(svg, /<rect width="\d+" height="\d+" x="0" y="0" fill="#ffffff">/, name);
            for (const text of [...texts[name]!, "TLS", "wan", "in-flight+tutorial"]) {
                assert(svg.includes(`>${text}`), `${name}: ${text}`);
            }
            assert.doesNotMatch(svg, /<style|<script|NaN|undefined|ecmeta|zr\d/, name);
        }
    });

    it("have a line from the slowest to the fastest run", () => {
        const runs = (...rates: number[]) =>
            draw([machine, ...rates.map((rate, i) => mirror({}, i + 1, rate))]).get(
                "throughput.svg",
            )!;
        /** Lengths of vertical strokes in the colour and width of whiskers. */
        const lengths = (svg: string) =>
            [...svg.matchAll(/d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"[^>]*stroke-width="1.5"/g)]
                .filter(([, x1, , x2]) => x1 === x2)
                .map(([, , y1, , y2]) => Math.abs(Number(y1) - Number(y2)));
        // A panel is 300 pixels high, and these rates are one power of ten apart.
        assert(Math.abs(Math.max(...lengths(runs(1000, 5000, 10_000))) - 300) < 1);
        assert(Math.max(...lengths(runs(5000, 5000))) < 1);
    });

    it("contain only measured data", () => {
        const noMetrics = { batchSizeAvg: null, requestLatencyAvgMs: null };
        assert.deepEqual([...draw([machine]).keys()], []);
        assert.deepEqual([...draw([machine, latency({}, 1, 50, 5)]).keys()], ["latency.svg"]);
        assert.deepEqual(
            [...draw([machine, { ...mirror({}, 1, 1000), ...noMetrics }]).keys()],
            ["throughput.svg"],
        );
        assert.deepEqual([...draw([machine, mirror({ series: "payload" }, 1, 5)]).keys()], []);
    });

    it("give each configuration a style that does not depend on the others", () => {
        const names = ["defaults", "tutorial", "in-flight", "lan", "wan"];
        const more = Array.from({ length: 9 }, (_unused, i) => `wan+${i}`);
        const styles = plotStyles([...more, ...names]);
        assert.equal(new Set([...styles.values()].map((style) => JSON.stringify(style))).size, 14);
        for (const name of names) {
            assert.deepEqual(plotStyles(names.toReversed()).get(name), styles.get(name));
        }
    });
});
