import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { type Golden, goldenOf } from "../../scripts/review/golden";
import { type StackChanges, stackChanges } from "../../scripts/review/stackChanges";
import { repositoryRoot } from "../support/rawSettings";

/** The stacks with a golden file. */
export type GoldenStack = "dev" | "prod";

/** A document of a golden file that tests may change. */
export interface Document {
    type: string;
    name: string;
    [field: string]: unknown;
}

const documentsOf = { dev: read("dev"), prod: read("prod") };

function read(stack: GoldenStack): readonly Document[] {
    const text = readFileSync(join(repositoryRoot, "tests", "golden", `${stack}.yaml`), "utf8");
    return parseAllDocuments(text).map((document) => document.toJS() as Document);
}

/** A change of the documents, in place or as a new list. */
export type Edit = (documents: Document[]) => Document[] | undefined;

/** A stack's golden file, changed as a pull request would. */
export function golden(stack: GoldenStack, edit: Edit = () => undefined): Golden {
    const documents = structuredClone(documentsOf[stack]) as Document[];
    return goldenOf(edit(documents) ?? documents);
}

/** The effect of a pull request with that change. */
export function change(stack: GoldenStack, edit: Edit): StackChanges {
    return stackChanges(golden(stack), golden(stack, edit));
}

/** Sets a value in the document of that name; path parts by "/"; undefined removes it. */
export function set(name: string, path: string, value: unknown) {
    return (documents: Document[]): undefined => {
        const document = named(documents, name);
        const parts = path.split("/");
        const last = parts.pop()!;
        const parent = parts.reduce<Record<string, unknown>>((at, part) => {
            at[part] ??= {};
            return at[part] as Record<string, unknown>;
        }, document);
        if (value === undefined) {
            Reflect.deleteProperty(parent, last);
        } else {
            parent[last] = value;
        }
    };
}

/** Removes the documents of a name. */
export function remove(name: string) {
    return (documents: Document[]): Document[] => {
        named(documents, name);
        return documents.filter((document) => document.name !== name);
    };
}

/** The first document of a name; the outputs have none. */
export function named(documents: Document[], name: string): Document {
    const found = documents.find((document) => document.name === name);
    if (found === undefined) {
        throw new Error(`no "${name}" in the golden file`);
    }
    return found;
}
