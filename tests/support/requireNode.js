// Mocha loads this first: on a Node.js that is too old, tests would fail one by one.
const { nodeProblem } = require("../../bin/requireNode");

if (nodeProblem !== undefined) {
    console.error(nodeProblem);
    process.exit(1);
}
