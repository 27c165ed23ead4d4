# The case stores: a look-up and a renewal (claim and commit) with a million sessions beside a thousand.

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
    stop "$postgres_pid"
}
