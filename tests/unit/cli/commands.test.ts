import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { COMMANDS } from "../../../cli/commands";
import { program, run } from "../../../cli/main";
import { repositoryRoot } from "../../support/rawSettings";
import { testIo } from "../../support/testIo";

const NAMES = [
    "status",
    "verify",
    "failover",
    "failback",
    "loss",
    "transactions",
    "run",
    "scale",
    "metrics",
    "size",
];
/** Commands that other commands run in Kubernetes. */
const HIDDEN = ["operation"];

/** Options that commander requires before it checks the others. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
    ...Object.fromEntries([...NAMES, ...HIDDEN].map((name) => [name, ["--stack", "dev"]])),
    loss: ["--stack", "dev", "--record", "x"],
};

/** Packages that the help must not load. */
const HEAVY = ["@platformatic/kafka", "@kubernetes/client-node", "@pulumi/", "/zod/", "js-yaml"];

async function runCommand(...args: string[]) {
    const io = testIo();
    const code = await run(args, io);
    return { code, out: io.stdoutText(), err: io.stderrText() };
}

function spawned(...args: string[]) {
    return spawnSync(process.execPath, [join(repositoryRoot, "bin/kafka-dr.js"), ...args], {
        encoding: "utf8",
    });
}

describe("the commands of kafka-dr", () => {
    it("are listed in the help, in order", async () => {
        assert.deepEqual(
            program(testIo(), COMMANDS).commands.map((command) => command.name()),
            [...NAMES, ...HIDDEN],
        );
        const { out } = await runCommand("--help");
        for (const name of NAMES) {
            assert.match(out, new RegExp(`^  ${name} `, "m"));
        }
        for (const name of HIDDEN) {
            assert.doesNotMatch(out, new RegExp(`^  ${name} `, "m"));
        }
    });

    for (const name of [...NAMES, ...HIDDEN]) {
        it(`${name} has help with exit codes and an example, unless it is internal`, async () => {
            const { code, out, err } = await runCommand(name, "--help");
            assert.equal(code, 0);
            assert.equal(err, "");
            assert(out.startsWith(`Usage: kafka-dr ${name} `), out);
            if (!HIDDEN.includes(name)) {
                assert.match(out, /^ {2}130 {2}interrupted$/m);
                assert.match(out, new RegExp(`^Examples?:\n(?:.*\n)* +kafka-dr ${name} `, "m"));
                assert.match(out, /--stack <name>/);
            }
            // Examples may be longer; the lines that commander writes fit a terminal.
            const [usage = ""] = out.split(/^Examples?:$/m);
            for (const line of usage.split("\n")) {
                assert(line.length <= 100, line);
            }
        });

        it(`${name} refuses an unknown option and points to --help`, async () => {
            const { code, out, err } = await runCommand(
                name,
                ...(REQUIRED[name] ?? []),
                "--nonsense",
            );
            assert.equal(code, 2);
            assert.equal(out, "");
            assert.match(err, /unknown option '--nonsense'[^]*--help/);
        });
    }

    it("refuses an unknown command and suggests a known one", async () => {
        const { code, err } = await runCommand("verfy");
        assert.equal(code, 2);
        assert.match(err, /unknown command 'verfy'[^]*verify[^]*--help/);
    });

    for (const [args, message] of [
        [["status"], /--stack <name>' not specified/],
        [["status", "--stack", "nowhere"], /Pulumi\.nowhere\.yaml.*dev, lab, prod/],
        [["run", "--stack", "dev"], /missing required argument 'command'/],
        [["run", "--stack", "nowhere", "--", "verify"], /Pulumi\.nowhere\.yaml/],
        [["scale", "-1", "--stack", "dev"], /unknown option '-1'|whole number/],
        [["scale", "two", "--stack", "dev"], /whole number of at least 0/],
        [["scale", "--stack", "nowhere"], /Pulumi\.nowhere\.yaml/],
        [["metrics"], /either --stack or --metrics-url\. Example: kafka-dr metrics/],
        [["metrics", "--stack", "nowhere"], /Pulumi\.nowhere\.yaml/],
        [["operation", "x", "[]", "--stack", "dev"], /no operation "x"\. Use one of: unreachable/],
        [["size"], /second, --record-size, --partitions\. Example: kafka-dr size/],
        [["size", "--stack", "nowhere"], /Pulumi\.nowhere\.yaml/],
        [["size", "--partitions", "0"], /whole number of at least 1/],
        [["size", "--round-trip", "-1"], /number of at least 0|unknown option/],
        [["size", "--tls", "--plaintext"], /--tls and --plaintext are both given/],
        [["failover", "--stack", "nowhere", "--planned"], /Pulumi\.nowhere\.yaml/],
    ] as const) {
        it(`refuses "${args.join(" ")}"`, async () => {
            const { code, out, err } = await runCommand(...args);
            assert.equal(code, 2, err);
            assert.equal(out, "");
            assert.match(err, message);
        });
    }

    describe("as an executable", function () {
        it("shows the help without loading a client of Kafka or Kubernetes, or the settings", () => {
            const script = `
                process.on("exit", () => {
                    process.stderr.write(JSON.stringify(Object.keys(require.cache)));
                });
                process.argv = [process.argv[0], "kafka-dr", "failover", "--help"];
                require(${JSON.stringify(join(repositoryRoot, "cli/main.ts"))}).main();`;
            // The sources, since all of the compiled commands are in one file.
            const { status, stdout, stderr } = spawnSync(
                process.execPath,
                ["--require", "tsx/cjs", "-e", script],
                { cwd: repositoryRoot, encoding: "utf8" },
            );
            assert.equal(status, 0, stderr);
            assert.match(stdout, /^Usage: kafka-dr failover /);
            const loaded = JSON.parse(stderr) as string[];
            assert(loaded.some((file) => file.endsWith("cli/main.ts")));
            assert.deepEqual(
                loaded.filter((file) => HEAVY.some((name) => file.includes(name))),
                [],
            );
        });

        it("exits with the exit code of the command", () => {
            const { status, stdout, stderr } = spawned("scale", "--stack", "nowhere");
            assert.equal(status, 2);
            assert.equal(stdout, "");
            assert.match(stderr, /^kafka-dr: Pulumi\.nowhere\.yaml: .*\n$/);
        });
    });
});
