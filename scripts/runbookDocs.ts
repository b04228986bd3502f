import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runbookOutputs } from "../tests/support/runbookOutputs";
import { sourceFiles } from "./prose/sourceFiles";

const BEGIN = /<!-- begin output: (.+?) -->/g;

/**
 * The pages of docs/ that show outputs of commands, with these outputs as the code writes them, each
 * between `<!-- begin output: <name> -->` and `<!-- end output: <name> -->`.
 * @throws if a page shows an unknown output, or an output is on no page
 */
export function runbookDocs(root: string): Record<string, string> {
    const outputs = runbookOutputs();
    const shown = new Set<string>();
    const pages = sourceFiles(root, ".md", join(root, "docs")).flatMap((file) => {
        const page = readFileSync(join(root, file), "utf8");
        const names = [...page.matchAll(BEGIN)].map(([, name = ""]) => name);
        for (const name of names) {
            shown.add(name);
        }
        return names.length === 0 ? [] : [[file, withOutputs(page, names, outputs)] as const];
    });
    const unused = [...outputs.keys()].filter((name) => !shown.has(name));
    if (unused.length > 0) {
        throw new Error(`No page of docs/ shows the output "${unused.join('", "')}".`);
    }
    return Object.fromEntries(pages);
}

function withOutputs(
    page: string,
    names: readonly string[],
    outputs: ReadonlyMap<string, string>,
): string {
    return names.reduce((text, name) => {
        const output = outputs.get(name);
        const end = `<!-- end output: ${name} -->`;
        const [begin, to] = [text.indexOf(`<!-- begin output: ${name} -->`), text.indexOf(end)];
        if (output === undefined || to < begin) {
            throw new Error(`docs/ shows an output "${name}" that is unknown or has no end.`);
        }
        const block = `<!-- begin output: ${name} -->\n\n\`\`\`\n${output.trimEnd()}\n\`\`\`\n\n`;
        return text.slice(0, begin) + block + text.slice(to);
    }, page);
}
