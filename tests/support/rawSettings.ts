import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fromConfigValue } from "../../config/configValue";

/** Config values by key, without the project's name, as `parseSettings` takes them. */
export type RawSettings = Record<string, unknown>;

export const repositoryRoot = join(__dirname, "..", "..");

/** The values of one of the project's own stack files. */
export function rawStack(stack: "dev" | "prod" | "lab"): RawSettings {
    const file = readFileSync(join(repositoryRoot, `Pulumi.${stack}.yaml`), "utf8");
    const { config } = parse(file) as { config: Record<string, unknown> };
    return Object.fromEntries(
        Object.entries(config)
            .filter(([key]) => key.startsWith("kafka-dr:"))
            .map(([key, value]) => [
                key.slice("kafka-dr:".length),
                // Pulumi writes `true` as a text.
                typeof value === "string" ? fromConfigValue(value) : value,
            ]),
    );
}

/** A change of one value, by its path, as in a stack file. */
export type Change = readonly [path: string, value: unknown];

/**
 * The values with changes applied. Path parts are separated by "/", since Kafka's names have dots;
 * `undefined` removes the value.
 */
export function changed(raw: RawSettings, ...changes: readonly Change[]): RawSettings {
    const copy = structuredClone(raw);
    for (const [path, value] of changes) {
        const parts = path.split("/");
        const last = parts.pop()!;
        const parent = parts.reduce<Record<string, unknown>>((at, part) => {
            at[part] ??= {};
            return at[part] as Record<string, unknown>;
        }, copy);
        if (value === undefined) {
            Reflect.deleteProperty(parent, last);
        } else {
            parent[last] = value;
        }
    }
    return copy;
}
