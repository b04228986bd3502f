import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { LabContext } from "./context";

/** Absolute path of the folder in which a lab keeps the Secrets that its JVMs read. */
export function secretsFolder(lab: LabContext): string {
    return path.join(lab.supervisor.folder, "secrets");
}

/**
 * A reference to a value of a Secret, for a Kafka configuration. It has Strimzi's form, but the
 * config provider behind it reads a folder of this machine; Strimzi's reads the API server.
 */
export function secretReference(
    folder: string,
    namespace: string,
    secretName: string,
    key: string,
): string {
    return `\${strimzisecrets:${folder}/${namespace}/${secretName}:${key}}`;
}

/** The properties of the config provider behind {@link secretReference}, without `config.providers`. */
export function secretProviderProperties(folder: string): Record<string, string> {
    const provider = "config.providers.strimzisecrets";
    return {
        [`${provider}.class`]: "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
        [`${provider}.param.allowed.paths`]: folder,
    };
}

/** Writes values of a Secret where {@link secretReference} finds them, readable by this user only. */
export async function writeSecretFiles(
    folder: string,
    namespace: string,
    secretName: string,
    values: Readonly<Record<string, string>>,
): Promise<void> {
    const target = path.join(folder, namespace, secretName);
    await mkdir(target, { recursive: true, mode: 0o700 });
    await Promise.all(
        Object.entries(values).map(([key, value]) =>
            writeFile(path.join(target, key), value, { mode: 0o600 }),
        ),
    );
}
