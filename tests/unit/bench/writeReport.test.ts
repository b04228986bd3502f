import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, resolveConfig } from "prettier";
import { writeReport } from "../../../lab/bench/writeReport";
import { repositoryRoot } from "../../support/rawSettings";
import { machine, textOf, wholeGrid } from "./synthetic";

describe("bench:report", function () {
    let folder = "";
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "bench-report-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function run(...args: string[]) {
        const program = ["-r", "tsx/cjs", "lab/bench/writeReport.ts"];
        return spawnSync(process.execPath, [...program, ...args], {
            cwd: repositoryRoot,
            encoding: "utf8",
        });
    }

    it("writes Markdown in prettier's format, and every linked plot", async () => {
        const results = join(folder, "results.jsonl");
        const out = join(folder, "new", "folder");
        writeFileSync(results, `${textOf(wholeGrid(2))}{"kind":`);
        const warnings = await writeReport(results, out);
        assert.equal(warnings.length, 1);
        const report = readFileSync(join(out, "report.md"), "utf8");
        const style = await resolveConfig(join(repositoryRoot, "package.json"));
        assert(await check(report, { ...style, parser: "markdown" }));
        const shown = [...report.matchAll(/\]\(([\w-]+\.svg)\)/g)].map(([, name]) => name!);
        assert.deepEqual(readdirSync(out).sort(), [...shown, "report.md", "results.json"].sort());
        assert.equal(shown.length, 3);
        JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
    });

    it("exits with 0 for a report, with warnings on standard error", () => {
        const results = join(folder, "results.jsonl");
        writeFileSync(results, `${textOf([machine])}{"kind":`);
        const { status, stdout, stderr } = run(results, folder);
        assert.equal(status, 0, stderr);
        assert.equal(stdout, `Wrote ${join(folder, "report.md")}\n`);
        assert.match(stderr, /^warning: .*line 2: incomplete/);
    });

    it("exits with 2 and one line for an invalid file, and writes nothing", () => {
        const results = join(folder, "results.jsonl");
        const out = join(folder, "out");
        writeFileSync(results, '{"kind":"guess"}\n');
        const { status, stdout, stderr } = run(results, out);
        assert.equal(status, 2);
        assert.equal(stdout, "");
        assert.match(stderr, /^bench:report: .*results\.jsonl, line 1: kind must be one of .*\n$/);
        assert(!existsSync(out));
    });

    it("exits with 2 for a missing file or wrong arguments, and names the remedy", () => {
        const missing = run(join(folder, "none.jsonl"));
        assert.equal(missing.status, 2);
        assert.match(missing.stderr, /cannot read .*none\.jsonl \(ENOENT\)\. `make bench` writes/);
        for (const args of [["--wrong"], ["a", "b", "c"]]) {
            const { status, stderr } = run(...args);
            assert.equal(status, 2);
            assert.match(stderr, /^bench:report: .* See --help\.\n$/);
        }
    });

    it("has a help text with every exit code", () => {
        const { status, stdout } = run("--help");
        assert.equal(status, 0);
        assert.match(stdout, /npm run bench:report -- \[<results\.jsonl> \[<folder>\]\]/);
        assert.match(stdout, /^ {2}0 .*\n {2}1 .*\n {2}2 /m);
    });
});
