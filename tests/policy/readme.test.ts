import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { rules } from "../../policy/rules";
import { productionSettings } from "../../policy/settings";
import { repositoryRoot } from "../support/rawSettings";

const readme = readFileSync(join(repositoryRoot, "policy", "README.md"), "utf8");

/** The rows of the table that has these columns, each as its cells. */
function table(...columns: readonly string[]): string[][] {
    const rows = readme.split("\n").map((line) => line.split("|").slice(1, -1).map(trimmed));
    const head = rows.findIndex((row) => row.join() === columns.join());
    assert(head !== -1, `no table with the columns ${columns.join(", ")}`);
    const after = rows.slice(head + 2);
    return after.slice(
        0,
        after.findIndex((row) => row.length === 0),
    );
}

function trimmed(cell: string): string {
    return cell.trim();
}

describe("policy/README.md", () => {
    it("lists every rule as the code defines it", () => {
        assert.deepEqual(
            table("Rule", "What must hold", "Level", "Applies to", "Remedy"),
            rules.map((rule) => [
                `\`${rule.id}\``,
                rule.summary,
                rule.level,
                rule.scope,
                rule.remedy,
            ]),
        );
    });

    it("lists the settings of each rule as the code defines them", () => {
        const expected = rules.flatMap((rule) => {
            const { properties = {} } = z.toJSONSchema(rule.settings, { io: "input" });
            return Object.entries(properties)
                .filter(([name]) => !(name in productionSettings))
                .map(([name, property]) => {
                    const { default: preset, description } = property as z.core.JSONSchema.Schema;
                    return [
                        `\`${rule.id}\``,
                        `\`${name}\``,
                        `\`${JSON.stringify(preset)}\``,
                        description,
                    ];
                });
        });
        assert.deepEqual(table("Rule", "Setting", "Default", "Meaning"), expected);
    });

    it("lists the pack's dependencies at the versions of the repository", () => {
        const read = (...path: string[]) =>
            JSON.parse(readFileSync(join(repositoryRoot, ...path, "package.json"), "utf8")) as {
                dependencies: Record<string, string>;
                devDependencies: Record<string, string>;
            };
        const root = read();
        const pack = read("policy");
        const wanted = { ...pack.dependencies, ...pack.devDependencies };
        const installed = { ...root.devDependencies, ...root.dependencies };
        for (const [name, version] of Object.entries(wanted)) {
            assert.equal(version, installed[name], name);
        }
    });

    it("lists ids that are unique and in kebab-case", () => {
        const ids = rules.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
        assert(ids.every((id) => /^[a-z]+(-[a-z]+)*$/.test(id)));
    });
});
