import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Copy, DockerfileParser } from "dockerfile-ast";
import { validate, ValidationSeverity } from "dockerfile-utils";
import { repositoryRoot } from "../../support/rawSettings";
import { needsOf, sourcesBelow } from "./imports";

const manifest = JSON.parse(text("package.json")) as {
    readonly bin?: Readonly<Record<string, string>>;
    readonly dependencies: Readonly<Record<string, string>>;
};
const dockerfile = text("Dockerfile");

function text(file: string): string {
    return readFileSync(path.join(repositoryRoot, file), "utf8");
}

/** The files of the commands. */
function commandFiles(): string[] {
    return sourcesBelow("cli");
}

function copies(): Copy[] {
    return DockerfileParser.parse(dockerfile)
        .getInstructions()
        .filter((instruction): instruction is Copy => instruction.getKeyword() === "COPY");
}

/** The files that `.dockerignore` admits into the image: the names behind `!`. */
function included(): string[] {
    const lines = text(".dockerignore")
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"));
    assert.equal(lines[0], "*");
    return lines.slice(1).map((line) => {
        assert.match(line, /^![\w.-]+$/, "a name at the root, behind !");
        return line.slice(1);
    });
}

describe("the image of the operators' commands", function () {
    it("has a Dockerfile that passes the linter", () => {
        const findings = validate(dockerfile, { instructionCasing: ValidationSeverity.ERROR });
        assert.deepEqual(findings, []);
    });

    it("copies only existing files of the repository", () => {
        const copied = copies()
            .filter((copy) => copy.getFromFlag() === null)
            .flatMap((copy) => copy.getArguments().slice(0, -1).map(String));
        assert.deepEqual(copied, ["package.json", "package-lock.json", "."]);
        for (const source of copied) {
            assert(existsSync(path.join(repositoryRoot, source)), source);
        }
        const launcher = manifest.bin?.["kafka-dr"] ?? "bin";
        for (const name of included()) {
            assert(existsSync(path.join(repositoryRoot, name)) || launcher.startsWith(name), name);
        }
    });

    it("contains no stack's settings, tests or lab", () => {
        for (const name of [
            "Pulumi.dev.yaml",
            "Pulumi.prod.yaml",
            "tests",
            "lab",
            "node_modules",
        ]) {
            assert(!included().includes(name), name);
        }
    });

    it("contains every file that the commands import", () => {
        const { files } = needsOf(commandFiles());
        assert(files.size > 50);
        const names = included();
        for (const file of files) {
            assert(names.includes(file.split(path.sep)[0]!), file);
        }
    });

    it("needs only production dependencies, each of which is installed", () => {
        const { packages } = needsOf(commandFiles());
        assert(packages.has("@kubernetes/client-node"));
        for (const [name, file] of packages) {
            assert(name in manifest.dependencies, `${file} imports ${name}`);
        }
        assert("esbuild" in manifest.dependencies, "bin/build.js uses it");
    });

    describe("as it is laid out", () => {
        let app: string;
        before(() => {
            app = mkdtempSync(path.join(tmpdir(), "kafka-dr-image-"));
            run([path.join(repositoryRoot, "bin/build.js")]);
            for (const copy of copies().filter((found) => found.getFromFlag() !== null)) {
                const sources = copy.getArguments().slice(0, -1).map(String);
                for (const source of sources) {
                    const name = source.replace(/^\/app\//, "");
                    cpSync(path.join(repositoryRoot, name), path.join(app, name), {
                        recursive: true,
                    });
                }
            }
        });
        after(() => {
            rmSync(app, { recursive: true });
        });

        function run(args: readonly string[]) {
            return spawnSync(process.execPath, args, {
                cwd: app,
                encoding: "utf8",
                env: { KUBECONFIG: path.join(app, "none"), PATH: process.env.PATH },
            });
        }

        it("has no packages and no sources", () => {
            assert.deepEqual(readdirSync(app).sort(), [
                "Pulumi.yaml",
                "bin",
                "dist",
                "package.json",
            ]);
        });

        // Each loads different packages: none, the settings, the Kafka client, the Kubernetes client.
        const sizes = "--partitions 3 --record-size 100 --records-per-second 1000";
        const brokers = "--source-bootstrap 127.0.0.1:1 --target-bootstrap 127.0.0.1:1";
        for (const [command, status, expected] of [
            ["--help", 0, /^Usage: kafka-dr /],
            [`size ${sizes}`, 0, /tasksMax/],
            [`verify ${brokers} --timeout 2`, 4, /^kafka-dr: the source cluster at 127.0.0.1:1 /],
            ["status --stack dev", 4, /^kafka-dr: kafka-dr:target.kubeconfig cannot be used/],
        ] as const) {
            it(`runs kafka-dr ${command.split(" ")[0]!}`, () => {
                cpSync(
                    path.join(repositoryRoot, "Pulumi.dev.yaml"),
                    path.join(app, "Pulumi.dev.yaml"),
                );
                const found = run(["bin/kafka-dr.js", ...command.split(" ")]);
                assert.equal(found.status, status, found.stderr);
                assert.match(`${found.stdout}${found.stderr}`, expected);
            });
        }

        it("runs the program of a Job's container", () => {
            const { stdout, status } = run(["dist/cli/container.js", "nonsense"]);
            assert.equal(status, 2);
            assert.match(stdout, /^1 e .*unknown command 'nonsense'/m);
        });
    });

    it("runs as a numeric user, without install scripts, on an exact version", () => {
        const instructions = DockerfileParser.parse(dockerfile).getInstructions();
        const last = (keyword: string) =>
            instructions
                .filter((instruction) => instruction.getKeyword() === keyword)
                .at(-1)
                ?.getArgumentsContent();
        assert.match(last("USER") ?? "", /^[1-9]\d*:[1-9]\d*$/);
        assert.equal(last("ENTRYPOINT"), '["node", "bin/kafka-dr.js"]');
        assert.match(dockerfile, /^RUN npm ci --ignore-scripts --omit=dev /m);
        assert.match(dockerfile, /^RUN npm run build /m);
        assert.match(
            dockerfile,
            /^ARG NODE_IMAGE=\S+\/node:24\.\d+\.\d+-\w+-slim(@sha256:\w{64})?$/m,
        );
        const from = instructions.filter((instruction) => instruction.getKeyword() === "FROM");
        assert(
            from.every((line) => (line.getArgumentsContent() ?? "").startsWith("${NODE_IMAGE}")),
        );
    });
});
