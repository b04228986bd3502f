#!/bin/sh
# Prints one line for each requirement of clusters of processes that this machine lacks: Java, writable
# folders, the loopback interface. Exits with 1 if one is missing; without this check, the clusters
# fail or hang later.
set -u

status=0

missing() {
    echo "kafka-dr: $1" >&2
    status=1
}

# Java

needed=17
remedy="install version $needed or newer, for example the package openjdk-17-jre-headless"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if [ -n "${JAVA_HOME:-}" ] && [ ! -x "$java" ]; then
    missing "JAVA_HOME is $JAVA_HOME, which has no program bin/java; correct it, or unset it to use the java on the PATH."
elif ! command -v "$java" >/dev/null 2>&1; then
    missing "Java is missing; $remedy."
else
    found=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9.]*\).*/\1/p' | head -n 1)
    [ "${found%%.*}" -ge "$needed" ] 2>/dev/null ||
        missing "Java ${found:-of an unknown version} ($java) is too old; $remedy, or set JAVA_HOME to one."
fi

# Folders

# is_writable FOLDER: whether a file can be created in it; the folder is created if it is absent.
is_writable() {
    mkdir -p "$1" 2>/dev/null && probe=$(mktemp "$1/kafka-dr-XXXXXX" 2>/dev/null) && rm "$probe"
}

if [ -n "${TMPDIR:-}" ]; then
    is_writable "$TMPDIR" ||
        missing "TMPDIR is $TMPDIR, where no file can be created; set it to another folder, or unset it to use /tmp."
else
    is_writable /tmp || missing "no file can be created in /tmp; set TMPDIR to another folder."
fi

# The same order as in lab/artifacts/artifacts.ts.
case ${XDG_CACHE_HOME:-} in
/*) variable=XDG_CACHE_HOME cache=$XDG_CACHE_HOME/kafka-dr ;;
*) variable=HOME cache=${HOME:-/}/.cache/kafka-dr ;;
esac
if [ -n "${KAFKA_DR_CACHE:-}" ]; then
    is_writable "$KAFKA_DR_CACHE" ||
        missing "KAFKA_DR_CACHE is $KAFKA_DR_CACHE, where no file can be created; set it to another folder for downloads."
elif ! is_writable "$cache"; then
    missing "no file can be created in $cache, which follows from $variable; correct $variable, or set KAFKA_DR_CACHE to another folder for downloads."
fi

# Loopback: one connection, with the time that a busy machine needs.

# with-node.sh reports a missing Node.js.
! command -v node >/dev/null 2>&1 || answer=$(node -e '
    const { connect, createServer } = require("net");
    const fail = (reason) => { console.log(reason); process.exit(1); };
    setTimeout(fail, 30000, "no answer");
    const server = createServer().on("error", (error) => fail(error.code));
    server.listen(0, "127.0.0.1", () => {
        connect(server.address().port, "127.0.0.1")
            .on("error", (error) => fail(error.code))
            .on("connect", () => process.exit(0));
    });
' 2>/dev/null) ||
    missing "no program here can connect to another one by 127.0.0.1 (${answer:-node failed}); bring the loopback interface up: ip link set lo up."

exit $status
