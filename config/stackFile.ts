import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from "yaml";
import { type ConfigDeclaration, declarationOf, matchesDeclaration } from "./configDeclaration";

/** A stack and its config, as the CLI hands it to a program. */
export interface StackConfig {
    readonly project: string;
    readonly stack: string;
    /** By full key, `project:key`; objects as JSON. */
    readonly config: Readonly<Record<string, string>>;
    /** The keys whose values are secret. */
    readonly secretKeys?: readonly string[];
}

/** A stack's config with the project's declarations applied. */
export type StackFile = Required<StackConfig>;

/** An error in `Pulumi.yaml` or a stack file. The message names the file. */
export class StackFileError extends Error {
    constructor(message: string) {
        super(message);
        this.name = "StackFileError";
    }
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` of a folder as the CLI does: keys without a
 * namespace are the project's; a declaration's `default` or `value` applies if the stack has no
 * value; values of a declared type are checked; a program gets text, objects and arrays as JSON.
 * The stack's `environment:` (Pulumi ESC) is not resolved.
 *
 * @throws StackFileError for a missing file (it lists the existing stacks), for invalid YAML (with
 * line and column), for values that are missing or not of the declared type (all of them), and for
 * encrypted values, which only the CLI can decrypt.
 */
export function readStackFile(directory: string, stack: string): StackFile {
    const project = readYaml(join(directory, "Pulumi.yaml"), () => "the project file is missing");
    const projectName = project.plain.name;
    if (typeof projectName !== "string") {
        throw new StackFileError(`${project.file}: name: must be the project's name, a text`);
    }
    const configDir = project.plain.stackConfigDir;
    const folder = join(directory, typeof configDir === "string" ? configDir : ".");
    const stackFile = readYaml(
        join(folder, `Pulumi.${stack}.yaml`),
        () => `the stack ${stack} does not exist; ${existingStacks(folder)}`,
    );
    const problems: string[] = [];
    const config: Record<string, string> = {};
    const secretKeys: string[] = [];

    const given = configOf(stackFile, projectName);
    refuseEncrypted(stackFile.file, given);
    const declarations = new Map(
        Array.from(configOf(project, projectName), ([key, value]) => [
            key,
            declarationOf(key, value, projectName, (problem) => {
                problems.push(`${project.file}: ${key}: ${problem}`);
            }),
        ]),
    );

    for (const [key, declaration] of declarations) {
        const [file, value] = given.has(key)
            ? [stackFile.file, given.get(key)]
            : [project.file, declaration.fallback];
        if (value === undefined) {
            if (declaration.type !== undefined) {
                problems.push(`${stackFile.file}: ${key} is missing: ${describe(declaration)}`);
            }
            continue;
        }
        if (!matchesDeclaration(declaration, value)) {
            problems.push(
                `${file}: ${key} must be ${describe(declaration)}, not ${JSON.stringify(value)}`,
            );
        }
        config[key] = asText(value);
        if (declaration.secret) {
            secretKeys.push(key);
        }
    }
    for (const [key, value] of given) {
        config[key] ??= asText(value);
    }
    if (problems.length > 0) {
        throw new StackFileError(problems.join("\n"));
    }
    return { project: projectName, stack, config, secretKeys };
}

interface YamlFile {
    /** Relative to the current folder, for messages. */
    readonly file: string;
    readonly plain: Readonly<Record<string, unknown>>;
    readonly root: YAMLMap.Parsed | undefined;
}

function readYaml(path: string, whenMissing: () => string): YamlFile {
    const file = relative(process.cwd(), path) || path;
    let text: string;
    try {
        text = readFileSync(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            throw new StackFileError(`${file}: ${whenMissing()}`);
        }
        throw error;
    }
    const lineCounter = new LineCounter();
    const document = parseDocument(text, { lineCounter, prettyErrors: false });
    const [first] = document.errors;
    if (first !== undefined) {
        const { line, col } = lineCounter.linePos(first.pos[0]);
        throw new StackFileError(`${file}:${line}:${col}: ${first.message}`);
    }
    const root = document.contents;
    if (root === null) {
        return { file, plain: {}, root: undefined };
    }
    if (!isMap(root)) {
        throw new StackFileError(`${file}:1:1: must be a map`);
    }
    return {
        file,
        plain: document.toJS() as Record<string, unknown>,
        root: root,
    };
}

/** The `config` of a file by full key. */
function configOf(file: YamlFile, project: string): Map<string, unknown> {
    const plain = file.plain.config ?? {};
    const node = file.root?.get("config", true);
    if (!isMap(node)) {
        if (node === undefined || (isScalar(node) && node.value === null)) {
            return new Map();
        }
        throw new StackFileError(`${file.file}: config: must be a map of keys to values`);
    }
    const entries = new Map<string, unknown>();
    for (const [key, value] of Object.entries(plain)) {
        const full = key.includes(":") ? key : `${project}:${key}`;
        if (entries.has(full)) {
            throw new StackFileError(`${file.file}: ${full} is given twice, once as ${key}`);
        }
        entries.set(full, value);
    }
    return entries;
}

function refuseEncrypted(file: string, config: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of config) {
        const path = encryptedAt(value, key);
        if (path !== undefined) {
            throw new StackFileError(
                `${file}: ${path} is encrypted (secure:), and only the pulumi CLI can decrypt it; ` +
                    "use a stack without encrypted values here",
            );
        }
    }
}

function encryptedAt(value: unknown, path: string): string | undefined {
    if (typeof value !== "object" || value === null) {
        return undefined;
    }
    const entries = Object.entries(value);
    if (entries.length === 1 && entries[0]?.[0] === "secure") {
        return path;
    }
    for (const [key, item] of entries) {
        const found = encryptedAt(item, `${path}.${key}`);
        if (found !== undefined) {
            return found;
        }
    }
    return undefined;
}

function existingStacks(folder: string): string {
    const stacks = readdirSync(folder)
        .map((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1])
        .filter((name) => name !== undefined)
        .sort();
    return stacks.length === 0 ? "no stack file exists" : `existing stacks: ${stacks.join(", ")}`;
}

function describe(declaration: ConfigDeclaration): string {
    const items = declaration.items;
    return items === undefined
        ? `of type ${declaration.type ?? "any"}`
        : `of type array with items ${describe(items)}`;
}

/** Objects as the CLI writes them, with sorted keys. */
function asText(value: unknown): string {
    if (typeof value === "string") {
        return value;
    }
    return value === null || value === undefined ? "" : JSON.stringify(value, sortKeys);
}

function sortKeys(_key: string, value: unknown): unknown {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)),
    );
}
