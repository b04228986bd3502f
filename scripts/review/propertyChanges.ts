import { isDeepStrictEqual } from "node:util";
import { formatPropertyPath, type PropertyPath } from "../../engine/propertyPath";
import { isRecord } from "./golden";

/** One value that differs. Absent before: new. Absent after: gone. */
export interface PropertyChange {
    /** In Pulumi's notation, `spec.mirrors[0].source.alias`; named items by their name. */
    readonly path: string;
    readonly before?: unknown;
    readonly after?: unknown;
}

/** Every value that differs, at the deepest path that both sides share, sorted by path. */
export function propertyChanges(before: unknown, after: unknown): PropertyChange[] {
    const found: PropertyChange[] = [];
    const visit = (old: unknown, now: unknown, path: PropertyPath): void => {
        if (isDeepStrictEqual(old, now)) {
            return;
        }
        const oldItems = itemsByKey(old);
        const newItems = itemsByKey(now);
        if (oldItems === undefined || oldItems.kind !== newItems?.kind) {
            found.push({
                path: formatPropertyPath(path),
                ...(old !== undefined && { before: old }),
                ...(now !== undefined && { after: now }),
            });
            return;
        }
        for (const key of new Set([...oldItems.items.keys(), ...newItems.items.keys()])) {
            visit(oldItems.items.get(key), newItems.items.get(key), [...path, key]);
        }
    };
    visit(before, after, []);
    return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

interface Items {
    readonly kind: "fields" | "named" | "indexed";
    readonly items: ReadonlyMap<string | number, unknown>;
}

/**
 * The members to compare one by one: the fields of an object, the items of a list of objects by their
 * unique name (so that an insertion is one change), other lists of objects by position. Lists of plain
 * values are compared as a whole.
 */
function itemsByKey(value: unknown): Items | undefined {
    if (isRecord(value)) {
        return { kind: "fields", items: new Map(Object.entries(value)) };
    }
    if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) {
        return undefined;
    }
    const names = value.map(({ name }) => name);
    const named =
        names.every((name) => typeof name === "string") && new Set(names).size === names.length;
    return named
        ? { kind: "named", items: new Map(value.map((item) => [item.name as string, item])) }
        : { kind: "indexed", items: new Map(value.map((item, index) => [index, item])) };
}
