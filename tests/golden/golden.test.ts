import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { runChildProgram, RecordingBackend, renderGolden } from "../../engine";
import { repositoryRoot } from "../support/rawSettings";
import { goldenFile, GOLDEN_STACKS, goldenText } from "../support/goldenStacks";
import { CA_SECRET, READY, stackFile } from "../support/recordedStack";

describe("golden files", () => {
    for (const stack of GOLDEN_STACKS) {
        it(`tests/golden/${stack}.yaml shows what ${stack} registers (npm run golden writes it)`, async () => {
            assert.equal(await goldenText(stack), readFileSync(goldenFile(stack), "utf8"));
        });
    }

    it("are the same text in every run, whatever order resources finish in", async () => {
        assert.equal(await goldenText("prod"), await goldenText("prod"));
    });

    it("hold no certificate and no password", () => {
        for (const stack of GOLDEN_STACKS) {
            const text = readFileSync(goldenFile(stack), "utf8");
            for (const secret of Object.values(CA_SECRET.data)) {
                assert(!text.includes(secret), `${stack} shows ${secret.slice(0, 20)}`);
            }
            assert(text.includes("[secret]"));
        }
    });
});

describe("index.ts, run as Pulumi's Node language host runs it", function () {
    this.timeout(60_000);
    // Pulumi checks types unless told otherwise; once is enough.
    const withoutTypes = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

    for (const [stack, env] of [
        ["dev", {}],
        ["prod", withoutTypes],
    ] as const) {
        it(`registers for ${stack} what the golden file shows`, async () => {
            const child = await runChildProgram({
                ...stackFile(stack),
                directory: repositoryRoot,
                backend: new RecordingBackend(READY),
                env,
            });
            assert.equal(child.exitCode, 0, child.stderr);
            assert.equal(renderGolden(child.result), readFileSync(goldenFile(stack), "utf8"));
        });
    }

    it("refuses wrong settings with their text alone, before any resource", async () => {
        const child = await runChildProgram({
            ...stackFile("dev", [["mirror/producerOverrides", { acks: "0" }]]),
            directory: repositoryRoot,
            backend: new RecordingBackend(READY),
            env: withoutTypes,
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
});
