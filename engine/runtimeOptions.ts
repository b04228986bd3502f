import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface ProjectFile {
    readonly main?: unknown;
    readonly runtime?: string | { readonly options?: Readonly<Record<string, unknown>> };
}

/** Those of Pulumi's options for Node.js that would start the program in another way. */
const NOT_TAKEN = ["nodeargs", "tsconfigpath"];

/**
 * Whether the language host shall start ts-node, by `runtime.options.typescript` of the Pulumi.yaml in
 * a program's folder. True where nothing is said, as with the CLI, and without a Pulumi.yaml.
 */
export function startsTsNode(directory: string): boolean {
    const file = join(directory, "Pulumi.yaml");
    if (!existsSync(file)) {
        return true;
    }
    const { main, runtime } = parse(readFileSync(file, "utf8")) as ProjectFile;
    const options = typeof runtime === "object" ? (runtime.options ?? {}) : {};
    const [refused] = [
        ...(main === undefined ? [] : ["main"]),
        ...NOT_TAKEN.filter((name) => name in options).map((name) => `runtime.options.${name}`),
    ];
    if (refused !== undefined) {
        throw new Error(`${file}: ${refused} is not taken here; only the pulumi CLI can run it`);
    }
    return options.typescript !== false;
}
