import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
    CommandError,
    type EngineEvent,
    LocalWorkspace,
    type OutputMap,
    PulumiCommand,
    type Stack,
} from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { type RawSettings, repositoryRoot } from "../../support/rawSettings";
import type { PulumiInstallation } from "./installation";
import { type Operation, Recorder } from "./operation";

/** Files of the repository to which the project's folder links: nothing is written there. */
const LINKED = [
    "bin",
    "index.ts",
    "program.ts",
    "components",
    "config",
    "strimzi",
    "node_modules",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "Pulumi.yaml",
];

/** A resource in the stack's state. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly parent?: string;
    readonly provider?: string;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
}

interface Listeners {
    readonly onEvent: (event: EngineEvent) => void;
    readonly onOutput: (text: string) => void;
    readonly onError: (text: string) => void;
    readonly color: "never";
}

/**
 * A stack of this repository's program under the real CLI: state in files, Pulumi's home and the
 * stack file in a temporary folder of its own.
 */
export class CliStack {
    private constructor(
        private readonly folder: string,
        private readonly stack: Stack,
    ) {}

    static async create(installation: PulumiInstallation, name: string): Promise<CliStack> {
        const folder = await mkdtemp(path.join(tmpdir(), "kafka-dr-cli-"));
        const inside = (...parts: string[]) => path.join(folder, ...parts);
        for (const made of ["project", "backend", "installation", "home/plugins"]) {
            await mkdir(inside(made), { recursive: true });
        }
        await Promise.all([
            ...LINKED.map((file) =>
                symlink(path.join(repositoryRoot, file), inside("project", file)),
            ),
            // The Automation API takes an installation by its root and looks into `bin`.
            symlink(path.dirname(installation.command), inside("installation", "bin")),
        ]);
        for (const pluginFolder of installation.pluginFolders) {
            await linkPlugin(pluginFolder, inside("home", "plugins"));
        }
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: name, workDir: inside("project") },
            {
                pulumiCommand: await PulumiCommand.get({ root: inside("installation") }),
                pulumiHome: inside("home"),
                envVars: {
                    PULUMI_BACKEND_URL: `file://${inside("backend")}`,
                    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
                    PULUMI_SKIP_UPDATE_CHECK: "true",
                    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
                },
            },
        );
        return new CliStack(folder, stack);
    }

    /** Writes the stack file with only these settings of the project. */
    async configure(settings: RawSettings): Promise<void> {
        const file = path.join(this.folder, "project", `Pulumi.${this.stack.name}.yaml`);
        const found = parse(await readFile(file, "utf8")) as Record<string, unknown>;
        const config = {
            "pulumi:disable-default-providers": ["kubernetes"],
            ...Object.fromEntries(
                Object.entries(settings).map(([key, value]) => [`kafka-dr:${key}`, value]),
            ),
        };
        await writeFile(file, stringify({ ...found, config }));
    }

    /** @param options Folders of policy packs that check the stack; none by default. */
    preview(options: { readonly policyPacks?: string[] } = {}): Promise<Operation> {
        return this.record((listeners) =>
            this.stack.preview({ diff: true, ...options, ...listeners }),
        );
    }

    /** @param options `refresh` compares the state with Kubernetes first; false by default. */
    up(options: { readonly refresh?: boolean } = {}): Promise<Operation> {
        return this.record((listeners) => this.stack.up({ ...options, ...listeners }));
    }

    refresh(): Promise<Operation> {
        return this.record((listeners) => this.stack.refresh(listeners));
    }

    /**
     * Like `pulumi destroy` on the command line, this runs a preview first and stops if it fails. The
     * Automation API alone would immediately delete every object that is not protected.
     */
    async destroy(): Promise<Operation> {
        const preview = await this.record((listeners) => this.stack.previewDestroy(listeners));
        return preview.failed ? preview : this.record((listeners) => this.stack.destroy(listeners));
    }

    outputs(): Promise<OutputMap> {
        return this.stack.outputs();
    }

    /** The resources of the stack's state. */
    async resources(): Promise<StateResource[]> {
        const exported = await this.stack.exportStack();
        return (exported.deployment as { resources?: StateResource[] }).resources ?? [];
    }

    /** Everything that the backend keeps on the disk: state, backups, history. */
    async storedText(): Promise<string> {
        const backend = path.join(this.folder, "backend");
        const entries = await readdir(backend, { recursive: true, withFileTypes: true });
        const texts = entries
            .filter((entry) => entry.isFile())
            .map((entry) => readFile(path.join(entry.parentPath, entry.name), "utf8"));
        return (await Promise.all(texts)).join("\n");
    }

    /** Removes the stack's files. Deployed objects stay. */
    async remove(): Promise<void> {
        await rm(this.folder, { recursive: true, force: true });
    }

    private async record(run: (listeners: Listeners) => Promise<unknown>): Promise<Operation> {
        const recorder = new Recorder();
        const { onEvent, onOutput } = recorder;
        try {
            await run({ onEvent, onOutput, onError: onOutput, color: "never" });
            return recorder.finish(false);
        } catch (error) {
            if (error instanceof CommandError) {
                return recorder.finish(true);
            }
            throw error;
        }
    }
}

/** Pulumi ignores a link to a plugin's folder, so its files are linked. */
async function linkPlugin(pluginFolder: string, plugins: string): Promise<void> {
    const folder = path.join(plugins, path.basename(pluginFolder));
    await mkdir(folder);
    for (const file of await readdir(pluginFolder)) {
        await symlink(path.join(pluginFolder, file), path.join(folder, file));
    }
}
