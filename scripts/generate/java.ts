import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";

/** Where Linux distributions install their Java versions, side by side. */
const INSTALLED = "/usr/lib/jvm";

/**
 * Finds a Java of at least the given feature release (21 for Java 21): the one of `JAVA_HOME`, else
 * `java` of the search path, else the newest in `/usr/lib/jvm`.
 *
 * @returns the command to run, or undefined if there is none.
 */
export async function findJava(minimum: number): Promise<string | undefined> {
    const home = process.env.JAVA_HOME;
    const preferred = [...(home ? [path.join(home, "bin", "java")] : []), "java"];
    for (const command of preferred) {
        if ((await javaVersion(command)) >= minimum) return command;
    }
    const names = await readdir(INSTALLED).catch(() => []);
    const found = await Promise.all(
        names.sort().map(async (name) => {
            const command = path.join(INSTALLED, name, "bin", "java");
            return { command, version: await javaVersion(command) };
        }),
    );
    return found
        .filter(({ version }) => version >= minimum)
        .sort((a, b) => b.version - a.version)[0]?.command;
}

/** The feature release of a Java command, 0 if it does not run. */
async function javaVersion(command: string): Promise<number> {
    try {
        const { stderr } = await promisify(execFile)(command, ["-version"]);
        return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
    } catch {
        return 0;
    }
}
