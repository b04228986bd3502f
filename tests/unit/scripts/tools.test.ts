import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
    chmodSync,
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

/** The system commands of the scripts, apart from the tools that they look for. */
const SYSTEM = [
    "cd",
    "dirname",
    "find",
    "head",
    "ls",
    "mkdir",
    "mktemp",
    "rm",
    "sed",
    "sort",
    "touch",
    "tr",
];

const NEEDED = /"node": ">=([\d.]+)"/.exec(
    readFileSync(path.join(repositoryRoot, "package.json"), "utf8"),
)![1]!;

describe("the tools of the make targets", function () {
    let folder: string;
    let programs: string;

    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-tools-"));
        programs = path.join(folder, "programs");
        mkdirSync(programs);
        for (const tool of [...SYSTEM, "uname"]) {
            const found = spawnSync("which", [tool], { encoding: "utf8" }).stdout.trim();
            if (found !== "") {
                symlinkSync(found, path.join(programs, tool));
            }
        }
        // A separate checkout, in which the scripts may install.
        for (const file of ["package.json", "scripts/node/package-lock.json"]) {
            cpSync(path.join(repositoryRoot, file), path.join(folder, file));
        }
        for (const script of ["with-node.sh", "require-machine.sh"]) {
            cpSync(
                path.join(repositoryRoot, "scripts", script),
                path.join(folder, "scripts", script),
            );
        }
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function program(file: string, text: string): void {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, `#!/bin/sh\n${text}\n`);
        chmodSync(file, 0o755);
    }

    /** A tool that prints its version; Java does so on standard error. */
    function tool(name: "node" | "java", version: string): void {
        program(path.join(programs, name), `echo '${version}' ${name === "java" ? ">&2" : ""}`);
    }

    /** An npm that records each call and unpacks a Node.js of a version, like the registry's packages. */
    function npmFetching(version: string): void {
        program(path.join(folder, "fetched"), `echo ${version}`);
        program(
            path.join(programs, "npm"),
            `echo "$PWD: $*" >> "${folder}/calls"
             mkdir -p node_modules/node-some-platform/bin
             /bin/cp "${folder}/fetched" node_modules/node-some-platform/bin/node
             echo "added 1 package"`,
        );
    }

    function npmCalls(): number {
        const file = path.join(folder, "calls");
        return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
    }

    function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
        const { status, stdout, stderr } = spawnSync(
            "/bin/sh",
            [path.join(folder, "scripts", script), ...args],
            { encoding: "utf8", env: { PATH: programs, ...env } },
        );
        return { status, stdout: stdout.trim(), stderr: stderr.trim() };
    }

    describe("with-node.sh", () => {
        const version = ["/bin/sh", "-c", "node --version; exit 3"];

        for (const found of [NEEDED, "22.100.0", "24.1.0", "100.0.0"]) {
            it(`runs a command on the machine's own Node.js ${found} and fetches nothing`, () => {
                tool("node", `v${found}`);
                npmFetching("v24.9.9");
                const { status, stdout } = run("with-node.sh", version);
                assert.deepEqual([status, stdout, npmCalls()], [3, `v${found}`, 0]);
            });
        }

        it("fetches a Node.js once if the machine's own is too old, and reports it once", () => {
            tool("node", "v20.20.2");
            npmFetching("v24.9.9");
            const first = run("with-node.sh", version);
            assert.deepEqual([first.status, first.stdout], [3, "v24.9.9"]);
            assert.equal(
                first.stderr,
                `Node.js 20.20.2 is older than ${NEEDED}: downloading a newer one from the npm registry ` +
                    "to scripts/node (50 MB, once) ...",
            );
            assert.match(
                readFileSync(path.join(folder, "calls"), "utf8"),
                /\/scripts\/node: ci --ignore-scripts /,
            );
            const second = run("with-node.sh", version);
            assert.deepEqual(second, { status: 3, stdout: "v24.9.9", stderr: "" });
            assert.equal(npmCalls(), 1);
        });

        it("fetches again after the pinned versions have changed", () => {
            tool("node", "v20.20.2");
            npmFetching("v24.9.9");
            run("with-node.sh", version);
            const later = new Date(Date.now() + 60_000);
            utimesSync(path.join(folder, "scripts/node/package-lock.json"), later, later);
            run("with-node.sh", version);
            assert.equal(npmCalls(), 2);
        });

        it("prints in one line which tool is missing", () => {
            const noNode = run("with-node.sh", version);
            assert.equal(noNode.status, 1);
            assert.match(noNode.stderr, /^kafka-dr: Node\.js is missing; install Node\.js 24 .*$/);
            tool("node", "v24.1.0");
            const noNpm = run("with-node.sh", version);
            assert.equal(noNpm.status, 1);
            assert.match(
                noNpm.stderr,
                /^kafka-dr: npm is missing; install Node\.js 24 with npm .*$/,
            );
        });

        it("prints what to install if npm fails, and tries again the next time", () => {
            tool("node", "v20.20.2");
            program(path.join(programs, "npm"), "echo 'npm error network' >&2; exit 1");
            for (const time of ["first", "second"]) {
                const { status, stderr } = run("with-node.sh", version);
                assert.equal(status, 1, time);
                assert.match(
                    stderr,
                    /npm error network\nkafka-dr: Node\.js 20\.20\.2 is too old, and npm could not download a newer one; install Node\.js 24/,
                );
            }
        });

        it("prints what to install if the registry has no Node.js that runs here", () => {
            tool("node", "v20.20.2");
            program(path.join(programs, "npm"), "mkdir -p node_modules");
            const { status, stderr } = run("with-node.sh", version);
            assert.equal(status, 1);
            assert.match(stderr, /has none for this platform \(.+\); install Node\.js 24/);
        });
    });

    describe("require-machine.sh", () => {
        const machine = (env: Record<string, string> = {}) =>
            run("require-machine.sh", [], { HOME: folder, ...env });

        beforeEach(() => {
            symlinkSync(process.execPath, path.join(programs, "node"));
        });

        // Not even root can create a folder below a file.
        const nowhere = path.join(repositoryRoot, "package.json", "x");
        const wrong: readonly [Record<string, string>, RegExp][] = [
            [
                { TMPDIR: nowhere },
                /^kafka-dr: TMPDIR is \S+, where no file can be created; set it to .*$/,
            ],
            [
                { HOME: nowhere },
                /^kafka-dr: no file .* in \S+\/\.cache\/kafka-dr, which follows from HOME; correct HOME, or set KAFKA_DR_CACHE to .*$/,
            ],
            [{ XDG_CACHE_HOME: nowhere }, /^kafka-dr: .* follows from XDG_CACHE_HOME; correct .*$/],
            [{ KAFKA_DR_CACHE: nowhere }, /^kafka-dr: KAFKA_DR_CACHE is \S+, where no file .*$/],
        ];
        for (const [env, expected] of wrong) {
            it(`names ${Object.keys(env).join()} if no file can be created`, () => {
                tool("java", 'openjdk version "17.0.15"');
                const { status, stderr } = machine(env);
                assert.equal(status, 1);
                assert.match(stderr, expected);
            });
        }

        it("uses KAFKA_DR_CACHE in place of an unusable home folder", () => {
            tool("java", 'openjdk version "17.0.15"');
            const env = { HOME: nowhere, KAFKA_DR_CACHE: path.join(folder, "cache") };
            assert.deepEqual(machine(env), { status: 0, stdout: "", stderr: "" });
        });

        it("names the loopback interface if no connection to it is possible", () => {
            tool("java", 'openjdk version "17.0.15"');
            rmSync(path.join(programs, "node"));
            // Without the interface, listening fails as it does here for an address of no interface.
            program(
                path.join(programs, "node"),
                `exec "${process.execPath}" "$1" "$(echo "$2" | sed s/127.0.0.1/192.0.2.1/)"`,
            );
            const { status, stderr } = machine();
            assert.equal(status, 1);
            assert.match(
                stderr,
                /^kafka-dr: no program here can connect .* \(EADDRNOTAVAIL\); bring .*$/,
            );
        });

        const versions: readonly [string, RegExp | undefined][] = [
            ['openjdk version "17.0.15"', undefined],
            ['openjdk version "25" 2025-09-16', undefined],
            ['java version "1.8.0_402"', /^kafka-dr: Java 1\.8\.0 \(java\) is too old; install/],
            ["no Java at all", /^kafka-dr: Java of an unknown version \(java\) is too old/],
        ];
        for (const [java, complaint] of versions) {
            it(`${complaint === undefined ? "accepts" : "refuses"} ${java}`, () => {
                tool("java", java);
                const { status, stderr } = machine();
                assert.equal(status, complaint === undefined ? 0 : 1, stderr);
                assert.match(stderr, complaint ?? /^$/);
            });
        }

        it("prints in one line that Java is missing", () => {
            const { status, stderr } = machine();
            assert.equal(status, 1);
            assert.match(stderr, /^kafka-dr: Java is missing; install version 17 .*$/);
        });

        it("names JAVA_HOME if it is wrong", () => {
            tool("java", 'openjdk version "17.0.15"');
            const { status, stderr } = machine({ JAVA_HOME: "/no/such/jdk" });
            assert.equal(status, 1);
            assert.equal(
                stderr,
                "kafka-dr: JAVA_HOME is /no/such/jdk, which has no program bin/java; correct it, " +
                    "or unset it to use the java on the PATH.",
            );
        });
    });
});
