#!/bin/sh
# Says in one line each which tools are missing or too old, and what to install; exits with 1 then.
# Usage: scripts/require-tools.sh node java ...
set -u

status=0

missing() {
    echo "kafka-dr: $1" >&2
    status=1
}

# at_least WANTED FOUND: whether the dotted version FOUND is WANTED or newer.
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$1" ]
}

for tool in "$@"; do
    case $tool in
    node)
        if ! command -v node >/dev/null 2>&1; then
            missing "Node.js is missing; install version 20.19.4 or newer with npm (https://nodejs.org)."
        elif ! at_least 20.19.4 "$(node --version | tr -d v)"; then
            missing "Node.js $(node --version | tr -d v) is too old; install version 20.19.4 or newer (https://nodejs.org)."
        elif ! command -v npm >/dev/null 2>&1; then
            missing "npm is missing; install it with Node.js (https://nodejs.org) or your system's package npm."
        fi
        ;;
    java)
        java=${JAVA_HOME:+$JAVA_HOME/bin/}java
        if ! command -v "$java" >/dev/null 2>&1; then
            missing "Java is missing; install version 17 or newer, for example the package openjdk-17-jre-headless."
        else
            found=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9.]*\).*/\1/p' | head -n 1)
            at_least 17 "${found:-0}" ||
                missing "Java ${found:-of an unknown version} is too old; install version 17 or newer, for example the package openjdk-17-jre-headless, or set JAVA_HOME."
        fi
        ;;
    *)
        missing "scripts/require-tools.sh does not know the tool '$tool'."
        ;;
    esac
done

exit $status
