import type { JsonSchema } from "./jsonSchema";

/**
 * Moves every object with declared fields to a named definition, so that the generated types have
 * names too; equal objects share one.
 *
 * A name is the prefix and the last step of the path (`KafkaListener`), with as many of the steps
 * before it as make the name unique. Shallow objects choose first, so deep changes in a new Strimzi do
 * not rename them.
 */
export function withDefinitions(root: JsonSchema, prefix: string): JsonSchema {
    const names = new Map<string, string>();
    // Metadata is not moved: its type is the same for all kinds, and has its own file.
    const fields = children(root, []).filter(({ path }) => path[0] !== "Metadata");
    // The names of the fields themselves, such as KafkaStatus, are reserved for these.
    const taken = new Set(fields.map(({ path }) => prefix + path.join("")));
    // Field by field, so that the objects of the spec choose their names before those of the status.
    for (const field of fields) {
        let level = [field];
        while (level.length > 0) {
            for (const { schema, path } of level) {
                if (!schema.properties) continue;
                const content = JSON.stringify(schema);
                if (names.has(content)) continue;
                const name = uniqueName(prefix, path, taken);
                taken.add(name);
                names.set(content, name);
            }
            level = level.flatMap(({ schema, path }) => children(schema, path));
        }
    }

    const definitions: Record<string, JsonSchema> = {};
    const rewrite = (schema: JsonSchema): JsonSchema => {
        const name = names.get(JSON.stringify(schema));
        if (name === undefined) return mapChildren(schema, rewrite);
        definitions[name] ??= mapChildren(schema, rewrite);
        return { $ref: `#/definitions/${name}` };
    };
    const result = mapChildren(root, rewrite);
    return { ...result, definitions };
}

/** Names from Strimzi's model for objects that serve more fields than the first that has them. */
const SHARED_NAMES: Readonly<Record<string, string>> = {
    ApiService: "InternalServiceTemplate",
    BootstrapService: "InternalServiceTemplate",
    ConfigMapKeyRef: "KeySelector",
    ConnectContainer: "ContainerTemplate",
    Container: "ContainerTemplate",
    ImagePullSecret: "LocalObjectReference",
    KafkaContainer: "ContainerTemplate",
    LivenessProbe: "Probe",
    Pod: "PodTemplate",
    PodSet: "ResourceTemplate",
    SecretKeyRef: "KeySelector",
    SourceConnector: "Connector",
};

interface Located {
    readonly schema: JsonSchema;
    /** The steps to it from the root, capitalised. */
    readonly path: readonly string[];
}

function uniqueName(prefix: string, path: readonly string[], taken: Set<string>): string {
    const last = path.at(-1) ?? "";
    if (path.length === 1) return prefix + last;
    for (let steps = 0; steps < path.length; steps++) {
        const before = path.slice(path.length - 1 - steps, -1);
        const name = [...before, SHARED_NAMES[last] ?? last].join("");
        // "KafkaKafka" is less clear than "KafkaSpecKafka".
        if (name !== prefix && !taken.has(prefix + name)) return prefix + name;
    }
    // Two paths that read the same, such as "pod" and the items of "pods".
    let number = 2;
    while (taken.has(`${prefix}${path.join("")}${number}`)) number++;
    return `${prefix}${path.join("")}${number}`;
}

function children(schema: JsonSchema, path: readonly string[]): Located[] {
    const result: Located[] = [];
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
        result.push({ schema: property, path: [...path, capitalised(name)] });
    }
    if (schema.items) {
        const parents = path.slice(0, -1);
        result.push({ schema: schema.items, path: [...parents, singular(path.at(-1) ?? "")] });
    }
    if (typeof schema.additionalProperties === "object") {
        result.push({ schema: schema.additionalProperties, path: [...path, "Value"] });
    }
    return result;
}

/** Applies a function to the schemas of properties, items and map values. */
function mapChildren(schema: JsonSchema, apply: (child: JsonSchema) => JsonSchema): JsonSchema {
    const result: JsonSchema = { ...schema };
    if (schema.properties) {
        result.properties = Object.fromEntries(
            Object.entries(schema.properties).map(([name, child]) => [name, apply(child)]),
        );
    }
    if (schema.items) result.items = apply(schema.items);
    if (typeof schema.additionalProperties === "object") {
        result.additionalProperties = apply(schema.additionalProperties);
    }
    return result;
}

function capitalised(name: string): string {
    const word = name.replace(/[^A-Za-z0-9]/g, "");
    return word.charAt(0).toUpperCase() + word.slice(1);
}

function singular(word: string): string {
    if (/(ss|x|ch|us|as)es$/.test(word)) return word.slice(0, -2);
    if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
    return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
