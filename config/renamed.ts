/** Settings by their earlier names, each with its current one in the same place. */
export const RENAMED_SETTINGS: Readonly<Record<string, string>> = {
    "mirror.exactlyOnce": "exactlyOnceSourceSupport",
    "mirror.generation": "epoch",
    "mirror.credentialsGeneration": "credentialsRevision",
    "users[].credentialsGeneration": "credentialsRevision",
};

/** Values of settings by their earlier names, each with its current one. */
export const RENAMED_VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "mirror.profile": { default: "kafka" },
};

/**
 * The current name of a setting that was renamed; undefined for every other key.
 *
 * @param key With its path, for example `kafka-dr:users[0].credentialsGeneration`.
 */
export function currentName(key: string): string | undefined {
    return entryOf(RENAMED_SETTINGS, withoutIndexes(key));
}

/** The current name of a value that was renamed; undefined for every other value. */
export function currentValue(key: string, value: unknown): string | undefined {
    const renamed = entryOf(RENAMED_VALUES, withoutIndexes(key)) ?? {};
    return typeof value === "string" ? entryOf(renamed, value) : undefined;
}

function withoutIndexes(key: string): string {
    return key.replace(/^kafka-dr:/, "").replace(/\[\d+\]/g, "[]");
}

function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
    return Object.hasOwn(table, name) ? table[name] : undefined;
}
