import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Document, parseDocument } from "yaml";

const PROJECT = path.join(__dirname, "..", "..", "..");

/** A temporary folder with Pulumi.yaml and a changed Pulumi.lab.yaml. Remove it after use. */
export interface StackFolder {
    readonly folder: string;
    readonly remove: () => void;
}

/**
 * Copies the project's stack `lab` and changes it.
 * @param settings by path, such as `mirror.producerOverrides`, below the project's config keys
 */
export function labStackFolder(settings: Readonly<Record<string, unknown>>): StackFolder {
    const folder = mkdtempSync(path.join(tmpdir(), "stack-test-"));
    copyFileSync(path.join(PROJECT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    const stack: Document = parseDocument(
        readFileSync(path.join(PROJECT, "Pulumi.lab.yaml"), "utf8"),
    );
    for (const [key, value] of Object.entries(settings)) {
        const [section = "", ...rest] = key.split(".");
        stack.setIn(["config", `kafka-dr:${section}`, ...rest], value);
    }
    writeFileSync(path.join(folder, "Pulumi.lab.yaml"), stack.toString());
    return {
        folder,
        remove: () => {
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
