/*
 * What Pulumi starts, by "main" in package.json; `typescript: false` in Pulumi.yaml keeps it from
 * starting ts-node, which would check all types at every run. `npm run check:types` does that.
 *
 * index.ts and what it imports are compiled in memory at each run: no compiled file can be behind its
 * source. docs/internals/program-speed.md has what each way takes.
 */
const { enableCompileCache } = require("node:module");
const path = require("node:path");
const { RunError } = require("@pulumi/pulumi/errors");
const { nodeProblem } = require("./requireNode");

if (nodeProblem !== undefined) {
    // Pulumi shows the message of a RunError alone.
    throw new RunError(nodeProblem);
}

const root = path.join(__dirname, "..");

// V8's code for the packages. Node.js checks that it belongs to their text, and goes without where the
// folder cannot be written.
enableCompileCache(path.join(root, "node_modules", ".cache", "kafka-dr"));

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
