import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";

/** bin/program.js uses it too; it exists from Node.js 22.8 on. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: unknown };

/** A program for Pulumi's language host in its own folder. */
export interface Variant {
    readonly name: string;
    readonly directory: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Called before each run, outside the measured time. */
    readonly prepare?: () => void;
}

/** The files of `pulumi new kubernetes-typescript`, with this project's package versions. */
const TEMPLATE_TSCONFIG = JSON.stringify({
    compilerOptions: {
        strict: true,
        outDir: "bin",
        target: "es2020",
        module: "nodenext",
        moduleResolution: "nodenext",
        sourceMap: true,
        experimentalDecorators: true,
        pretty: true,
        noFallthroughCasesInSwitch: true,
        noImplicitReturns: true,
        forceConsistentCasingInFileNames: true,
    },
    files: ["index.ts"],
});

const TEMPLATE_PROJECT = "name: kafka-dr\nruntime:\n  name: nodejs\n";
const JAVASCRIPT_PROJECT = `${TEMPLATE_PROJECT}  options:\n    typescript: false\n`;

const TRANSPILE_ONLY = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

/** The files that index.ts and its imports need. */
const SOURCES = ["index.ts", "program.ts", "components", "config", "strimzi", "tsconfig.json"];

/** The program to which all others are compared. */
export const REFERENCE = "empty program, types checked";

/** Writes the programs into a temporary folder. */
export function variants(root: string, folder: string): readonly Variant[] {
    function program(name: string, files: Readonly<Record<string, string>>): string {
        const directory = join(folder, name);
        mkdirSync(directory);
        symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
        for (const [file, text] of Object.entries(files)) {
            writeFileSync(join(directory, file), text);
        }
        return directory;
    }

    const empty = (name: string, packages: readonly string[]) =>
        program(name, {
            "Pulumi.yaml": TEMPLATE_PROJECT,
            "package.json": '{ "main": "index.ts" }',
            "tsconfig.json": TEMPLATE_TSCONFIG,
            "index.ts": packages
                .map((from, index) => `import * as package${index} from "${from}";\n`)
                .join(""),
        });
    const javaScript = (name: string, packages: readonly string[]) =>
        program(name, {
            "Pulumi.yaml": JAVASCRIPT_PROJECT,
            "package.json": '{ "main": "index.js" }',
            "index.js": packages.map((from) => `require("${from}");\n`).join(""),
        });

    const withTsNode = program("ts-node", {
        "Pulumi.yaml": TEMPLATE_PROJECT,
        "package.json": '{ "main": "index.ts" }',
    });
    for (const source of SOURCES) {
        symlinkSync(join(root, source), join(withTsNode, source));
    }

    const cache = join(root, "node_modules", ".cache", "kafka-dr");
    const dropCache = () => {
        rmSync(cache, { recursive: true, force: true });
    };
    return [
        { name: REFERENCE, directory: empty("empty", ["@pulumi/kubernetes", "@pulumi/pulumi"]) },
        {
            name: "the same, without @pulumi/kubernetes",
            directory: empty("pulumi-alone", ["@pulumi/pulumi"]),
        },
        {
            name: "loading both packages, JavaScript",
            directory: javaScript("both", ["@pulumi/pulumi", "@pulumi/kubernetes"]),
        },
        {
            name: "loading @pulumi/pulumi, JavaScript",
            directory: javaScript("one", ["@pulumi/pulumi"]),
        },
        { name: "dev, ts-node, types checked", directory: withTsNode },
        { name: "dev, ts-node, transpile only", directory: withTsNode, env: TRANSPILE_ONLY },
        { name: "dev, precompiled by tsc", directory: precompiled(root, program) },
        // Each run leaves a compile cache for the next one.
        ...(enableCompileCache === undefined
            ? []
            : [{ name: "dev, as committed, no cache yet", directory: root, prepare: dropCache }]),
        { name: "dev, as committed", directory: root },
    ];
}

function precompiled(
    root: string,
    program: (name: string, files: Readonly<Record<string, string>>) => string,
): string {
    const directory = program("precompiled", {
        "Pulumi.yaml": JAVASCRIPT_PROJECT,
        "package.json": '{ "main": "index.js" }',
        "tsconfig.json": JSON.stringify({
            extends: join(root, "tsconfig.json"),
            compilerOptions: { noEmit: false, noCheck: true, rootDir: root, outDir: "." },
            files: [join(root, "index.ts")],
            include: [],
        }),
    });
    const tsc = join(root, "node_modules", ".bin", "tsc");
    const { status, stdout } = spawnSync(tsc, ["--project", directory], { encoding: "utf8" });
    if (status !== 0) {
        throw new Error(`tsc failed:\n${stdout}`);
    }
    return directory;
}
