import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

/**
 * Notes its arguments, finds its backend as Pulumi does (sdk/go pkg/workspace/creds.go), and knows one
 * token for Pulumi Cloud. AWAY is the backend that cannot be reached.
 */
const FAKE_PULUMI = `#!/bin/sh
echo "$*" >> "$CALLS"
home=\${PULUMI_HOME:-$HOME/.pulumi}
credentials=$home/credentials.json
[ "$1" != login ] || { mkdir -p "$home"; echo '{"current": "file://~"}' > "$credentials"; }
[ "$1" = whoami ] || exit 0
url=\${PULUMI_BACKEND_URL:-$(sed -n 's/.*"current": *"\\([^"]*\\)".*/\\1/p' "$credentials" 2>/dev/null)}
token=\${PULUMI_ACCESS_TOKEN:-$(sed -n 's/.*"token": *"\\([^"]*\\)".*/\\1/p' "$credentials" 2>/dev/null)}
url=\${url:-https://api.pulumi.com}
if [ "$url" = "\${AWAY:-}" ]; then
    echo "error: could not reach $url: no such host" >&2
    exit 255
fi
case $url:$token in
file:*) ;;
*:) echo "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions" >&2; exit 255 ;;
*:pul-valid) ;;
*) echo "error: [401] Unauthorized: No credentials provided or are invalid." >&2; exit 255 ;;
esac
echo me
`;

const CLOUD = "https://api.pulumi.com";

describe("the commands of the Makefile", function () {
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
        assert.deepEqual(calls(), ["login --local", ...DESTROY]);
        // The next run finds it selected.
        assert.equal(run("pulumi.sh", ["destroy", "dev", "--yes"]).output, "");
    });

    const DESTROY = ["stack select --create dev", "destroy --stack dev --yes"];
    const states: readonly {
        readonly name: string;
        readonly credentials?: Readonly<Record<string, string>>;
        readonly env?: Readonly<Record<string, string>>;
        /** Pulumi's error; absent if the command continues. */
        readonly error?: RegExp;
    }[] = [
        { name: "a file backend in the credentials", credentials: { current: "file://~" } },
        { name: "a backend in PULUMI_BACKEND_URL", env: { PULUMI_BACKEND_URL: "file://state" } },
        {
            name: "Pulumi Cloud with a valid token",
            credentials: { current: CLOUD, token: "pul-valid" },
        },
        {
            name: "no login, but a valid access token",
            env: { PULUMI_ACCESS_TOKEN: "pul-valid" },
        },
        {
            name: "Pulumi Cloud, which cannot be reached",
            credentials: { current: CLOUD, token: "pul-valid" },
            env: { AWAY: CLOUD },
            error: /error: could not reach https:\/\/api\.pulumi\.com/,
        },
        {
            name: "a backend in PULUMI_BACKEND_URL, which cannot be reached",
            credentials: { current: "file://~" },
            env: { PULUMI_BACKEND_URL: "s3://state", AWAY: "s3://state" },
            error: /error: could not reach s3:\/\/state/,
        },
        {
            name: "Pulumi Cloud with an expired token",
            credentials: { current: CLOUD, token: "pul-expired" },
            error: /error: \[401\] Unauthorized/,
        },
        {
            name: "no login, but an expired access token",
            env: { PULUMI_ACCESS_TOKEN: "pul-expired" },
            error: /error: \[401\] Unauthorized/,
        },
        {
            name: "Pulumi Cloud without a login",
            credentials: { current: CLOUD },
            error: /error: PULUMI_ACCESS_TOKEN must be set for login/,
        },
    ];
    for (const { name, credentials, env, error } of states) {
        it(`make destroy ${error === undefined ? "continues" : "stops"} with ${name}`, () => {
            const home = join(folder, "pulumi-home");
            mkdirSync(home);
            if (credentials !== undefined) {
                writeFileSync(join(home, "credentials.json"), JSON.stringify(credentials, null, 4));
            }
            const { status, output } = run("pulumi.sh", ["destroy", "dev", "--yes"], {
                PULUMI_HOME: home,
                ...env,
            });
            if (error === undefined) {
                assert.equal(output, "");
                assert.equal(status, 0);
                assert.deepEqual(calls(), ["whoami --non-interactive", ...DESTROY]);
            } else {
                assert.equal(status, 1);
                assert.match(output, error);
                assert.match(output, /\nkafka-dr: .*nothing was changed\. Run pulumi login, .*$/);
                assert.deepEqual(calls(), ["whoami --non-interactive"]);
            }
        });
    }

    it("the CLI of this machine is preferred to the one in node_modules", () => {
        const packages = join(folder, "node_modules", ".bin");
        mkdirSync(packages, { recursive: true });
        writeFileSync(join(packages, "pulumi"), "#!/bin/sh\nexit 9\n", { mode: 0o755 });
        const { status } = run("pulumi.sh", ["destroy", "dev", "--yes"], {
            PATH: `${packages}:${folder}:${process.env.PATH ?? ""}`,
        });
        assert.equal(status, 0);
        assert.deepEqual(calls(), ["login --local", ...DESTROY]);
    });

    it("make destroy exits with the exit code of pulumi", () => {
        program("pulumi", '#!/bin/sh\n[ "$1" != destroy ] || exit 7\n');
        assert.equal(run("pulumi.sh", ["destroy", "dev"]).status, 7);
    });
});
