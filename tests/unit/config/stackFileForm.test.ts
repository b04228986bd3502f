import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
    copyFileSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDocument, visit } from "yaml";
import { writePhase } from "../../../cli/failover/pulumiDeployment";
import { repositoryRoot } from "../../support/rawSettings";

/**
 * A stack file as Pulumi rewrites it, for example to add the salt of its secrets: two spaces, no blank
 * lines, no spaces inside of braces, comments where they were. So writes ProjectStack.Save of Pulumi's
 * Go SDK 3.276.0, which these files went through.
 */
function asPulumiWrites(text: string): string {
    const document = parseDocument(text);
    visit(document, {
        Node: (_key, node) => {
            node.spaceBefore = false;
        },
    });
    return document.toString({ indent: 2, lineWidth: 0, flowCollectionPadding: false });
}

const SALT = "encryptionsalt: v1:c2FsdA==:v1:bm9uY2U=:dGV4dA==\n";

const FILES = ["", "examples/app-stack"].flatMap((folder) =>
    readdirSync(path.join(repositoryRoot, folder))
        .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
        .map((name) => path.join(folder, name)),
);

describe("stack files have the form in which Pulumi writes them", function () {
    this.timeout(60_000);
    const text = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");

    it("in all stacks", () => {
        assert.deepEqual(FILES.length, 6);
    });

    for (const file of FILES) {
        it(`${file}: Pulumi adds its salt and changes nothing else`, () => {
            assert.equal(asPulumiWrites(text(file)), text(file));
            assert.equal(asPulumiWrites(text(file) + SALT), text(file) + SALT);
        });
    }

    describe("and after a change of phase", () => {
        let folder: string;
        before(() => {
            folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-form-"));
        });
        after(() => {
            rmSync(folder, { recursive: true });
        });

        for (const name of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
            it(`in ${name}`, () => {
                const file = path.join(folder, name);
                copyFileSync(path.join(repositoryRoot, name), file);
                writePhase(file, { phase: "failing-back", epoch: 2 });
                const written = readFileSync(file, "utf8");
                assert.match(written, /^ {2}kafka-dr:phase: failing-back$/m);
                assert.equal(asPulumiWrites(written), written);
            });
        }
    });

    it("and the format check leaves a rewritten one alone", () => {
        const folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-format-"));
        try {
            for (const file of [".prettierignore", ".prettierrc.json"]) {
                copyFileSync(path.join(repositoryRoot, file), path.join(folder, file));
            }
            writeFileSync(
                path.join(folder, "Pulumi.dev.yaml"),
                asPulumiWrites(text("Pulumi.dev.yaml") + SALT),
            );
            writeFileSync(path.join(folder, "other.yaml"), "a: 1\n");
            const prettier = path.join(repositoryRoot, "node_modules/prettier/bin/prettier.cjs");
            const { status, stdout, stderr } = spawnSync(
                process.execPath,
                [prettier, "--check", "."],
                { cwd: folder, encoding: "utf8" },
            );
            assert.equal(status, 0, stdout + stderr);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});
