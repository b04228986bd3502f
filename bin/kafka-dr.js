#!/usr/bin/env node
const { nodeProblem } = require("./requireNode");

function fail(message) {
    console.error(`kafka-dr: ${message}`);
    process.exit(1);
}

if (nodeProblem !== undefined) {
    fail(nodeProblem);
}

const { enableCompileCache } = require("node:module");
const path = require("node:path");

const root = path.join(__dirname, "..");

// Node's code for the commands; it goes without where the folder cannot be written, as in the image.
enableCompileCache(path.join(root, "node_modules", ".cache", "kafka-dr"));

try {
    require("./build").commands().main();
} catch (error) {
    const compileErrors = error.errors ?? [];
    const isUninstalled =
        error.code === "MODULE_NOT_FOUND" ||
        compileErrors.some(({ text }) => /^Could not resolve "[^.]/.test(text));
    if (isUninstalled) {
        fail(
            "the npm packages are not installed, or are not those of the lockfile: " +
                `run "make setup" in ${root}.`,
        );
    }
    if (compileErrors.length > 0) {
        fail(error.message);
    }
    throw error;
}
