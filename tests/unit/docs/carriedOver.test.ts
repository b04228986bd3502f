import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

const DOCUMENT = "docs/reference/carried-over.md";

/** Rows of the document's tables, without their heads. */
function rows(): { what: string; cells: string[] }[] {
    const text = readFileSync(path.join(repositoryRoot, DOCUMENT), "utf8");
    return text
        .split("\n")
        .filter((line) => line.startsWith("| ") && !/^\| (What|-+) /.test(line))
        .map((line) => {
            const cells = line.split(" | ").map((cell) => cell.replace(/^\|| *\|$/g, "").trim());
            return { what: cells[0]!, cells };
        });
}

describe("the table of what is carried over", () => {
    it("has a row for each kind of thing", () => {
        assert(rows().length >= 20);
    });

    for (const { what, cells } of rows()) {
        it(`names a test that exists for "${what}"`, () => {
            assert.equal(cells.length, 5);
            const [, file = "", title = ""] = /^`(\w+)`: "(.+)"$/.exec(cells[4]!) ?? [];
            const suite = path.join(repositoryRoot, "tests", "lab", `${file}.lab.test.ts`);
            const text = readFileSync(suite, "utf8");
            assert(
                ['it("', "it(`"].some((start) => text.includes(start + title)),
                `${suite} has no test "${title}"`,
            );
        });
    }
});
