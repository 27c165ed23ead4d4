# The case stores: a look-up and a renewal (claim and commit) with a million sessions beside a thousand.

# start_postgres: a server of our own, with Debian's settings; prints nothing. Sets postgres_url to its address.
start_postgres() {
    local programs port data=$work/postgres owner=()
    programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | tail -n 1)
    [[ -x $programs/initdb ]] || die 'PostgreSQL is missing: apt install postgresql-15'
    mkdir "$data"
    # It refuses to run as root.
    if [[ $(id -u) == 0 ]]; then
        chmod 711 "$work"
        chown postgres "$data"
        owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
    fi
    port=$(free_port)
    "${owner[@]}" "$programs/initdb" --username=postgres --auth=trust --pgdata="$data/data" >"$work/initdb.log" 2>&1 ||
        die "$(<"$work/initdb.log")"
    "${owner[@]}" "$programs/postgres" -D "$data/data" -k "$data" -c listen_addresses=127.0.0.1 -c port="$port" \
        >"$work/postgres.log" 2>&1 &
    started+=($!)
    until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do
        kill -0 $! 2>/dev/null || die "$(<"$work/postgres.log")"
    done
    postgres_url=postgresql://postgres@127.0.0.1:$port
}

# measure_store NAME SMALL LARGE
measure_store() {
    local times
    times=$("$build/bench/stores" "$1" "$2" "$3" "$store_rows" "$store_rounds") || die "no figures of $1"
    read -r small_find small_renew large_find large_renew <<<"$times"
    say "$1, $store_rows sessions beside 1000, microseconds"
    figure "stores.$1.find_us" "$large_find" 'look-up' us
    figure "stores.$1.renew_us" "$large_renew" 'renewal (claim and commit)' us
    bound "stores.$1.find" 'look-up, by that with 1000' "$(arithmetic "$large_find / $small_find")" '<=' 1.5
    bound "stores.$1.renew" 'renewal, by that with 1000' "$(arithmetic "$large_renew / $small_renew")" '<=' 1.5
}

case_stores() {
    measure_store sqlite "$work/small.sqlite" "$work/large.sqlite"
    start_postgres
    measure_store postgres "$postgres_url/small" "$postgres_url/large"
}
