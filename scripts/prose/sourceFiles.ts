import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** Installed and measured things, not written here. */
const OTHERS = ["node_modules", "bench-results"];

/** The files below a folder whose names end so, as paths relative to it, in order. */
export function sourceFiles(root: string, ending: string, folder = root): string[] {
    return readdirSync(folder, { withFileTypes: true })
        .flatMap((entry) => {
            const path = join(folder, entry.name);
            if (entry.isDirectory()) {
                return entry.name.startsWith(".") || OTHERS.includes(entry.name)
                    ? []
                    : sourceFiles(root, ending, path);
            }
            return entry.name.endsWith(ending) ? [relative(root, path)] : [];
        })
        .sort();
}
