import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writePhase } from "../../../cli/failover/pulumiDeployment";
import { parseStackFile } from "../../../cli/shared/settings";
import { repositoryRoot } from "../../support/rawSettings";

describe("writePhase", () => {
    let folder: string;
    let file: string;

    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-phase-"));
        file = path.join(folder, "Pulumi.prod.yaml");
        for (const name of ["Pulumi.yaml", "Pulumi.prod.yaml"]) {
            writeFileSync(
                path.join(folder, name),
                readFileSync(path.join(repositoryRoot, name), "utf8"),
            );
        }
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    /** Lines of one text that the other does not have. */
    const linesOnlyIn = (one: string, other: string): string[] => {
        const known = new Set(other.split("\n"));
        return one.split("\n").filter((line) => !known.has(line));
    };

    it("changes only the phase, and keeps comments and everything else", () => {
        const before = readFileSync(file, "utf8");
        writePhase(file, { phase: "draining", epoch: 1 });
        const after = readFileSync(file, "utf8");
        assert.deepEqual(linesOnlyIn(before, after), []);
        assert.deepEqual(linesOnlyIn(after, before), ["  kafka-dr:phase: draining"]);
        assert.equal(parseStackFile(folder, "prod").phase, "draining");
    });

    it("writes the epoch as well, unless it is the first", () => {
        const before = readFileSync(file, "utf8");
        writePhase(file, { phase: "resuming", epoch: 2 });
        const after = readFileSync(file, "utf8");
        assert.deepEqual(linesOnlyIn(before, after), []);
        assert.deepEqual(linesOnlyIn(after, before), [
            "    epoch: 2",
            "  kafka-dr:phase: resuming",
        ]);
        const { phase, mirror } = parseStackFile(folder, "prod");
        assert.deepEqual([phase, mirror.epoch], ["resuming", 2]);
    });

    for (const [what, before, after] of [
        [
            "a flow mapping, and comments after values",
            "config:\n  kafka-dr:mirror: { name: m } # MM2\n  kafka-dr:phase: mirroring # as agreed\n",
            "config:\n  kafka-dr:mirror: { name: m, epoch: 2 } # MM2\n  kafka-dr:phase: resuming # as agreed\n",
        ],
        [
            "a file without a newline at its end",
            "config:\n  kafka-dr:mirror:\n    name: m",
            "config:\n  kafka-dr:mirror:\n    name: m\n    epoch: 2\n  kafka-dr:phase: resuming",
        ],
        [
            "no mirror, and a quoted phase",
            'config:\n  kafka-dr:phase: "mirroring"\n',
            "config:\n  kafka-dr:phase: resuming\n  kafka-dr:mirror:\n    epoch: 2\n",
        ],
    ] as const) {
        it(`edits ${what}`, () => {
            writeFileSync(file, before);
            writePhase(file, { phase: "resuming", epoch: 2 });
            assert.equal(readFileSync(file, "utf8"), after);
        });
    }

    it("restores the same text with the previous phase", () => {
        writePhase(file, { phase: "mirroring", epoch: 1 });
        const before = readFileSync(file, "utf8");
        writePhase(file, { phase: "draining", epoch: 1 });
        assert.notEqual(readFileSync(file, "utf8"), before);
        writePhase(file, { phase: "mirroring", epoch: 1 });
        assert.equal(readFileSync(file, "utf8"), before);
    });
});
