import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RecordingBackend, renderGolden, runChildProgram } from "../../engine";
import { goldenFile } from "../support/goldenStacks";
import { repositoryRoot } from "../support/rawSettings";
import { READY, stackFile } from "../support/recordedStack";

describe("index.ts, run as Pulumi's Node language host runs it, types checked", function () {
    this.timeout(60_000);

    it("registers for dev what the golden file shows", async () => {
        const child = await runChildProgram({
            ...stackFile("dev"),
            directory: repositoryRoot,
            backend: new RecordingBackend(READY),
        });
        assert.equal(child.exitCode, 0, child.stderr);
        assert.equal(renderGolden(child.result), readFileSync(goldenFile("dev"), "utf8"));
    });
});
