/** Configuration values as Kubernetes objects hold them. */
export type ConfigValue = string | number | boolean;
/** A configuration map of a Strimzi object, whose values are not checked yet. */
export type ConfigMap = Readonly<Record<string, unknown>>;

/** One configuration value as text. @throws when it is not a string, number or boolean */
export function configText(key: string, value: unknown): string {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
        return String(value);
    }
    throw new Error(`the value of ${key} must be a string, a number or a boolean`);
}

/** The entries of a configuration map as text, except keys that `forbidden` matches. */
export function configEntries(
    config: ConfigMap | undefined,
    forbidden: (key: string) => boolean = () => false,
): Record<string, string> {
    return Object.fromEntries(
        Object.entries(config ?? {})
            .filter(([key, value]) => !forbidden(key) && value !== undefined && value !== null)
            .map(([key, value]) => [key, configText(key, value)]),
    );
}

/** Matches keys that start with one of the prefixes but with none of the exceptions. */
export function prefixMatcher(
    prefixes: readonly string[],
    exceptions: readonly string[] = [],
): (key: string) => boolean {
    return (key) =>
        prefixes.some((prefix) => key.startsWith(prefix)) &&
        !exceptions.some((exception) => key.startsWith(exception));
}

function escapeProperty(text: string, isKey: boolean): string {
    const escaped = text
        .replaceAll("\\", "\\\\")
        .replaceAll("\n", "\\n")
        .replaceAll("\r", "\\r")
        .replaceAll("\t", "\\t")
        .replace(/^[ #!]/, "\\$&");
    return isKey ? escaped.replaceAll(/[=: ]/g, "\\$&") : escaped;
}

/** The text of a Java properties file (UTF-8), in the order of the entries. */
export function formatProperties(properties: Readonly<Record<string, string>>): string {
    return Object.entries(properties)
        .map(([key, value]) => `${escapeProperty(key, true)}=${escapeProperty(value, false)}\n`)
        .join("");
}
