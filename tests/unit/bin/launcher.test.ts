import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

describe("bin/kafka-dr.js", function () {
    this.timeout(60_000);
    let folder: string;
    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-launcher-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    for (const [version, isRefused] of [
        ["20.20.2", true],
        ["22.21.9", true],
        ["22.22.0", false],
        ["24.0.0", false],
    ] as const) {
        it(`${isRefused ? "refuses" : "starts on"} Node.js ${version}`, () => {
            const faked = path.join(folder, "version.js");
            writeFileSync(
                faked,
                `Object.defineProperty(process.versions, "node", { value: "${version}" });`,
            );
            const launcher = path.join(repositoryRoot, "bin/kafka-dr.js");
            const { status, stdout, stderr } = spawnSync(
                process.execPath,
                ["--require", faked, launcher, "--help"],
                { encoding: "utf8" },
            );
            if (isRefused) {
                assert.equal(status, 1);
                assert.equal(stdout, "");
                assert.match(
                    stderr,
                    /^kafka-dr: Node\.js [\d.]+ is too old for kafka-dr, which needs 22\.22 or newer: install .*\n$/,
                );
            } else {
                assert.equal(status, 0, stderr);
                assert.match(stdout, /^Usage: kafka-dr/);
            }
        });
    }
});
