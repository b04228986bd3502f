/*
 * Compiles the commands and all packages that they use to JavaScript in dist/. `npm run build` and the
 * image run this; in a checkout, bin/kafka-dr.js does so whenever a source or a package has changed.
 */
const {
    existsSync,
    mkdirSync,
    readFileSync,
    renameSync,
    statSync,
    writeFileSync,
} = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const root = path.join(__dirname, "..");

/** As deep below the root as the sources of the commands: cli/shared/root.ts relies on it. */
const folder = path.join(root, "dist", "cli");

/** The commands, and the program of a container in Kubernetes that runs one. */
const entries = { main: "cli/main.ts", container: "cli/run/container.ts" };

/** Files that the compiled code was made of, with their sizes and times of change. */
const inputsFile = path.join(folder, "inputs.json");

/** npm writes this file whenever it changes a package, so that it stands for all of them. */
const packages = "node_modules/.package-lock.json";

/** Compiles, writes dist/, and returns the text of the compiled commands. */
function build() {
    const { buildSync } = require("esbuild");
    const { outputFiles, metafile } = buildSync({
        entryPoints: entries,
        absWorkingDir: root,
        outdir: folder,
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node22.22",
        // Node.js reads half as much at each start. Names stay, for stack traces.
        minifyWhitespace: true,
        minifySyntax: true,
        // A file of WebAssembly would have to lie next to the compiled code.
        alias: { "@platformatic/wasm-utils": "@platformatic/wasm-utils/bundled" },
        // Native code, which its user does without where it is absent.
        external: ["@node-rs/crc32"],
        define: { "import.meta.url": "importMetaUrl" },
        banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
        metafile: true,
        write: false,
        logLevel: "silent",
    });
    const sources = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
    const files = [...sources, "bin/build.js", packages].filter(
        (file) => stamp(file) !== undefined,
    );
    const stamps = Object.fromEntries(files.map((file) => [file, stamp(file)]));
    // The inputs come last: with them, the rest is there.
    write([...outputFiles, { path: inputsFile, text: JSON.stringify(stamps) }]);
    return outputFiles.find((file) => path.basename(file.path) === "main.js").text;
}

/**
 * Replaces each file at once, so that another process never reads half of one. A folder that cannot
 * be written stays as it is: the next start compiles again.
 */
function write(files) {
    try {
        mkdirSync(folder, { recursive: true });
        for (const file of files) {
            const temporary = `${file.path}.${process.pid}`;
            writeFileSync(temporary, file.text);
            renameSync(temporary, file.path);
        }
    } catch (error) {
        if (require.main === module) {
            throw error;
        }
    }
}

/** Whether the compiled code belongs to the sources as they are now. */
function isCurrent() {
    try {
        const inputs = Object.entries(JSON.parse(readFileSync(inputsFile, "utf8")));
        return inputs.every(([file, found]) => stamp(file) === found);
    } catch {
        return false; // not compiled yet
    }
}

function stamp(file) {
    const found = statSync(path.join(root, file), { throwIfNoEntry: false });
    return found && `${found.size} ${found.mtimeMs}`;
}

/** Loads the commands; a checkout compiles them first where that is due. The image has no sources. */
function commands() {
    const file = path.join(folder, "main.js");
    if (!existsSync(path.join(root, entries.main)) || isCurrent()) {
        return require(file);
    }
    const text = build();
    const module = new Module(file);
    module.filename = file;
    module.paths = Module._nodeModulePaths(folder);
    module._compile(text, file);
    return module.exports;
}

module.exports = { commands };

if (require.main === module) {
    build();
}
