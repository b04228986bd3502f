import type { CustomResourceDefinition, OpenApiSchema } from "./openApi";
import type { Kind } from "./kinds";

/** The part of JSON Schema (draft 7) that the generator writes, with Kubernetes' CEL rules as data. */
export interface JsonSchema {
    $comment?: string;
    $ref?: string;
    type?: string;
    const?: string;
    enum?: unknown[];
    pattern?: string;
    minLength?: number;
    maxLength?: number;
    properties?: Record<string, JsonSchema>;
    required?: string[];
    additionalProperties?: boolean | JsonSchema;
    items?: JsonSchema;
    oneOf?: JsonSchema[];
    anyOf?: JsonSchema[];
    definitions?: Record<string, JsonSchema>;
    "x-kubernetes-validations"?: { rule: string; message?: string }[];
}

/** Keywords that mean the same in both languages. */
const COMMON_KEYWORDS = [
    "type",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "required",
] as const satisfies (keyof OpenApiSchema)[];

/** Every keyword that `convert` understands: a new keyword of Strimzi must not get lost silently. */
const KNOWN_KEYWORDS = new Set<string>([
    ...COMMON_KEYWORDS,
    "description",
    "example",
    "properties",
    "additionalProperties",
    "items",
    "nullable",
    "oneOf",
    "anyOf",
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
]);

/** The fields that a manifest of this product may have in `metadata`. */
export const OBJECT_META: JsonSchema = {
    type: "object",
    properties: {
        name: { type: "string", pattern: "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$", maxLength: 253 },
        namespace: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", maxLength: 63 },
        labels: { type: "object", additionalProperties: { type: "string" } },
        annotations: { type: "object", additionalProperties: { type: "string" } },
    },
    required: ["name", "namespace"],
    additionalProperties: false,
};

/** The JSON Schema of whole objects of a kind, from its custom resource definition. */
export function objectSchema(kind: Kind, crd: CustomResourceDefinition): JsonSchema {
    const [version, ...others] = crd.spec.versions;
    if (version?.name !== "v1" || others.length > 0) {
        throw new Error(`${kind}: expected v1 to be the only version of the definition`);
    }
    const { spec, status } = version.schema.openAPIV3Schema.properties ?? {};
    if (!spec || !status) throw new Error(`${kind}: the definition has no spec or no status`);
    return {
        type: "object",
        properties: {
            apiVersion: { type: "string", const: `${crd.spec.group}/v1` },
            kind: { type: "string", const: kind },
            metadata: OBJECT_META,
            spec: convert(spec, `${kind}.spec`),
            status: convert(status, `${kind}.status`),
        },
        required: ["apiVersion", "kind", "metadata", "spec"],
        additionalProperties: false,
    };
}

function convert(schema: OpenApiSchema, where: string): JsonSchema {
    const unknown = Object.keys(schema).filter((keyword) => !KNOWN_KEYWORDS.has(keyword));
    if (unknown.length > 0) {
        throw new Error(
            `${where}: keyword ${unknown.join(", ")} is not supported by the generator`,
        );
    }
    if (schema["x-kubernetes-int-or-string"]) return intOrString(schema);

    const result: JsonSchema = {};
    for (const keyword of COMMON_KEYWORDS) {
        if (schema[keyword] !== undefined) Object.assign(result, { [keyword]: schema[keyword] });
    }
    if (schema.properties) {
        result.properties = Object.fromEntries(
            Object.entries(schema.properties).map(([name, property]) => [
                name,
                convert(property, `${where}.${name}`),
            ]),
        );
    }
    if (schema.items) result.items = convert(schema.items, `${where}[]`);
    if (schema.type === "object") {
        result.additionalProperties = schema.additionalProperties
            ? convert(schema.additionalProperties, `${where}.*`)
            : (schema["x-kubernetes-preserve-unknown-fields"] ?? false);
    }
    // The alternatives only restrict fields declared next to them, and have no types of their own.
    if (schema.oneOf) result.oneOf = schema.oneOf.map((option) => convert(option, `${where}|`));
    if (schema.anyOf) result.anyOf = schema.anyOf.map((option) => convert(option, `${where}|`));
    const rules = schema["x-kubernetes-validations"];
    if (rules) result["x-kubernetes-validations"] = rules;
    return schema.nullable ? { anyOf: [result, { type: "null" }] } : result;
}

/** OpenAPI's pattern says nothing about integers, so it belongs to the string. */
function intOrString({ pattern }: OpenApiSchema): JsonSchema {
    return { anyOf: [{ type: "integer" }, { type: "string", ...(pattern && { pattern }) }] };
}
