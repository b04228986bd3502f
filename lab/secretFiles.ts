import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { LabContext } from "./context";

/** The folder of one lab that stands for the Secrets which its JVMs read; absolute. */
export function secretsFolder(lab: LabContext): string {
    return path.join(lab.supervisor.folder, "secrets");
}

/**
 * A reference to a value of a Secret in a configuration of Kafka: Strimzi's, except that the
 * provider reads a folder of this machine where Strimzi's reads the API server.
 */
export function secretReference(
    folder: string,
    namespace: string,
    secretName: string,
    key: string,
): string {
    return `\${strimzisecrets:${folder}/${namespace}/${secretName}:${key}}`;
}

/** The properties of the provider behind {@link secretReference}, without `config.providers`. */
export function secretProviderProperties(folder: string): Record<string, string> {
    const provider = "config.providers.strimzisecrets";
    return {
        [`${provider}.class`]: "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
        [`${provider}.param.allowed.paths`]: folder,
    };
}

/** Writes values of a Secret where {@link secretReference} finds them, for this user's eyes only. */
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
