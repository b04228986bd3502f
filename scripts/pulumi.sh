#!/bin/sh
# Runs `pulumi up`, `preview` or `destroy` for a stack: make up STACK=dev
# Further arguments go to pulumi: make up STACK=dev ARGS="--yes --diff"
set -eu

operation=$1
stack=$2
shift 2

die() {
    echo "kafka-dr: $1" >&2
    exit 1
}

stacks=$(ls Pulumi.*.yaml | sed 's/^Pulumi\.\(.*\)\.yaml$/\1/' | grep -v '^lab$' | tr '\n' ' ')
[ -n "$stack" ] || die "STACK is missing: make $operation STACK=<one of: ${stacks% }>."
[ "$stack" != lab ] || die "the stack lab runs only on this machine: make demo."
[ -f "Pulumi.$stack.yaml" ] || die "Pulumi.$stack.yaml does not exist; existing stacks: ${stacks% }."

# Reports what would fail, or change the wrong cluster, before Pulumi starts.
if [ "$operation" != destroy ]; then
    node --require tsx/cjs cli/preflight/main.ts "$stack" ||
        die "nothing was changed."
fi

# The npm package pulumi downloads the CLI of its version when none is installed.
pulumi=pulumi
command -v pulumi >/dev/null 2>&1 || pulumi=node_modules/.bin/pulumi

# Without a selected backend the state is kept in files in the home folder.
if ! "$pulumi" whoami --non-interactive >/dev/null 2>&1; then
    echo "No Pulumi backend is selected: using files in ~/.pulumi (pulumi login changes it)."
    "$pulumi" login --local
fi
if [ -z "${PULUMI_CONFIG_PASSPHRASE+set}${PULUMI_CONFIG_PASSPHRASE_FILE+set}" ] && [ ! -t 0 ]; then
    echo "kafka-dr: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE: there is no terminal to ask for it." >&2
fi
"$pulumi" stack select --create "$stack"
status=0
"$pulumi" "$operation" --stack "$stack" "$@" || status=$?
if [ "$status" -ne 0 ] && [ "$operation" = up ]; then
    # Pulumi reports only the timeout, the operator the reason.
    node --require tsx/cjs cli/preflight/readiness.ts "$stack"
fi
exit $status
