import { parseAllDocuments } from "yaml";

/** A resource of a golden file: its Pulumi options and its inputs. */
export interface GoldenResource {
    readonly type: string;
    readonly name: string;
    /** `Type/name`; absent for children of the stack itself. */
    readonly parent?: string;
    /** Name of the provider resource. */
    readonly provider?: string;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    /** The id of an object that is read, not created. */
    readonly read?: string;
    readonly aliases?: readonly unknown[];
    readonly inputs?: Readonly<Record<string, unknown>>;
}

export interface Golden {
    readonly resources: readonly GoldenResource[];
    readonly outputs: Readonly<Record<string, unknown>>;
}

export const NOTHING: Golden = { resources: [], outputs: {} };

/**
 * Reads the text of a golden file.
 * @throws Error when it is not YAML of resources and outputs.
 */
export function parseGolden(text: string): Golden {
    return goldenOf(
        parseAllDocuments(text).map((document) => {
            if (document.errors[0] !== undefined) {
                throw document.errors[0];
            }
            return document.toJS() as unknown;
        }),
    );
}

/** The documents of a golden file: resources, and the stack's outputs. */
export function goldenOf(documents: readonly unknown[]): Golden {
    const resources: GoldenResource[] = [];
    let outputs: Golden["outputs"] = {};
    for (const document of documents) {
        if (isRecord(document) && isRecord(document.outputs) && document.type === undefined) {
            outputs = document.outputs;
        } else if (isResource(document)) {
            resources.push(document);
        } else {
            throw new Error(`neither a resource nor the outputs: ${JSON.stringify(document)}`);
        }
    }
    return { resources, outputs };
}

function isResource(value: unknown): value is GoldenResource {
    return isRecord(value) && typeof value.type === "string" && typeof value.name === "string";
}

export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The last part of a type token: `Kafka` of `kubernetes:kafka.strimzi.io/v1:Kafka`. */
export function kindOf({ type }: GoldenResource): string {
    return type.slice(type.lastIndexOf(":") + 1);
}

/** The value at a path of keys in a resource's inputs, or undefined. */
export function inputAt(resource: GoldenResource, ...path: readonly string[]): unknown {
    return valueAt(resource.inputs, ...path);
}

export function valueAt(value: unknown, ...path: readonly string[]): unknown {
    return path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value);
}
