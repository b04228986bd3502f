import assert from "node:assert/strict";
import { RecordingBackend, runChildProgram } from "../../engine";
import { repositoryRoot } from "../support/rawSettings";
import { READY, stackFile } from "../support/recordedStack";

const PINNED = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
const OTHER = "aaaaaaaa-5d1b-4f1e-9f43-0c2b8a7d6e5f";

describe("a refusal inside of an apply, as Pulumi's Node language host shows it", function () {
    this.timeout(60_000);

    it("is its message alone, told at once", async () => {
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
            env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
            // With a stack trace the launcher was silent for 20 to 80 s on Node 20.
            timeoutMs: 15_000,
        });
        assert.equal(child.timedOut, false);
        assert.notEqual(child.exitCode, 0);
        const shown = [child.stderr, ...child.result.logs.map(({ message }) => message)].join("\n");
        assert.match(shown, /kafka-dr:source\.kubernetesClusterUid is "3f1c.*they may be swapped/);
        assert.doesNotMatch(shown, /kubernetesIdentity\.ts/);
    });
});
