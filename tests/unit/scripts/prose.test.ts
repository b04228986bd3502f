import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lintCode } from "../../../scripts/prose/codeProse";
import { lintMarkdown } from "../../../scripts/prose/markdownProse";

const PLAIN = "The command prints the lag of each topic. It changes nothing.";

/** Sentences that a reader stumbled over, each with the rule that refuses it. */
const STUMBLES: readonly (readonly [string, string])[] = [
    ["Nobody is asked where nobody sits.", "phrases"],
    ["All that is wrong is reported at once.", "phrases"],
    ["So long, too, its connectors need to stop when the source is dead.", "phrases"],
    ["What is undefined is no output of the stack.", "phrases"],
    ["CPU is dearer than what a batch takes of the heap.", "phrases"],
    ["It grants a right to whoever can see it.", "phrases"],
    ["It is refused for a user that there is not.", "phrases"],
    ["The command looks whether the\nsource is gone.", "phrases"],
    ["The mirror waits for ever.", "phrases"],
    ["The stack makes the users anew.", "phrases"],
    ["Only the newest release is mended.", "phrases"],
    ["The command command prints a report.", "write-good"],
    ["Give the ids of the nodes.", "terminology"],
    ["The operator utilizes the CRDs in order to start it.", "write-good"],
    ["It is an useful setting.", "google/articles"],
    ["See this page for more details, if needed.", "google/clause-order"],
    ["Delete the topic(s) first.", "google/plurals-parentheses"],
];

describe("the check of prose", () => {
    it("accepts plain English, and does not read code", async () => {
        assert.deepEqual(await lintMarkdown(`# A page\n\n${PLAIN}\n`), []);
        assert.deepEqual(await lintMarkdown("`nobody`\n\n```\nfor ever\n```\n"), []);
    });

    for (const [sentence, rule] of STUMBLES) {
        it(`refuses "${sentence.replace("\n", " ")}"`, async () => {
            const findings = await lintMarkdown(`${PLAIN}\n\n${sentence}\n`);
            assert(
                findings.some(({ line, message }) => line >= 3 && message.endsWith(`[${rule}]`)),
                JSON.stringify(findings),
            );
        });
    }

    it("finds phrases in the comments and texts of TypeScript, and nowhere else", () => {
        const source = [
            "/**",
            " * Waits for",
            " * ever.",
            " */",
            "const nobody = `It mends ${anew} the stack`; // reckoned",
            'throw new Error("alien");',
        ].join("\n");
        assert.deepEqual(
            lintCode(source).map(({ line, column, message }) => [
                line,
                column,
                message.split(":")[0],
            ]),
            [
                [2, 10, '"for ever"'],
                [5, 20, '"mends"'],
                [5, 49, '"reckoned"'],
                [6, 18, '"alien"'],
            ],
        );
    });

    describe("as a command", function () {
        let folder: string;

        const check = (files: Readonly<Record<string, string>>) => {
            const paths = Object.entries(files).map(([name, text]) => {
                const path = join(folder, name);
                writeFileSync(path, text);
                return path;
            });
            const script = join("scripts", "prose", "checkProse.ts");
            const { status, stderr } = spawnSync(
                process.execPath,
                ["-r", "tsx/cjs", script, ...paths],
                { encoding: "utf8" },
            );
            return { status, stderr };
        };

        before(() => {
            folder = mkdtempSync(join(tmpdir(), "kafka-dr-prose-"));
        });

        after(() => {
            rmSync(folder, { recursive: true });
        });

        it("checks Markdown and TypeScript in one run", () => {
            const { status, stderr } = check({
                "page.md": "# A page\n\nThe mirror waits for ever.\n",
                "code.ts": "// The mirror waits for ever.\nconst forever = 1;\n",
            });
            assert.equal(status, 1, stderr);
            assert.match(stderr, /page\.md:3:\d+: "for ever/);
            assert.match(stderr, /code\.ts:1:\d+: "for ever"/);
            assert.match(stderr, /^2 findings in 2 files$/m);
        });

        it("exits with 0 without a finding", () => {
            const files = { "page.md": `# A page\n\n${PLAIN}\n`, "code.ts": `// ${PLAIN}\n` };
            assert.deepEqual(check(files), { status: 0, stderr: "" });
        });
    });
});
