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

# find_pulumi: the CLI that is installed on this machine. npm and npx put node_modules/.bin in front of
# it on the PATH; the package pulumi in there downloads a CLI of its own version, so it comes last.
find_pulumi() {
    IFS=:
    for entry in $PATH; do
        case $entry in
        */node_modules/.bin) ;;
        *)
            if [ -x "$entry/pulumi" ]; then
                echo "$entry/pulumi"
                return
            fi
            ;;
        esac
    done
    echo node_modules/.bin/pulumi
}
pulumi=$(find_pulumi)

# backend_is_selected: where Pulumi itself finds its backend, in its order; a token alone selects
# Pulumi Cloud.
backend_is_selected() {
    credentials=${PULUMI_CREDENTIALS_PATH:-${PULUMI_HOME:-$HOME/.pulumi}}/credentials.json
    [ -n "${PULUMI_BACKEND_URL:-}${PULUMI_ACCESS_TOKEN:-}" ] ||
        grep -q '^backend:' Pulumi.yaml ||
        grep -q '"current": *"[^"]' "$credentials" 2>/dev/null
}

# Without a selected backend the state is kept in files in the home folder. A selected one that does
# not answer is an error: with another one, Pulumi would see an empty stack.
if ! backend_is_selected; then
    echo "No Pulumi backend is selected: using files in ~/.pulumi (pulumi login changes it)."
    "$pulumi" login --local
elif ! answer=$("$pulumi" whoami --non-interactive 2>&1); then
    echo "$answer" >&2
    die "Pulumi's backend does not accept this user, or cannot be reached; nothing was changed. Run pulumi login, or check PULUMI_BACKEND_URL and PULUMI_ACCESS_TOKEN."
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
