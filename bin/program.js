/*
 * What Pulumi starts, by "main" in package.json; `typescript: false` in Pulumi.yaml keeps it from
 * starting ts-node, which would check all types at every run. `npm run check:types` does that.
 *
 * index.ts and what it imports are compiled in memory at each run: no compiled file can be behind its
 * source. docs/program-speed.md has what each way takes.
 */
const { enableCompileCache } = require("node:module");
const path = require("node:path");

const root = path.join(__dirname, "..");

// From Node.js 22.8 on: V8's code for the packages. Node.js checks that it belongs to their text, and
// goes without where the folder cannot be written.
enableCompileCache?.(path.join(root, "node_modules", ".cache", "kafka-dr"));

const { RunError } = require("@pulumi/pulumi");
const { buildSync, formatMessagesSync } = require("esbuild");
const sourceMapSupport = require("source-map-support");

/** A program and what it imports, but for packages, as one CommonJS module with its source map. */
function bundle(entry) {
    try {
        const { outputFiles } = buildSync({
            entryPoints: [entry],
            absWorkingDir: root,
            bundle: true,
            packages: "external",
            platform: "node",
            format: "cjs",
            target: `node${process.versions.node}`,
            outfile: path.join(root, "index.js"),
            write: false,
            sourcemap: "inline",
            sourcesContent: false,
            logLevel: "silent",
        });
        return outputFiles[0].text;
    } catch (error) {
        // Pulumi shows the message of a RunError alone, without esbuild's own stack.
        throw error.errors === undefined ? error : new RunError(said(error.errors));
    }
}

/** File, line and the line itself of each error, as esbuild prints them. */
function said(errors) {
    return formatMessagesSync(errors, { kind: "error", color: false }).join("").trim();
}

require.extensions[".ts"] = (module, filename) => {
    const text = bundle(filename);
    // The SDK's own handler of stack traces looks for source maps on the disk only.
    sourceMapSupport.install({
        environment: "node",
        handleUncaughtExceptions: false,
        retrieveFile: (file) => (file === filename ? text : null),
    });
    module._compile(text, filename);
};

module.exports = require("../index.ts");
