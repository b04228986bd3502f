/** Settings by their earlier names, each with its current one in the same place. */
export const RENAMED_SETTINGS: Readonly<Record<string, string>> = {
    "mirror.generation": "epoch",
    "mirror.credentialsGeneration": "credentialsRevision",
    "users[].credentialsGeneration": "credentialsRevision",
};

/**
 * The current name of a setting that was renamed; undefined for every other key.
 *
 * @param key With its path, for example `kafka-dr:users[0].credentialsGeneration`.
 */
export function currentName(key: string): string | undefined {
    const path = key.replace(/^kafka-dr:/, "").replace(/\[\d+\]/g, "[]");
    return Object.hasOwn(RENAMED_SETTINGS, path) ? RENAMED_SETTINGS[path] : undefined;
}
