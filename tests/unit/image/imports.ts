import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../../support/rawSettings";

/** The dependencies of files at run time, direct and indirect. */
export interface Needs {
    /** npm packages, each with a file that imports it. */
    readonly packages: ReadonlyMap<string, string>;
    /** Files of the repository, relative to its root. */
    readonly files: ReadonlySet<string>;
}

/** All TypeScript files below a folder of the repository, relative to its root. */
export function sourcesBelow(folder: string): string[] {
    return readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => path.join(folder, file));
}

/** Follows the imports of files that remain without types. */
export function needsOf(entries: readonly string[]): Needs {
    const packages = new Map<string, string>();
    const files = new Set<string>();
    const open = [...entries];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
        if (files.has(file)) {
            continue;
        }
        files.add(file);
        for (const specifier of importsOf(file)) {
            if (specifier.startsWith(".")) {
                open.push(resolved(file, specifier));
            } else if (!isBuiltin(specifier)) {
                const parts = specifier.split("/");
                packages.set(parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/"), file);
            }
        }
    }
    return { packages, files };
}

function importsOf(file: string): string[] {
    const text = readFileSync(path.join(repositoryRoot, file), "utf8");
    if (file.endsWith(".json")) {
        return [];
    }
    const { outputText } = ts.transpileModule(text, {
        compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    return ts.preProcessFile(outputText, true, true).importedFiles.map(({ fileName }) => fileName);
}

function resolved(from: string, specifier: string): string {
    const base = path.join(path.dirname(from), specifier);
    const found = ["", ".ts", ".js", "/index.ts"]
        .map((suffix) => `${base}${suffix}`)
        .find((file) => path.extname(file) !== "" && existsSync(path.join(repositoryRoot, file)));
    if (found === undefined) {
        throw new Error(`${from} imports ${specifier}, which is not there`);
    }
    return found;
}
