import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RecordingBackend, renderGolden, runChildProgram } from "../../engine";
import { goldenFile } from "../support/goldenStacks";
import { repositoryRoot } from "../support/rawSettings";
import { READY, stackFile } from "../support/recordedStack";

const PINNED = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
const OTHER = "aaaaaaaa-5d1b-4f1e-9f43-0c2b8a7d6e5f";

describe("index.ts, run as Pulumi's Node language host runs it", function () {
    it("registers for prod what the golden file shows", async () => {
        const child = await runChildProgram({
            ...stackFile("prod"),
            directory: repositoryRoot,
            backend: new RecordingBackend(READY),
        });
        assert.equal(child.exitCode, 0, child.stderr);
        assert.equal(renderGolden(child.result), readFileSync(goldenFile("prod"), "utf8"));
    });

    it("refuses invalid settings with their message alone, before any resource", async () => {
        const child = await runChildProgram({
            ...stackFile("dev", [["mirror/producerOverrides", { acks: "0" }]]),
            directory: repositoryRoot,
            backend: new RecordingBackend(READY),
        });
        assert.notEqual(child.exitCode, 0);
        const shown = [
            child.stderr,
            child.stdout,
            ...child.result.logs.map(({ message }) => message),
        ].join("\n");
        assert.match(shown, /Pulumi\.dev\.yaml: 1 setting is wrong; nothing was changed\./);
        assert.match(shown, /kafka-dr:mirror\.producerOverrides\.acks = "0": must be "all"/);
        assert.doesNotMatch(shown, /at .*parseSettings/);
        assert.deepEqual(
            child.result.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
            [],
        );
    });

    it("shows a refusal inside an apply as its message alone, immediately", async () => {
        const child = await runChildProgram({
            ...stackFile("prod", [["source/kubernetesClusterUid", PINNED]]),
            directory: repositoryRoot,
            backend: new RecordingBackend({
                ...READY,
                reads: [
                    ...READY.reads!,
                    { name: "kafka-dr-source-kube-system", outputs: { metadata: { uid: OTHER } } },
                ],
            }),
            // With a stack trace the launcher printed nothing for 20 to 80 s on Node 20.
            timeoutMs: 300_000,
        });
        assert.equal(child.timedOut, false);
        assert.notEqual(child.exitCode, 0);
        const shown = [child.stderr, ...child.result.logs.map(({ message }) => message)].join("\n");
        assert.match(shown, /kafka-dr:source\.kubernetesClusterUid is "3f1c.*they may be swapped/);
        assert.doesNotMatch(shown, /providers\.ts/);
    });
});
