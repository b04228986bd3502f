import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingBackend, renderGolden, runChildProgram } from "../../engine";
import { goldenFile } from "../support/goldenStacks";
import { repositoryRoot } from "../support/rawSettings";
import { READY, stackFile } from "../support/recordedStack";

describe("the program, started as Pulumi.yaml and package.json define", function () {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "kafka-dr-host-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("registers for dev what the golden file shows, without ts-node", async () => {
        const probe = join(folder, "probe.js");
        const loaded = join(folder, "loaded.json");
        writeFileSync(
            probe,
            `process.on("exit", () => require("node:fs").writeFileSync(
                 ${JSON.stringify(loaded)}, JSON.stringify(Object.keys(require.cache))));`,
        );
        const child = await runChildProgram({
            ...stackFile("dev"),
            directory: repositoryRoot,
            backend: new RecordingBackend(READY),
            env: { NODE_OPTIONS: `--require ${probe}` },
        });
        assert.equal(child.exitCode, 0, child.stderr);
        assert.equal(renderGolden(child.result), readFileSync(goldenFile("dev"), "utf8"));

        const files = JSON.parse(readFileSync(loaded, "utf8")) as string[];
        assert(files.includes(join(repositoryRoot, "bin", "program.js")));
        assert.deepEqual(
            files.filter((file) => file.includes("/node_modules/ts-node/")),
            [],
        );
    });

    it("refuses an old Node.js in one line, before any resource", async () => {
        const old = join(folder, "old.js");
        writeFileSync(
            old,
            'Object.defineProperty(process.versions, "node", { value: "22.21.9" });',
        );
        const child = await runChildProgram({
            ...stackFile("dev"),
            directory: repositoryRoot,
            backend: new RecordingBackend(READY),
            env: { NODE_OPTIONS: `--require ${old}` },
        });
        assert.notEqual(child.exitCode, 0);
        assert.deepEqual(
            child.result.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
            [],
        );
        const shown = child.result.logs.map(({ message }) => message).join("\n");
        assert.match(
            shown,
            /^[^\n]*Node\.js 22\.21\.9 is too old for kafka-dr, which needs 22\.22/,
        );
        assert.doesNotMatch(`${shown}${child.stderr}`, /program\.js:\d/);
    });
});
