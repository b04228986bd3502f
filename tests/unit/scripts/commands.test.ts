import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

/** Notes its arguments; `whoami` fails, as without a login. */
const FAKE_PULUMI = `#!/bin/sh
echo "$*" >> "$CALLS"
[ "$1" != whoami ]
`;

describe("the commands of the Makefile", function () {
    this.timeout(30_000);
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "kafka-dr-commands-"));
        program("pulumi", FAKE_PULUMI);
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function program(name: string, text: string): void {
        writeFileSync(join(folder, name), text);
        chmodSync(join(folder, name), 0o755);
    }

    function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
        const { status, stdout, stderr } = spawnSync(
            "/bin/sh",
            [join(repositoryRoot, "scripts", script), ...args],
            {
                cwd: repositoryRoot,
                encoding: "utf8",
                env: {
                    PATH: `${folder}:${process.env.PATH ?? ""}`,
                    HOME: folder,
                    CALLS: join(folder, "calls"),
                    PULUMI_CONFIG_PASSPHRASE: "",
                    ...env,
                },
            },
        );
        return { status, said: `${stdout}${stderr}`.trim() };
    }

    function calls(): string[] {
        try {
            return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
        } catch {
            return [];
        }
    }

    const wrong: readonly [string, string, RegExp][] = [
        ["no stack", "", /^kafka-dr: say which stack: make up STACK=<one of: dev prod>\.$/],
        [
            "an unknown stack",
            "nope",
            /^kafka-dr: there is no Pulumi\.nope\.yaml; stacks here: dev prod\.$/,
        ],
        [
            "the stack of the lab",
            "lab",
            /^kafka-dr: the stack lab runs on this machine only: make demo\.$/,
        ],
    ];
    for (const [name, stack, expected] of wrong) {
        it(`make up refuses ${name} in one line and calls no pulumi`, () => {
            const { status, said } = run("pulumi.sh", ["up", stack]);
            assert.equal(status, 1);
            assert.match(said, expected);
            assert.deepEqual(calls(), []);
        });
    }

    it("make up calls no pulumi when a Kubernetes cluster cannot be reached", () => {
        const { status, said } = run("pulumi.sh", ["up", "dev"]);
        assert.equal(status, 1);
        assert.match(
            said,
            /There is no kubeconfig with a context for the source \("kind-kafka-dr"\)/,
        );
        assert.match(said, /nothing was changed\.$/);
        assert.deepEqual(calls(), []);
    });

    it("make destroy chooses a backend of files where none is chosen, then the stack", () => {
        const { status, said } = run("pulumi.sh", ["destroy", "dev", "--yes"]);
        assert.equal(status, 0);
        assert.match(said, /^No Pulumi backend is chosen: using files/);
        assert.deepEqual(calls(), [
            "whoami --non-interactive",
            "login --local",
            "stack select --create dev",
            "destroy --stack dev --yes",
        ]);
    });

    it("make destroy ends with pulumi's own exit code", () => {
        program("pulumi", '#!/bin/sh\n[ "$1" != destroy ] || exit 7\n');
        assert.equal(run("pulumi.sh", ["destroy", "dev"]).status, 7);
    });

    describe("that need tools", () => {
        /** Only what the script itself needs, so that node and java are there when a test says so. */
        const bare = () => {
            for (const tool of ["sort", "head", "sed", "tr", "printf"]) {
                const found = spawnSync("which", [tool], { encoding: "utf8" }).stdout.trim();
                if (found !== "") {
                    symlinkSync(found, join(folder, tool));
                }
            }
            return { PATH: folder, JAVA_HOME: "" };
        };
        const version = (tool: string, text: string) => {
            program(tool, `#!/bin/sh\necho '${text}' >&2\necho '${text}'\n`);
        };

        it("say in one line each what is missing", () => {
            const { status, said } = run("require-tools.sh", ["node", "java"], bare());
            assert.equal(status, 1);
            const lines = said.split("\n");
            assert.equal(lines.length, 2);
            assert.match(lines[0]!, /^kafka-dr: Node\.js is missing; install version 20\.19\.4/);
            assert.match(lines[1]!, /^kafka-dr: Java is missing; install version 17/);
        });

        const versions: readonly [string, string, string | undefined][] = [
            ["v20.19.4", 'openjdk version "17.0.15"', undefined],
            ["v24.1.0", 'openjdk version "25" 2025-09-16', undefined],
            ["v20.9.0", 'openjdk version "21.0.2"', "Node.js 20.9.0 is too old"],
            ["v22.0.0", 'java version "1.8.0_402"', "Java 1.8.0 is too old"],
        ];
        for (const [node, java, complaint] of versions) {
            it(`${complaint === undefined ? "accept" : "refuse"} ${node} and ${java}`, () => {
                const env = bare();
                version("node", node);
                version("npm", "11.0.0");
                version("java", java);
                const { status, said } = run("require-tools.sh", ["node", "java"], env);
                assert.equal(status, complaint === undefined ? 0 : 1, said);
                assert(said.includes(complaint ?? ""), said);
            });
        }
    });
});
