# Starts what is measured and what it is measured against, and stops all of it at the end. Needs common.sh, machine.sh,
# and in `build` the folder of the programs.

started=()

stop_all() {
    local pid
    for pid in "${started[@]}"; do
        stop "$pid"
    done
    rm -rf "$work"
}

# stop PID
stop() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    forget "$1"
}

# forget PID: it has ended.
forget() {
    local pid kept=()
    for pid in "${started[@]}"; do
        [[ $pid == "$1" ]] || kept+=("$pid")
    done
    started=("${kept[@]}")
}

# await_listening PID PORT NAME: until the process that was just started listens.
await_listening() {
    started+=("$1")
    for _ in {1..500}; do
        listens "$2" && return 0
        kill -0 "$1" 2>/dev/null || break
        sleep 0.01
    done
    die "$3 does not listen on port $2 of 127.0.0.1"
}

client_id=bench client_secret=not-a-secret
session_secret='a secret that protects nothing, since nothing real is sealed in a benchmark'

# Where Stagedoor keeps sessions: sqlite, in a file below data_folder; or postgres, in database_url.
store=sqlite data_folder=data database_url=''

# prepare_stagedoor [TOKEN_PATH]: sets stagedoor_port, stagedoor_command and the environment that it needs. The log has
# a line for each request, as in production.
prepare_stagedoor() {
    local configs=(--config "$root/bench/app-config.yaml")
    [[ $store != postgres ]] || configs+=(--config "$root/bench/postgres.yaml")
    [[ -z $issuer ]] || configs+=(--config "$root/bench/openid.yaml")
    stagedoor_port=$(free_port)
    stagedoor_command=(
        taskset -c "$server_cpu"
        "$build/stagedoor" serve "${configs[@]}" --data "$work/$data_folder" --log-format json --threads 1
    )
    export BENCH_PORT=$stagedoor_port BENCH_CLIENT_ID=$client_id BENCH_CLIENT_SECRET=$client_secret
    export BENCH_SECRET=$session_secret BENCH_DATABASE_URL=$database_url
    export BENCH_ISSUER=$issuer BENCH_CA_FILE=$ca_file
    export BENCH_PROVIDER_URL=http://127.0.0.1:${token_port:-9} BENCH_TOKEN_PATH=${1:-/token}
}

# start_stagedoor [TOKEN_PATH]: sets stagedoor_pid and stagedoor_port.
start_stagedoor() {
    prepare_stagedoor "$@"
    "${stagedoor_command[@]}" >/dev/null 2>&1 &
    stagedoor_pid=$!
    await_listening $stagedoor_pid "$stagedoor_port" stagedoor
}

# start_postgres: a server of our own, with Debian's settings; prints nothing. Sets postgres_pid and postgres_url. It
# shares the processor of the token endpoint.
start_postgres() {
    local programs port data=$work/postgres owner=()
    programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | tail -n 1)
    [[ -x $programs/initdb ]] || die 'PostgreSQL is missing: apt install postgresql-15'
    rm -rf "$data" && mkdir "$data"
    # It refuses to run as root.
    if [[ $(id -u) == 0 ]]; then
        chmod 711 "$work"
        chown postgres "$data"
        owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
    fi
    port=$(free_port)
    "${owner[@]}" "$programs/initdb" --username=postgres --auth=trust --pgdata="$data/data" >"$work/initdb.log" 2>&1 ||
        die "$(<"$work/initdb.log")"
    taskset -c "$upstream_cpu" "${owner[@]}" "$programs/postgres" -D "$data/data" -k "$data" \
        -c listen_addresses=127.0.0.1 -c port="$port" >"$work/postgres.log" 2>&1 &
    postgres_pid=$!
    await_listening $postgres_pid "$port" PostgreSQL
    until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do
        kill -0 $postgres_pid 2>/dev/null || die "$(<"$work/postgres.log")"
    done
    postgres_url=postgresql://postgres@127.0.0.1:$port
}

# start_forwarder: sets forwarder_pid and forwarder_port. Needs the token endpoint.
start_forwarder() {
    forwarder_port=$(free_port)
    taskset -c "$server_cpu" "$build/bench/forwarder" "$forwarder_port" "http://127.0.0.1:$token_port/token" \
        "$some_refresh_token" "$session_scope" "$client_id" "$client_secret" >/dev/null 2>&1 &
    forwarder_pid=$!
    await_listening $forwarder_pid "$forwarder_port" forwarder
}

# start_nginx NAME PROCESSOR [PORT]: the content of its http section comes on standard input; LISTEN there stands for address
# and port. Sets NAME_pid and NAME_port.
start_nginx() {
    local name=$1 processor=$2 port folder
    port=${3:-$(free_port)}
    folder=$work/nginx-$1-$port
    mkdir -p "$folder"
    {
        nginx_head "$folder"
        sed "s/LISTEN/127.0.0.1:$port/"
        say '}'
    } >"$folder/nginx.conf"
    taskset -c "$processor" nginx -p "$folder" -e "$folder/error.log" -c "$folder/nginx.conf" >"$folder/output" 2>&1 &
    printf -v "${name}_pid" '%d' $!
    printf -v "${name}_port" '%d' "$port"
    await_listening $! "$port" "nginx, see $folder,"
}

# nginx_head FOLDER: one process, so that its processor time is that of the process that is started; no log at all; as
# many requests per connection as Stagedoor takes.
nginx_head() {
    cat <<END
daemon off;
master_process off;
pid $1/pid;
events { worker_connections 1024; }
http {
    access_log off;
    server_tokens off;
    keepalive_requests 10000;
    client_body_temp_path $1/body;
    proxy_temp_path $1/proxy;
    fastcgi_temp_path $1/fastcgi;
    uwsgi_temp_path $1/uwsgi;
    scgi_temp_path $1/scgi;
END
}
