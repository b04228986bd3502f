import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PHASES } from "../../../config/phase";
import { sourceFiles } from "../../../scripts/prose/sourceFiles";
import { repositoryRoot } from "../../support/rawSettings";

/** Columns of the runbooks' tables whose code is quoted from what the commands print. */
const QUOTING = ["It prints", "It prints, when it holds", "It fails with"];

/** Placeholders in a quoted message: `<n>`, a number, a site, a phase, a state. */
const VALUES = new RegExp(
    `<[^>]*>|\\b(?:${[...PHASES, "source", "target", "RUNNING", "STOPPED"].join("|")}|\\d+)\\b`,
);

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");

function quotedMessages(page: string): string[] {
    const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    let columns: number[] = [];
    return rows.flatMap((cells) => {
        if (cells.length < 3) {
            columns = [];
        } else if (cells.some((cell) => QUOTING.includes(cell))) {
            columns = cells.flatMap((cell, index) => (QUOTING.includes(cell) ? [index] : []));
        } else {
            return columns.flatMap((column) =>
                [...(cells[column] ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code),
            );
        }
        return [];
    });
}

describe("the messages that the runbooks quote", () => {
    const code = [
        ...sourceFiles(repositoryRoot, ".ts", join(repositoryRoot, "cli")),
        ...sourceFiles(repositoryRoot, ".ts", join(repositoryRoot, "config")),
    ]
        .map(read)
        .join("\n");
    const quoted = sourceFiles(repositoryRoot, ".md", join(repositoryRoot, "docs/operate")).flatMap(
        (file) => quotedMessages(read(file)).map((message) => ({ file, message })),
    );

    it("are those that the commands print", () => {
        const unknown = quoted.filter(({ message }) =>
            message.split(VALUES).some((part) => !code.includes(part.trim())),
        );
        assert.deepEqual(unknown, []);
        assert(quoted.length > 20, `only ${quoted.length} messages`);
    });
});
