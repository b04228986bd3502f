import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

describe("bin/kafka-dr.js", function () {
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

describe("kafka-dr with a closed pipe", function () {
    this.timeout(60_000);

    for (const [name, redirected] of [
        ["stdout", "| true"],
        ["stderr", "2>&1 >/dev/null | true"],
    ] as const) {
        it(`keeps its exit code and prints no error when ${name} is closed`, () => {
            // The reader ends before kafka-dr starts to write.
            const command =
                name === "stdout" ? "verify --help" : "verify --help --no-such-option >&2";
            const { stderr } = spawnSync(
                "/bin/sh",
                [
                    "-c",
                    `exec 3>&2; { "$NODE" "$LAUNCHER" ${command}; echo "exit $?" >&3; } ${redirected}`,
                ],
                {
                    encoding: "utf8",
                    env: {
                        ...process.env,
                        NODE: process.execPath,
                        LAUNCHER: path.join(repositoryRoot, "bin/kafka-dr.js"),
                    },
                },
            );
            assert.equal(stderr, "exit 0\n");
        });
    }
});

describe("bin/kafka-dr.js in a checkout", function () {
    let root: string;

    beforeEach(() => {
        root = mkdtempSync(path.join(tmpdir(), "kafka-dr-checkout-"));
        for (const file of ["kafka-dr.js", "build.js", "requireNode.js"]) {
            cpSync(path.join(repositoryRoot, "bin", file), path.join(root, "bin", file));
        }
        writeFileSync(
            path.join(root, "package.json"),
            JSON.stringify({ engines: { node: ">=22.22" } }),
        );
        source("cli/run/container.ts", "");
        source("cli/answer.ts", 'export const answer: string = "one";');
        source(
            "cli/main.ts",
            'import { answer } from "./answer"; export const main = () => { console.log(answer); };',
        );
    });
    afterEach(() => {
        rmSync(root, { recursive: true });
    });

    function source(file: string, text: string): void {
        mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
        writeFileSync(path.join(root, file), text);
    }

    function install(): void {
        symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(root, "node_modules"));
    }

    function start() {
        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            [path.join(root, "bin/kafka-dr.js")],
            { encoding: "utf8", env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" } },
        );
        return { status, stdout: stdout.trim(), stderr };
    }

    it("compiles at the first start, and later when a source has changed", () => {
        install();
        assert.deepEqual(start(), { status: 0, stdout: "one", stderr: "" });
        const compiled = path.join(root, "dist/cli/main.js");
        writeFileSync(compiled, 'exports.main = () => console.log("as compiled")');
        assert.equal(start().stdout, "as compiled");
        source("cli/answer.ts", 'export const answer: string = "another";');
        assert.equal(start().stdout, "another");
    });

    it("compiles at each start if dist/ is not writable", () => {
        install();
        // A file at the folder's path, which stops root as well.
        source("dist", "");
        assert.deepEqual(start(), { status: 0, stdout: "one", stderr: "" });
        source("cli/answer.ts", 'export const answer: string = "another";');
        assert.equal(start().stdout, "another");
    });

    it("names the command that installs the packages, in one line", () => {
        const { status, stdout, stderr } = start();
        assert.equal(status, 1);
        assert.equal(stdout, "");
        assert.equal(
            stderr,
            `kafka-dr: the npm packages are not installed, or are not those of the lockfile: ` +
                `run "make setup" in ${root}.\n`,
        );
    });

    it("names this command for a single missing package as well", () => {
        install();
        source("cli/answer.ts", 'export { answer } from "no-such-package";');
        assert.match(start().stderr, /^kafka-dr: the npm packages are not installed, .*\n$/);
    });

    it("names the line of a source that cannot be compiled", () => {
        install();
        source("cli/answer.ts", "export const answer = ;");
        const { status, stderr } = start();
        assert.equal(status, 1);
        assert.match(stderr, /^kafka-dr: Build failed.*\ncli\/answer\.ts:1:\d+: ERROR: .*\n$/);
    });
});
