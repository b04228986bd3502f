import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenDiff } from "../../scripts/review/revisions";
import { repositoryRoot } from "../support/rawSettings";

describe("scripts/review/goldenDiff.ts", () => {
    let folder: string;

    const git = (...args: readonly string[]) => {
        const result = spawnSync(
            "git",
            ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args],
            { cwd: folder, encoding: "utf8" },
        );
        assert.equal(result.status, 0, result.stderr);
    };
    const golden = (batchSize: number) => {
        const text = readFileSync(join(repositoryRoot, "tests/golden/prod.yaml"), "utf8");
        const changed = text.replace(/batch\.size: \d+/, `batch.size: ${batchSize}`);
        writeFileSync(join(folder, "tests/golden/prod.yaml"), changed);
    };

    before(() => {
        folder = mkdtempSync(join(tmpdir(), "kafka-dr-review-"));
        mkdirSync(join(folder, "tests/golden"), { recursive: true });
        git("init", "--quiet", "--initial-branch=main");
        git("commit", "--quiet", "--allow-empty", "--message", "empty");
        golden(1);
        git("add", "tests");
        git("commit", "--quiet", "--message", "one");
        golden(2);
        git("commit", "--quiet", "--all", "--message", "two");
        golden(3);
    });

    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    it("compares two commits", () => {
        assert.match(
            goldenDiff(["--base", "HEAD^", "--head", "HEAD"], folder),
            /producer\.override\.batch\.size"\]`: `1` → `2`/,
        );
    });

    it("compares the working tree with a commit", () => {
        assert.match(goldenDiff(["--base", "HEAD"], folder), /`2` → `3`/);
    });

    it("treats a commit without golden files as one without stacks", () => {
        assert.match(
            goldenDiff(["--base", "HEAD~2", "--head", "HEAD"], folder),
            /### prod: \d+ added/,
        );
    });

    const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
        ["no base", [], /^usage: goldenDiff\.ts --base/],
        ["an unknown revision", ["--base", "nonsense"], /^fatal: .*nonsense/],
        [
            "an option in place of a revision",
            ["--base=--output=stolen"],
            /^fatal: .*--output=stolen/,
        ],
        ["an unknown option", ["--bas", "HEAD"], /--bas/],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => goldenDiff(args, folder), { message });
        });
    }

    it("refuses an invalid golden file, with its name", () => {
        writeFileSync(join(folder, "tests/golden/prod.yaml"), "a: 1\n");
        assert.throws(
            () => goldenDiff(["--base", "HEAD"], folder),
            /^Error: tests\/golden\/prod\.yaml: neither a resource nor the outputs/,
        );
    });

    it("as a command, reports the error in one line and exits with 2", () => {
        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ["-r", "tsx/cjs", "scripts/review/goldenDiff.ts"],
            { cwd: repositoryRoot, encoding: "utf8" },
        );
        assert.equal(status, 2);
        assert.equal(stdout, "");
        assert.match(stderr, /^goldenDiff: usage: .*\n$/);
    });
});
