import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

/** A Pulumi CLI and the providers of the program that work without the network. */
export interface PulumiInstallation {
    /** Absolute file name of the CLI. */
    readonly command: string;
    /** Folders of the installed plugins. */
    readonly pluginFolders: readonly string[];
}

const LANGUAGE_HOST = "pulumi-language-nodejs";
/** The packages of the program whose resources a provider creates. */
const PROVIDERS = ["kubernetes", "random"] as const;

/**
 * Finds the CLI and the providers, or returns in one line what is missing. The CLI that the npm
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
    const plugins = PROVIDERS.map((name) => ({ name, version: packageVersion(name) }));
    const folderOf = ({ name, version }: (typeof plugins)[number]) =>
        path.join(pulumiHome(), "plugins", `resource-${name}-v${version}`);
    // A provider on the PATH would be enough, but Pulumi warns about it in every run.
    const missing = plugins.find(
        (plugin) => !existsSync(path.join(folderOf(plugin), `pulumi-resource-${plugin.name}`)),
    );
    return missing === undefined
        ? { command, pluginFolders: plugins.map(folderOf) }
        : `no plugin ${missing.name} ${missing.version}; install it with: pulumi plugin install resource ${missing.name} ${missing.version}`;
}

function searchPath(): string[] {
    return (process.env.PATH ?? "")
        .split(path.delimiter)
        .filter((folder) => folder !== "" && !isPackageBin(folder));
}

/** `npm run` puts such folders at the front of the PATH. */
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
function packageVersion(name: string): string {
    const manifest = path.join(repositoryRoot, "node_modules", "@pulumi", name, "package.json");
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
