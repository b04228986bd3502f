const types = ["string", "integer", "boolean", "array", "object"] as const;

/** The parts of a config key's declaration in `Pulumi.yaml` that can be checked here. */
export interface ConfigDeclaration {
    /** Undefined: any value is allowed, or none. */
    readonly type?: (typeof types)[number];
    /** The type of every item of an array. */
    readonly items?: ConfigDeclaration;
    readonly secret: boolean;
    /** `default` or `value`: applies if the stack has no value. */
    readonly fallback?: unknown;
}

const attributes = ["type", "items", "description", "secret", "default", "value"];

/**
 * Reads a declaration in Pulumi's schema. A value that is not a map is short for `value`.
 *
 * @param report is called for each violated rule of that schema.
 */
export function declarationOf(
    key: string,
    raw: unknown,
    project: string,
    report: (problem: string) => void,
): ConfigDeclaration {
    if (!isObject(raw)) {
        return { secret: false, ...(raw !== null && { fallback: raw }) };
    }
    for (const attribute of Object.keys(raw).filter((name) => !attributes.includes(name))) {
        report(`${attribute} is not one of ${attributes.join(", ")}`);
    }
    if ("default" in raw && "value" in raw) {
        report("default and value exclude each other");
    }
    if (!key.startsWith(`${project}:`) && ("type" in raw || "default" in raw)) {
        report("a key of another namespace takes value only");
    }
    const type = types.find((name) => name === raw.type);
    if (raw.type !== undefined && type === undefined) {
        report(`type must be one of ${types.join(", ")}`);
    }
    if (type === "array" && !isObject(raw.items)) {
        report("an array needs items with a type");
    }
    const fallback = raw.default ?? raw.value;
    return {
        ...(type !== undefined && { type }),
        ...(isObject(raw.items) && { items: declarationOf(key, raw.items, project, report) }),
        secret: raw.secret === true,
        ...(fallback !== undefined && fallback !== null && { fallback }),
    };
}

/** The CLI's rules: text in the form of an integer or a boolean is one; any scalar is a text. */
export function matchesDeclaration(declaration: ConfigDeclaration, value: unknown): boolean {
    const { items } = declaration;
    switch (declaration.type) {
        case undefined:
            return true;
        case "string":
            return typeof value !== "object";
        case "integer":
            return /^[+-]?\d+$/.test(scalarText(value));
        case "boolean":
            return /^(true|false)$/.test(scalarText(value));
        case "object":
            return isObject(value);
        case "array":
            return (
                Array.isArray(value) &&
                value.every((item) => items === undefined || matchesDeclaration(items, item))
            );
    }
}

function scalarText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
