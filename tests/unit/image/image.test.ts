import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
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

/** What `.dockerignore` lets into the image: the names behind `!`. */
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
    this.timeout(60_000);

    it("has a Dockerfile without a finding of the linter", () => {
        const findings = validate(dockerfile, { instructionCasing: ValidationSeverity.ERROR });
        assert.deepEqual(findings, []);
    });

    it("copies from the repository what is there, and nothing else", () => {
        const copied = DockerfileParser.parse(dockerfile)
            .getInstructions()
            .filter((instruction): instruction is Copy => instruction.getKeyword() === "COPY")
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

    it("has no stack's settings, tests or lab in it", () => {
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

    it("holds every file that the commands import", () => {
        const { files } = needsOf(commandFiles());
        assert(files.size > 50);
        const names = included();
        for (const file of files) {
            assert(names.includes(file.split(path.sep)[0]!), file);
        }
    });

    it("needs no package but the production dependencies, of which each is installed", () => {
        const { packages } = needsOf(commandFiles());
        assert(packages.has("@kubernetes/client-node"));
        for (const [name, file] of packages) {
            assert(name in manifest.dependencies, `${file} imports ${name}`);
        }
        // What node is told to load before the container's program.
        assert("ts-node" in manifest.dependencies && "typescript" in manifest.dependencies);
    });

    it("runs as a user whose number Kubernetes sees, without install scripts, of an exact version", () => {
        const instructions = DockerfileParser.parse(dockerfile).getInstructions();
        const last = (keyword: string) =>
            instructions
                .filter((instruction) => instruction.getKeyword() === keyword)
                .at(-1)
                ?.getArgumentsContent();
        assert.match(last("USER") ?? "", /^[1-9]\d*:[1-9]\d*$/);
        assert.equal(last("ENTRYPOINT"), '["node", "bin/kafka-dr.js"]');
        assert.match(dockerfile, /^RUN npm ci --ignore-scripts --omit=dev /m);
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
