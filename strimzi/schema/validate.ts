import { readFileSync } from "node:fs";
import * as path from "node:path";
import Ajv from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";

const KINDS = ["Kafka", "KafkaNodePool", "KafkaMirrorMaker2", "KafkaUser", "KafkaTopic"];
const SCHEMAS = path.resolve(__dirname, "../generated/schemas");

// The rules in CEL are data in the schemas: only an API server evaluates them.
const ajv = new Ajv({ strict: true, allErrors: true, verbose: true });
ajv.addVocabulary(["x-kubernetes-validations"]);
const compiled = new Map<string, ValidateFunction>();

/**
 * Checks an object against the custom resource definition of its kind, as a Kubernetes API server
 * with strict field validation does: types, enums, patterns, required and unknown fields. It also
 * requires `metadata.name` and `metadata.namespace`. Rules in CEL are not evaluated.
 *
 * Needs `ajv`, a development dependency: this is for tests and the lab, not for the stack.
 *
 * @returns one message per error, with the path and what is allowed; empty for a valid object.
 */
export function validateStrimziObject(object: unknown): string[] {
    const kind: unknown =
        typeof object === "object" && object !== null && "kind" in object ? object.kind : undefined;
    if (typeof kind !== "string" || !KINDS.includes(kind)) {
        return [`kind: must be one of ${KINDS.join(", ")}, is ${shown(kind)}`];
    }
    const validate = validatorOf(kind);
    if (validate(object)) return [];
    return (validate.errors ?? []).filter((error) => !insideAlternative(error)).map(message);
}

function validatorOf(kind: string): ValidateFunction {
    let validate = compiled.get(kind);
    if (!validate) {
        const schema = readFileSync(path.join(SCHEMAS, `${kind}.schema.json`), "utf8");
        validate = ajv.compile(JSON.parse(schema) as object);
        compiled.set(kind, validate);
    }
    return validate;
}

/** The error of a single alternative says less than that of the whole. */
function insideAlternative({ schemaPath }: ErrorObject): boolean {
    return /\/(oneOf|anyOf)\/\d+\//.test(schemaPath);
}

function message(error: ErrorObject): string {
    const parent = error.parentSchema as ParentSchema;
    const params = error.params as Record<string, unknown>;
    const where = fieldPath(error.instancePath);
    switch (error.keyword) {
        case "additionalProperties": {
            const field = where
                ? `${where}.${String(params.additionalProperty)}`
                : String(params.additionalProperty);
            const allowed = Object.keys(parent.properties ?? {});
            return `${field}: unknown field, allowed: ${allowed.join(", ") || "none"}`;
        }
        case "required": {
            const field = String(params.missingProperty);
            return `${where ? `${where}.` : ""}${field}: missing, but required`;
        }
        case "enum":
        case "const": {
            const allowed = (parent.enum ?? [parent.const]).map((value) => JSON.stringify(value));
            return `${where}: must be ${allowed.join(" or ")}, is ${shown(error.data)}`;
        }
        case "oneOf":
            return `${where}: must have exactly one of ${alternatives(parent.oneOf)}`;
        case "anyOf":
            return `${where}: must be ${alternatives(parent.anyOf)}, is ${shown(error.data)}`;
        default:
            return `${where}: ${error.message ?? error.keyword}, is ${shown(error.data)}`;
    }
}

interface ParentSchema {
    readonly properties?: object;
    readonly enum?: readonly unknown[];
    readonly const?: unknown;
    readonly oneOf?: readonly Alternative[];
    readonly anyOf?: readonly Alternative[];
}

interface Alternative {
    readonly type?: string;
    readonly pattern?: string;
    readonly required?: readonly string[];
    readonly properties?: object;
}

function alternatives(options: readonly Alternative[] = []): string {
    return options
        .map(({ type, pattern, required, properties }) =>
            type
                ? `${type}${pattern ? ` like ${pattern}` : ""}`
                : (required ?? Object.keys(properties ?? {})).join(" and "),
        )
        .join(" or ");
}

/** `/spec/mirrors/0/source` as `spec.mirrors[0].source`. */
function fieldPath(pointer: string): string {
    return pointer
        .split("/")
        .slice(1)
        .map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"))
        .reduce((before, step) => {
            if (/^\d+$/.test(step)) return `${before}[${step}]`;
            return before ? `${before}.${step}` : step;
        }, "");
}

function shown(value: unknown): string {
    // Undefined for undefined, which the declared type leaves out.
    const text = (JSON.stringify(value) as string | undefined) ?? "missing";
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
