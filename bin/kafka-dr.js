#!/usr/bin/env node
const { nodeProblem } = require("./requireNode");
if (nodeProblem !== undefined) {
    console.error(`kafka-dr: ${nodeProblem}`);
    process.exit(1);
}

// The commands are TypeScript; types are checked by `npm run check:types`, not at each start.
process.env.TS_NODE_PROJECT ??= require("node:path").join(__dirname, "..", "tsconfig.json");
require("ts-node").register({
    transpileOnly: true,
    // As an installed package this is itself below node_modules, where ts-node compiles nothing.
    ignore: ["(?:^|/)node_modules/(?!kafka-dr/(?!node_modules/))"],
});
require("../cli/main").main();
