import assert from "node:assert/strict";
import {
    copyFileSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type ChildProgramResult, RecordingBackend, runChildProgram } from "../../../engine";
import { repositoryRoot } from "../../support/rawSettings";

/** The files that determine how Pulumi starts the program. */
const COPIED = [
    "Pulumi.yaml",
    "package.json",
    "tsconfig.json",
    "bin/program.js",
    "bin/requireNode.js",
];

/** The packages that the program needs, in a folder of the test. */
const PACKAGES = ["@pulumi", "esbuild", "source-map-support"];

describe("bin/program.js, started by Pulumi's Node language host", function () {
    let directory: string;

    beforeEach(() => {
        directory = mkdtempSync(join(tmpdir(), "kafka-dr-program-"));
        mkdirSync(join(directory, "bin"));
        mkdirSync(join(directory, "node_modules"));
        for (const file of COPIED) {
            copyFileSync(join(repositoryRoot, file), join(directory, file));
        }
        for (const name of PACKAGES) {
            const from = join(repositoryRoot, "node_modules", name);
            symlinkSync(from, join(directory, "node_modules", name));
        }
        write("index.ts", 'import { answer } from "./part";\nexport = { answer: answer() };\n');
        write("part.ts", "export const answer = (): number => 1;\n");
    });
    afterEach(() => {
        rmSync(directory, { recursive: true });
    });

    function write(file: string, text: string): void {
        writeFileSync(join(directory, file), text);
    }

    function run(): Promise<ChildProgramResult> {
        return runChildProgram({
            project: "kafka-dr",
            stack: "test",
            config: {},
            directory,
            backend: new RecordingBackend(),
        });
    }

    async function answer(): Promise<unknown> {
        const { exitCode, stderr, result } = await run();
        assert.equal(exitCode, 0, [stderr, ...messages(result)].join("\n"));
        return result.outputs.answer;
    }

    function messages({ logs }: ChildProgramResult["result"]): string[] {
        return logs.map(({ message }) => stripVTControlCharacters(message));
    }

    it("runs the current files, also after a run with the same names", async () => {
        assert.equal(await answer(), 1);
        write("part.ts", "export const answer = (): number => 2;\n");
        assert.equal(await answer(), 2);
        assert(!existsSync(join(directory, "index.js")), "compiled code on the disk");
    });

    it("ignores a compiled file next to its source", async () => {
        for (const file of ["index.js", "part.js"]) {
            write(file, "exports.answer = () => 3;\n");
        }
        assert.equal(await answer(), 1);
    });

    it("starts twice at the same time, with nothing cached yet", async () => {
        assert.deepEqual(await Promise.all([answer(), answer()]), [1, 1]);
        assert.equal(await answer(), 1);
    });

    it("runs without a writable cache", async () => {
        // Not even root can create a folder below a file.
        write("node_modules/.cache", "");
        assert.equal(await answer(), 1);
    });

    it("shows the position of an error in the TypeScript sources", async () => {
        write(
            "part.ts",
            `interface Removed {
    readonly fromTheCompiledCode: number;
}

export function answer(): Removed {
    throw new Error("no answer");
}
`,
        );
        const { exitCode, result } = await run();
        assert.equal(exitCode, 32);
        const [message = ""] = messages(result);
        assert.match(message, /Error: no answer\n +at answer \(\S*\/part\.ts:6:11\)\n/);
        assert.match(message, /\/index\.ts:2:\d+\)\n/);
    });

    it("leaves types to `make test`, which checks them", async () => {
        write("part.ts", "export const answer = (): string => 1;\n");
        assert.equal(await answer(), 1);

        const text = (file: string) => readFileSync(join(repositoryRoot, file), "utf8");
        const { scripts } = JSON.parse(text("package.json")) as {
            scripts: Readonly<Record<string, string>>;
        };
        assert.equal(scripts["check:types"], "tsc --project .");
        assert.match(text("scripts/test.ts"), /^ +"check:types",$/m);
    });

    const unreadable: readonly [string, string, RegExp][] = [
        [
            "a syntax error",
            "export const answer = () => 1;\nconst = 2;\n",
            /Expected identifier but found "="\n\n +part\.ts:2:6:\n +2 │ const = 2;\n/,
        ],
        [
            "a missing file",
            'export { answer } from "./gone";\n',
            /Could not resolve "\.\/gone"\n\n +part\.ts:1:23:\n/,
        ],
    ];
    for (const [name, text, expected] of unreadable) {
        it(`shows ${name} with its line, and nothing else`, async () => {
            write("part.ts", text);
            const { exitCode, stderr, result } = await run();
            assert.equal(exitCode, 32);
            assert.equal(stderr, "");
            const [message = "", ...others] = messages(result);
            assert.deepEqual(others, []);
            assert.match(message, expected);
            assert.doesNotMatch(message, /^ +at /m);
        });
    }
});
