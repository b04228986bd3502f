import type { StackFile } from "../../config/stackFile";

/**
 * Changes of a stack's config by key, in the form of `pulumi config set`: `kafka-dr:phase` sets a whole
 * value, `kafka-dr:mirror.replicas` sets a field inside one (`--path`). Undefined removes a key.
 */
export type ConfigChanges = Readonly<Record<string, unknown>>;

/** Returns the stack file with the changes applied in order. */
export function changedConfig(file: StackFile, changes: ConfigChanges): StackFile {
    const config: Record<string, string> = { ...file.config };
    for (const [place, value] of Object.entries(changes)) {
        const [key = "", ...path] = place.split(".");
        const present = config[key];
        if (path.length === 0) {
            setOrDelete(config, key, asText(value));
        } else {
            const root = asObject(key, present);
            setAt(root, path, value);
            config[key] = JSON.stringify(root);
        }
    }
    return { ...file, config };
}

function setAt(object: Record<string, unknown>, path: readonly string[], value: unknown): void {
    const [step = "", ...rest] = path;
    if (rest.length === 0) {
        setOrDelete(object, step, value);
        return;
    }
    const inner = object[step];
    const next = typeof inner === "object" && inner !== null ? inner : {};
    object[step] = next;
    setAt(next as Record<string, unknown>, rest, value);
}

function setOrDelete<T>(object: Record<string, T>, key: string, value: T | undefined): void {
    if (value === undefined) {
        Reflect.deleteProperty(object, key);
    } else {
        object[key] = value;
    }
}

/** A program receives text unchanged and everything else as JSON. */
function asText(value: unknown): string | undefined {
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}

function asObject(key: string, text: string | undefined): Record<string, unknown> {
    const value: unknown = text === undefined ? {} : JSON.parse(text);
    if (typeof value !== "object" || value === null) {
        throw new Error(`${key} is not an object, so no field of it can be set`);
    }
    return value as Record<string, unknown>;
}
