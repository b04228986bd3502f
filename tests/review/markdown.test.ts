import assert from "node:assert/strict";
import * as fc from "fast-check";
import { NOTHING } from "../../scripts/review/golden";
import { lineDiff, MAX_CHARACTERS, renderMarkdown } from "../../scripts/review/markdown";
import { type StackChanges, stackChanges } from "../../scripts/review/stackChanges";
import { change, type Document, golden, named, remove, set } from "./support";

const render = (changes: StackChanges, limit?: number) =>
    renderMarkdown(new Map([["prod", changes]]), limit);

describe("renderMarkdown", () => {
    it("reports each stack without changes", () => {
        assert.equal(
            renderMarkdown(
                new Map([
                    ["dev", change("dev", () => undefined)],
                    ["prod", change("prod", () => undefined)],
                ]),
            ),
            "## What this change does to the stacks\n\n### dev: no change\n\n### prod: no change\n",
        );
    });

    it("shows a changed number with its path, and nothing else", () => {
        assert.equal(
            render(change("prod", set("kafka-dr-mirror-mm2", "inputs/spec/replicas", 5))),
            [
                "## What this change does to the stacks",
                "### prod: 1 changed",
                "#### Changed",
                "**`KafkaMirrorMaker2/kafka-dr-mirror-mm2`**",
                "",
            ].join("\n\n") + "- `spec.replicas`: `3` → `5`\n",
        );
    });

    it("starts with the risks of all stacks, the worst first", () => {
        const text = renderMarkdown(
            new Map([
                [
                    "dev",
                    change("dev", (documents) => {
                        set("kafka-dr-mirror-mm2", "inputs/spec/replicas", 0)(documents);
                        return documents;
                    }),
                ],
                ["prod", change("prod", remove("kafka-dr-source-kafka"))],
            ]),
        );
        const places = [
            "### Risks",
            "**Data loss**",
            "- prod: `Kafka/kafka-dr-source-kafka` leaves the stack",
            "**Mirroring stops**",
            "- dev: `KafkaMirrorMaker2/kafka-dr-mirror-mm2` has 0 workers",
            "### dev: 1 changed",
            "### prod: 1 removed",
            "#### Removed",
        ].map((part) => {
            assert(text.includes(part), `${part} is missing:\n${text}`);
            return text.indexOf(part);
        });
        assert.deepEqual(
            places,
            [...places].sort((one, other) => one - other),
        );
    });

    it("shows long texts as a diff of their lines", () => {
        const text = render(
            change("prod", (documents) => {
                const { data } = named(documents, "kafka-dr-mirror-metrics").inputs as {
                    data: Record<string, string>;
                };
                const key = Object.keys(data)[0]!;
                data[key] = data[key]!.replace("lowercaseOutputName: true", "other: 1");
                return documents;
            }),
        );
        assert.match(text, /- `data\["metrics-config\.yml"\]`\n\n {2}```diff\n {2}@@ -1 \+1 @@\n/);
        assert.match(text, /\n {2}-lowercaseOutputName: true\n {2}\+other: 1\n/);
        assert(text.length < 1500, `${text.length} characters`);
    });

    it("shows both names of a renamed resource, and why it is replaced", () => {
        const text = render(change("prod", set("kafka-dr-source-kafka", "name", "kafka")));
        assert.match(text, /\*\*`Kafka\/kafka-dr-source-kafka` → `Kafka\/kafka`\*\*/);
        assert.match(text, /- replaced: name in the program without an alias/);
    });

    it("folds the definitions of added resources", () => {
        const text = render(stackChanges(NOTHING, golden("prod")));
        assert.match(text, /<details><summary>Definition<\/summary>\n\n```yaml\napiVersion/);
        assert(text.length <= MAX_CHARACTERS);
    });

    it("lets no value become Markdown or HTML", () => {
        const hostile = "`x` </details> @team [link](javascript:0)";
        const text = render(
            change("prod", set("kafka-dr-source-kafka", "inputs/metadata/labels", { hostile })),
        );
        assert(text.includes(`\`\`{"hostile":"${hostile}"}\`\``), text);
    });

    it("stays below GitHub's limit, reports how much it left out, and keeps the risks", () => {
        const many = change("prod", (documents): Document[] => [
            ...documents.filter(({ name }) => name !== "kafka-dr-source-kafka"),
            ...Array.from({ length: 2000 }, (_, index) => ({
                type: "kubernetes:kafka.strimzi.io/v1:KafkaTopic",
                name: `topic-${index}`,
                inputs: { metadata: { name: `topic-${index}`, namespace: "kafka" } },
            })),
        ]);
        const text = render(many);
        assert(text.length <= MAX_CHARACTERS && text.length > MAX_CHARACTERS / 2);
        assert.match(text, /Data loss/);
        const shown = text.split("**`KafkaTopic/").length - 1;
        assert.match(text, new RegExp(`> Shortened: ${2000 - shown} more sections`));
        assert.equal(text.split("<details>").length, text.split("</details>").length);
    });

    it("stays below any limit with whole sections", () => {
        const changes = stackChanges(NOTHING, golden("dev"));
        fc.assert(
            fc.property(fc.integer({ min: 300, max: 20_000 }), (limit) => {
                const text = render(changes, limit);
                assert(text.length <= limit);
                assert.equal(text.split("```").length % 2, 1, "a fence stays open");
            }),
        );
    });
});

describe("lineDiff", () => {
    const cases: readonly (readonly [string, string, string, string])[] = [
        ["nothing", "a\nb", "a\nb", ""],
        ["a changed line", "a\nb\nc", "a\nx\nc", "@@ -1 +1 @@\n a\n-b\n+x\n c"],
        ["an added line", "a", "a\nb", "@@ -1 +1 @@\n a\n+b"],
        ["everything", "a", "b", "@@ -1 +1 @@\n-a\n+b"],
        [
            "far lines left out",
            "1\n2\n3\n4\n5\n6\n7\n8\n9",
            "1\n2\n3\n4\n5\n6\n7\n8\nx",
            "@@ -6 +6 @@\n 6\n 7\n 8\n-9\n+x",
        ],
    ];
    for (const [what, before, after, expected] of cases) {
        it(`shows ${what}`, () => {
            assert.equal(lineDiff(before, after), expected);
        });
    }

    it("holds, with enough context, both texts", () => {
        const text = fc
            .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 })
            .map((lines) => lines.join("\n"));
        fc.assert(
            fc.property(text, text, (before, after) => {
                const lines = lineDiff(before, after).split("\n").slice(1);
                const side = (mark: string) =>
                    lines
                        .filter((line) => line.startsWith(" ") || line.startsWith(mark))
                        .map((line) => line.slice(1))
                        .join("\n");
                if (before !== after && before.split("\n").some((line) => after.includes(line))) {
                    assert(before.includes(side("-")) && after.includes(side("+")));
                }
            }),
        );
    });
});
