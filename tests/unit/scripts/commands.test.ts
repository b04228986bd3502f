import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
        return { status, output: `${stdout}${stderr}`.trim() };
    }

    function calls(): string[] {
        try {
            return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
        } catch {
            return [];
        }
    }

    const wrong: readonly [string, string, RegExp][] = [
        ["no stack", "", /^kafka-dr: STACK is missing: make up STACK=<one of: dev prod>\.$/],
        [
            "an unknown stack",
            "nope",
            /^kafka-dr: Pulumi\.nope\.yaml does not exist; existing stacks: dev prod\.$/,
        ],
        [
            "the stack of the lab",
            "lab",
            /^kafka-dr: the stack lab runs only on this machine: make demo\.$/,
        ],
    ];
    for (const [name, stack, expected] of wrong) {
        it(`make up refuses ${name} in one line and does not call pulumi`, () => {
            const { status, output } = run("pulumi.sh", ["up", stack]);
            assert.equal(status, 1);
            assert.match(output, expected);
            assert.deepEqual(calls(), []);
        });
    }

    it("make up does not call pulumi when a Kubernetes cluster is unreachable", () => {
        const { status, output } = run("pulumi.sh", ["up", "dev"]);
        assert.equal(status, 1);
        assert.match(
            output,
            /kafka-dr:source\.kubeconfig cannot be used: .*does not exist, or has no context\. .*"kind-kafka-dr"/,
        );
        assert.match(output, /nothing was changed\.$/);
        assert.deepEqual(calls(), []);
    });

    it("make destroy selects a file backend if none is selected, then the stack", () => {
        const { status, output } = run("pulumi.sh", ["destroy", "dev", "--yes"]);
        assert.equal(status, 0);
        assert.match(output, /^No Pulumi backend is selected: using files/);
        assert.deepEqual(calls(), [
            "whoami --non-interactive",
            "login --local",
            "stack select --create dev",
            "destroy --stack dev --yes",
        ]);
    });

    it("make destroy exits with the exit code of pulumi", () => {
        program("pulumi", '#!/bin/sh\n[ "$1" != destroy ] || exit 7\n');
        assert.equal(run("pulumi.sh", ["destroy", "dev"]).status, 7);
    });
});
