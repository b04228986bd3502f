import { closest } from "fastest-levenshtein";
import { z } from "zod";
import type { Problem } from "./problem";
import { currentName, currentValue } from "./renamed";

type Path = readonly PropertyKey[];

/** The result of parsing one config key: its value, if possible, and its problems. */
export interface ShapeResult<T> {
    /**
     * The parsed value. If parts were wrong, they have their defaults, so that the rules between
     * settings can be checked in the same run; undefined if too much is missing for that.
     */
    readonly value: T | undefined;
    readonly problems: readonly Problem[];
}

/** Parses the value of one Pulumi config key (`kafka-dr:source`), reporting every wrong field. */
export function parseShape<T>(schema: z.ZodType<T>, key: string, raw: unknown): ShapeResult<T> {
    const result = schema.safeParse(raw);
    if (result.success) {
        return { value: result.data, problems: [] };
    }
    const problems = result.error.issues.flatMap((issue) =>
        problemsOf(issue, schema, key, raw, issue.path),
    );
    return { value: parseWithoutWrongFields(schema, raw, result.error.issues), problems };
}

function problemsOf(
    issue: z.core.$ZodIssue,
    schema: z.ZodType,
    key: string,
    raw: unknown,
    path: Path,
): Problem[] {
    switch (issue.code) {
        case "unrecognized_keys": {
            const known = knownKeys(schema, path);
            return issue.keys.map((unknown) =>
                unknownKey(
                    formatKey(key, [...path, unknown]),
                    valueAt(raw, [...path, unknown]),
                    unknown,
                    known,
                ),
            );
        }
        case "invalid_key":
            return issue.issues.flatMap((inner) => problemsOf(inner, schema, key, raw, path));
        default: {
            const value = valueAt(raw, path);
            const found = { key: formatKey(key, path), value };
            const renamed = currentValue(found.key, value);
            if (renamed !== undefined) {
                return [
                    {
                        ...found,
                        rule: "renamed-value",
                        message: `is now called "${renamed}"; rename the value`,
                    },
                ];
            }
            return [
                value === undefined
                    ? { ...found, rule: "required", message: requiredMessage(schema, path) }
                    : { ...found, rule: ruleOf(issue), message: messageOf(issue, value) },
            ];
        }
    }
}

/** Longer lists would hide the suggestion; docs/reference/settings.md has all keys. */
const MOST_KEYS_LISTED = 8;

/**
 * What is wrong with a key that the settings do not have.
 *
 * @param key With its path.
 * @param name The last part of `key`.
 * @param known The keys that may stand in its place.
 */
export function unknownKey(
    key: string,
    value: unknown,
    name: string,
    known: readonly string[],
): Problem {
    const renamed = currentName(key);
    return renamed === undefined
        ? { rule: "unknown-key", key, value, message: unknownKeyMessage(name, known) }
        : {
              rule: "renamed-key",
              key,
              value,
              message: `is now called "${renamed}"; rename the key`,
          };
}

/** Suggests the closest known key, and lists all of them if there are few. */
function unknownKeyMessage(unknown: string, known: readonly string[]): string {
    if (known.length === 0) {
        return "is not a known setting";
    }
    const all = known.length <= MOST_KEYS_LISTED ? ` Known here: ${known.join(", ")}.` : "";
    return `is not a known setting; did you mean "${closest(unknown, [...known])}"?${all}`;
}

function requiredMessage(schema: z.ZodType, path: Path): string {
    const description = schemasAt(schema, path).find((found) => found.description)?.description;
    return description === undefined ? "is required" : `is required. ${description}`;
}

function ruleOf(issue: z.core.$ZodIssue): string {
    if (issue.code === "custom" && typeof issue.params?.rule === "string") {
        return issue.params.rule;
    }
    const rules: Partial<Record<z.core.$ZodIssue["code"], string>> = {
        invalid_type: "wrong-type",
        invalid_union: "wrong-type",
        invalid_value: "not-allowed",
        too_small: "out-of-range",
        too_big: "out-of-range",
    };
    return rules[issue.code] ?? "wrong-format";
}

function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
    switch (issue.code) {
        case "invalid_value":
            return `must be ${issue.values.map((allowed) => JSON.stringify(allowed)).join(" or ")}`;
        case "invalid_type":
            // The field's own message if it has one, otherwise the expected type.
            return issue.message.startsWith("Invalid input")
                ? `must be ${article(issue.expected)}, not ${article(typeName(value))}`
                : issue.message;
        case "invalid_union":
            return "note" in issue && issue.note === "No matching discriminator"
                ? 'must have the type "ephemeral" or "persistent-claim"'
                : "must be a string, a number or a boolean";
        default:
            return issue.message;
    }
}

function typeName(value: unknown): string {
    if (value === null) {
        return "null";
    }
    return Array.isArray(value) ? "array" : typeof value;
}

function article(type: string): string {
    const name = { int: "whole number", record: "object" }[type] ?? type;
    return name === "null" ? "null" : `${/^[aeio]/.test(name) ? "an" : "a"} ${name}`;
}

/** `kafka-dr:mirror.producerOverrides["batch.size"]`: how `pulumi config set --path` writes it. */
function formatKey(key: string, path: Path): string {
    return path.reduce<string>((text, part) => {
        if (typeof part === "number") {
            return `${text}[${part}]`;
        }
        const name = String(part);
        return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
            ? `${text}.${name}`
            : `${text}[${JSON.stringify(name)}]`;
    }, key);
}

function valueAt(raw: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (value, part) =>
            typeof value === "object" && value !== null && Object.hasOwn(value, part)
                ? (value as Record<PropertyKey, unknown>)[part]
                : undefined,
        raw,
    );
}

function knownKeys(schema: z.ZodType, path: Path): string[] {
    const keys = schemasAt(schema, path).flatMap((found) =>
        found instanceof z.ZodObject ? Object.keys(found.shape) : [],
    );
    return [...new Set(keys)];
}

/** The schemas that may describe the value at a path; several if the path leads into a union. */
function schemasAt(schema: z.ZodType, path: Path): z.ZodType[] {
    return path
        .reduce<z.ZodType[]>(
            (found, part) => found.flatMap(unwrap).flatMap((inner) => childSchema(inner, part)),
            [schema],
        )
        .flatMap((found) => [found, ...unwrap(found)]);
}

function unwrap(schema: z.ZodType): z.ZodType[] {
    if (
        schema instanceof z.ZodOptional ||
        schema instanceof z.ZodDefault ||
        schema instanceof z.ZodPrefault
    ) {
        return unwrap(schema.unwrap() as z.ZodType);
    }
    if (schema instanceof z.ZodUnion) {
        return (schema.options as z.ZodType[]).flatMap(unwrap);
    }
    return [schema];
}

function childSchema(schema: z.ZodType, part: PropertyKey): z.ZodType[] {
    if (schema instanceof z.ZodObject) {
        const child = (schema.shape as Record<PropertyKey, z.ZodType | undefined>)[part];
        return child === undefined ? [] : [child];
    }
    return schema instanceof z.ZodArray ? [schema.element as z.ZodType] : [];
}

function parseWithoutWrongFields<T>(
    schema: z.ZodType<T>,
    raw: unknown,
    issues: readonly z.core.$ZodIssue[],
): T | undefined {
    const copy: unknown = structuredClone(raw);
    for (const issue of issues) {
        const paths =
            issue.code === "unrecognized_keys"
                ? issue.keys.map((unknown) => [...issue.path, unknown])
                : [issue.path];
        paths.forEach((path) => {
            remove(copy, path);
        });
    }
    const second = schema.safeParse(copy);
    return second.success ? second.data : undefined;
}

function remove(value: unknown, path: Path): void {
    const last = path.at(-1);
    const parent = valueAt(value, path.slice(0, -1));
    if (last !== undefined && typeof parent === "object" && parent !== null) {
        Reflect.deleteProperty(parent, last);
    }
}
