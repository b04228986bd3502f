#!/bin/sh
# Exits with 1 and one line when the Java of this machine is missing or too old.
set -u

needed=17
remedy="install version $needed or newer, for example the package openjdk-17-jre-headless"

die() {
    echo "kafka-dr: $1" >&2
    exit 1
}

if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] ||
        die "JAVA_HOME is $JAVA_HOME, which has no program bin/java; correct it, or unset it to use the java on the PATH."
else
    java=java
    command -v java >/dev/null 2>&1 || die "Java is missing; $remedy."
fi

found=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9.]*\).*/\1/p' | head -n 1)
[ "${found%%.*}" -ge "$needed" ] 2>/dev/null ||
    die "Java ${found:-of an unknown version} ($java) is too old; $remedy, or set JAVA_HOME to one."
