import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

const PROJECT = join(__dirname, "..", "..");

/** Calls `use` with the folder of a temporary stack, and removes it afterwards. */
export async function withTemporaryStack<T>(
    stack: string,
    config: object,
    use: (folder: string) => Promise<T>,
): Promise<T> {
    const { folder, remove } = temporaryStack(stack, config);
    try {
        return await use(folder);
    } finally {
        remove();
    }
}

/** A temporary folder with the project's Pulumi.yaml and a stack file. Remove it after use. */
export interface TemporaryStack {
    readonly folder: string;
    readonly remove: () => void;
}

/**
 * Creates a stack of this project outside of every checkout.
 * @param config the value of `config:` in the stack's file
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
