import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startsTsNode } from "../../engine/childProgram";

describe("engine: the runtime options of Pulumi.yaml", () => {
    let directory: string;

    beforeEach(() => {
        directory = mkdtempSync(join(tmpdir(), "runtime-options-"));
    });
    afterEach(() => {
        rmSync(directory, { recursive: true });
    });

    const options = (text: string) =>
        `name: project\nruntime:\n  name: nodejs\n  options:\n${text}`;

    const cases: readonly [name: string, text: string | undefined, expected: boolean][] = [
        ["no Pulumi.yaml", undefined, true],
        ["a runtime without options", "name: project\nruntime: nodejs\n", true],
        ["other options", options("    packagemanager: npm\n"), true],
        ["typescript: true", options("    typescript: true\n"), true],
        ["typescript: false", options("    typescript: false\n"), false],
    ];
    for (const [name, text, expected] of cases) {
        it(`${expected ? "ts-node" : "no ts-node"} with ${name}`, () => {
            if (text !== undefined) {
                writeFileSync(join(directory, "Pulumi.yaml"), text);
            }
            assert.equal(startsTsNode(directory), expected);
        });
    }

    const refused: readonly [name: string, text: string][] = [
        ["main", "name: project\nruntime: nodejs\nmain: src\n"],
        ["runtime.options.nodeargs", options("    nodeargs: --inspect\n")],
        ["runtime.options.tsconfigpath", options("    tsconfigpath: other.json\n")],
    ];
    for (const [name, text] of refused) {
        it(`refuses ${name}, which would start another program`, () => {
            writeFileSync(join(directory, "Pulumi.yaml"), text);
            assert.throws(() => startsTsNode(directory), {
                message: `${join(directory, "Pulumi.yaml")}: the in-process engine does not support ${name}; use the pulumi CLI`,
            });
        });
    }
});
