# Shared by all scripts. To be sourced: sets `root` (the project's folder) and `cache` (what may be thrown away).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${STAGEDOOR_CACHE:-${XDG_CACHE_HOME:-${HOME:-$root}/.cache}/stagedoor}

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# A wrong way to call a script: says so, and how it is called.
usage_error() {
    printf '%s: %s\n\n' "$(basename "$0")" "$*" >&2
    usage >&2
    exit 2
}

# quietly TITLE COMMAND...: one line if it succeeds, all that it printed if it fails.
quietly() {
    local title=$1 output started=$SECONDS status=0
    shift
    output=$(mktemp)
    printf '%s ... ' "$title"
    "$@" >"$output" 2>&1 </dev/null || status=$?
    if ((status == 0)); then
        printf 'done (%d s)\n' $((SECONDS - started))
    else
        printf 'failed (%d s)\n' $((SECONDS - started))
        cat "$output" >&2
    fi
    rm -f "$output"
    return $status
}

# digest FILE...: one SHA-256 over the contents of all of them.
digest() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }
