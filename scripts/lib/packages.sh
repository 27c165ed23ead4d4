# What the project needs from Debian 12, by purpose. Needs common.sh.

packages_build=(
    clang-19 lld-19 cmake ninja-build ccache pkg-config
    libboost1.81-dev libboost-json1.81-dev libssl-dev libcurl4-openssl-dev libyaml-cpp-dev
    libfmt-dev libcli11-dev libbenchmark-dev libsqlite3-dev libpq-dev
)
packages_format=(clang-format-19)
packages_test=(
    libclang-rt-19-dev llvm-19 clang-tidy-19 libgtest-dev libgmock-dev librapidcheck-dev
    postgresql-15
)
packages_browser=(chromium fonts-dejavu-core)
packages_firefox=(firefox-esr)
packages_bench=(nginx-light wrk postgresql-15)
packages_soak=(postgresql-15 haproxy)
# Only to fetch a newer Node.js with (see node.sh).
packages_npm=(nodejs npm ca-certificates)

# Runs a command as root.
as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo --preserve-env=DEBIAN_FRONTEND "$@"
    else
        die "this needs root, and sudo is not there. As root: $*"
    fi
}

# Prints those of the given packages that are not installed.
missing_packages() {
    local installed package
    installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *//p') || true
    for package in "$@"; do
        grep -qxF -- "$package" <<<"$installed" || printf '%s\n' "$package"
    done
}

# True if apt knows all of the given packages, so that its lists need no update.
are_known() {
    local known package
    known=$(apt-cache show --no-all-versions "$@" 2>/dev/null | sed -n 's/^Package: //p') || true
    for package in "$@"; do
        grep -qxF -- "$package" <<<"$known" || return 1
    done
}

apt_install() {
    as_root apt-get install --yes --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@"
}

# The lists of a machine that was idle for a while name versions that are gone: a second try comes after an update.
apt_install_or_update() {
    if are_known "$@" && apt_install "$@"; then
        return 0
    fi
    as_root apt-get update && apt_install "$@"
}

# ensure_packages GROUP...: installs what is missing of the groups above; at once if nothing is.
ensure_packages() {
    local group names=() missing=()
    for group in "$@"; do
        local -n of_group=packages_$group
        names+=("${of_group[@]}")
    done
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "no apt here: make sure that what these Debian packages hold is installed: ${names[*]}"
        return 0
    fi
    mapfile -t missing < <(missing_packages "${names[@]}")
    ((${#missing[@]} == 0)) && return 0
    export DEBIAN_FRONTEND=noninteractive
    quietly "installing ${#missing[@]} packages: ${missing[*]}" apt_install_or_update "${missing[@]}"
}
