/*
 * Lets the programs of this package end in one line where Node.js is too old for them; their packages
 * would fail later, in words of their own. Written for any Node.js, however old.
 */
const { engines } = require("../package.json");

const needed = engines.node.replace(">=", "");
const found = process.versions.node;

/** What to do about a Node.js that is too old; undefined where it is not. */
module.exports.nodeProblem = isOlder(found, needed)
    ? `Node.js ${found} is too old for kafka-dr, which needs ${needed} or newer: install Node.js 24 ` +
      "(https://nodejs.org), or put scripts/with-node.sh before the command, which fetches one."
    : undefined;

function isOlder(version, than) {
    const [major, minor] = version.split(".").map(Number);
    const [thanMajor, thanMinor] = than.split(".").map(Number);
    return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
