/**
 * Writes `strimzi/generated`: for each kind the custom resource definition, a JSON Schema and
 * TypeScript types, all from Strimzi's own model. `npm run generate`; with `--check` it writes
 * nothing, and exits with code 1 when the files are out of date.
 */
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { stringify } from "yaml";
import { GENERATOR_JAVA, generateCrds, withoutDescriptions } from "./crds";
import { withDefinitions } from "./definitions";
import { findJava } from "./java";
import { objectSchema } from "./jsonSchema";
import { STRIMZI_VERSION } from "../../strimzi/version";
import { typesOfKind, typesOfObjectMeta } from "./types";

const GENERATED = path.resolve(__dirname, "../../strimzi/generated");

/** The generated files: content by path below `strimzi/generated`. */
export async function generateFiles(java: string): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    for (const [kind, crd] of await generateCrds(java)) {
        const schema = withDefinitions(objectSchema(kind, crd), kind);
        const note = `Generated from Strimzi ${STRIMZI_VERSION} by "npm run generate".`;
        files.set(
            `crds/${kind}.yaml`,
            `# ${note}\n${stringify(withoutDescriptions(crd), { lineWidth: 0, aliasDuplicateObjects: false })}`,
        );
        files.set(
            `schemas/${kind}.schema.json`,
            `${JSON.stringify({ $comment: note, ...schema }, undefined, 2)}\n`,
        );
        files.set(`types/${kind}.ts`, await typesOfKind(kind, schema));
    }
    files.set("types/ObjectMeta.ts", await typesOfObjectMeta());
    return files;
}

/** Paths of the files in `strimzi/generated` that are out of date, sorted. */
export async function differingFiles(files: ReadonlyMap<string, string>): Promise<string[]> {
    const present = await filesBelow(GENERATED);
    const differing = present.filter((name) => !files.has(name));
    for (const [name, content] of files) {
        if (!present.includes(name)) {
            differing.push(name);
        } else if ((await readFile(path.join(GENERATED, name), "utf8")) !== content) {
            differing.push(name);
        }
    }
    return differing.sort();
}

async function filesBelow(folder: string): Promise<string[]> {
    await mkdir(folder, { recursive: true });
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

async function main(): Promise<void> {
    const java = await findJava(GENERATOR_JAVA);
    if (!java) {
        throw new Error(
            `Strimzi's generator needs Java ${GENERATOR_JAVA} or newer: install one, or set JAVA_HOME`,
        );
    }
    const files = await generateFiles(java);
    const differing = await differingFiles(files);
    if (process.argv.includes("--check")) {
        for (const name of differing) {
            console.error(`strimzi/generated/${name} is out of date: npm run generate`);
        }
        if (differing.length > 0) process.exitCode = 1;
        return;
    }
    for (const name of differing) {
        const file = path.join(GENERATED, name);
        const content = files.get(name);
        if (content === undefined) {
            await rm(file);
        } else {
            await mkdir(path.dirname(file), { recursive: true });
            await writeFile(file, content);
        }
    }
    console.log(`${differing.length} of ${files.size} files in strimzi/generated written`);
}

if (require.main === module) {
    main().catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    });
}
