import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

/** A Pulumi CLI and a Kubernetes provider that work without the network. */
export interface PulumiInstallation {
    /** Absolute file name of the CLI. */
    readonly command: string;
    /** Folder of the installed plugin; undefined where the provider is on the PATH. */
    readonly pluginFolder: string | undefined;
}

const LANGUAGE_HOST = "pulumi-language-nodejs";
const PROVIDER = "pulumi-resource-kubernetes";

/**
 * Looks for the CLI and the provider, or says in one line what is missing. The CLI that the npm
 * package `pulumi` puts into node_modules/.bin does not count: it is a launcher that downloads.
 */
export function findPulumi(): PulumiInstallation | string {
    const folders = searchPath();
    const command = executable("pulumi", folders);
    if (command === undefined) {
        return "no pulumi CLI on the PATH";
    }
    if (executable(LANGUAGE_HOST, [path.dirname(command), ...folders]) === undefined) {
        return `no ${LANGUAGE_HOST} next to ${command} or on the PATH`;
    }
    if (executable(PROVIDER, folders) !== undefined) {
        return { command, pluginFolder: undefined };
    }
    const plugin = `resource-kubernetes-v${providerVersion()}`;
    const pluginFolder = path.join(pulumiHome(), "plugins", plugin);
    return existsSync(path.join(pluginFolder, PROVIDER))
        ? { command, pluginFolder }
        : `no plugin kubernetes ${providerVersion()}; install it with: pulumi plugin install resource kubernetes ${providerVersion()}`;
}

function searchPath(): string[] {
    return (process.env.PATH ?? "")
        .split(path.delimiter)
        .filter((folder) => folder !== "" && !isPackageBin(folder));
}

/** `npm run` puts such folders in front of the PATH. */
function isPackageBin(folder: string): boolean {
    return (
        path.basename(folder) === ".bin" && path.basename(path.dirname(folder)) === "node_modules"
    );
}

function executable(name: string, folders: readonly string[]): string | undefined {
    return folders.map((folder) => path.resolve(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

function pulumiHome(): string {
    return process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
}

/** The SDK asks the CLI for a plugin of its own version. */
function providerVersion(): string {
    const manifest = path.join(
        repositoryRoot,
        "node_modules",
        "@pulumi",
        "kubernetes",
        "package.json",
    );
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
