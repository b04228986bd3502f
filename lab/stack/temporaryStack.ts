import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

const PROJECT = join(__dirname, "..", "..");

/** A temporary folder with the project's Pulumi.yaml and a stack file. Remove it after use. */
export interface TemporaryStack {
    readonly folder: string;
    readonly remove: () => void;
}

/**
 * Makes a stack of this project that no checkout has.
 * @param config what stands below `config:` in the stack's file
 */
export function temporaryStack(stack: string, config: object): TemporaryStack {
    const folder = mkdtempSync(join(tmpdir(), `kafka-dr-${stack}-`));
    const remove = () => {
        rmSync(folder, { recursive: true, force: true });
    };
    try {
        copyFileSync(join(PROJECT, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
        writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
        return { folder, remove };
    } catch (error) {
        remove();
        throw error;
    }
}
