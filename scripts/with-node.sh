#!/bin/sh
# Runs a command and its children on a Node.js that "engines" of package.json allows: the one on the
# PATH or, if that is too old, the one that scripts/node/package-lock.json pins.
# Usage: scripts/with-node.sh COMMAND [ARGUMENT ...]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
needed=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' "$root/package.json")
remedy="install Node.js 24 with npm (https://nodejs.org)"

die() {
    echo "kafka-dr: $1" >&2
    exit 1
}

# new_enough VERSION: whether it is at least the needed version.
new_enough() {
    [ "$(printf '%s\n%s\n' "$needed" "$1" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$needed" ]
}

command -v node >/dev/null 2>&1 || die "Node.js is missing; $remedy."
command -v npm >/dev/null 2>&1 || die "npm is missing; $remedy."
found=$(node --version | tr -d v)

if ! new_enough "$found"; then
    installed=$root/scripts/node/node_modules
    # Not installed yet, or installed before the pinned versions changed.
    if [ -z "$(find "$installed/.complete" -newer "$root/scripts/node/package-lock.json" 2>/dev/null)" ]; then
        echo "Node.js $found is older than $needed: downloading a newer one from the npm registry to scripts/node (50 MB, once) ..." >&2
        (cd "$root/scripts/node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) ||
            die "Node.js $found is too old, and npm could not download a newer one; $remedy."
        touch "$installed/.complete"
    fi
    bin=$(ls -d "$installed"/node-*/bin 2>/dev/null | head -n 1)
    new_enough "$("$bin/node" --version 2>/dev/null | tr -d v)" ||
        die "Node.js $found is too old, and the npm registry has none for this platform ($(uname -sm)); $remedy."
    PATH=$bin:$PATH
    export PATH
fi

exec "$@"
