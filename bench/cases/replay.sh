# The case replay: a refresh that is answered without a call to the provider beside one that is not, on each store.

case_replay() {
    local replay_connections=128 session_count=1024
    # Two providers, since calls of a refresh go on when wrk has left, and would be counted for the one that is next.
    local -A due=() lasting=()
    start_openid_provider due
    keep_provider due
    seal_sessions $session_count "$work/due.requests"
    # As many requests with one cookie as there are connections: all that are under way at a time share a call.
    seal_sessions $session_count "$work/shared.requests" $replay_connections
    start_openid_provider lasting
    keep_provider lasting
    seal_sessions $session_count "$work/replay.requests"
    seal_sessions "$replay_sessions" "$work/stored.requests"
    measure_replay sqlite
    say
    start_postgres
    database_url=$postgres_url/replay
    measure_replay postgres
    stop "$postgres_pid"
    stop "${due[pid]}"
    stop "${lasting[pid]}"
    store=sqlite issuer='' status_port=''
}

# keep_provider NAME, and use_provider NAME: the one that was started last under a name, and back.
keep_provider() {
    local -n provider=$1
    provider=([pid]=$token_pid [port]=$token_port [status]=$status_port [issuer]=$issuer [ca]=$ca_file)
}
use_provider() {
    local -n provider=$1
    token_port=${provider[port]} status_port=${provider[status]} issuer=${provider[issuer]} ca_file=${provider[ca]}
}

# measure_replay STORE
measure_replay() {
    local name=replay.$1
    local due_pid due_port lasting_pid lasting_port
    store=$1
    use_provider due
    data_folder=data-due start_stagedoor
    due_pid=$stagedoor_pid due_port=$stagedoor_port
    use_provider lasting
    data_folder=data-lasting start_stagedoor
    lasting_pid=$stagedoor_pid lasting_port=$stagedoor_port
    local seconds p50 p99
    # From now on the browsers have the cookies of these answers, and those are asked for again.
    send_once --renewed "$work/again.requests" $replay_connections "$work/replay.requests" "$lasting_port"
    send_once --renewed "$work/stored_again.requests" $replay_connections "$work/stored.requests" "$lasting_port"
    replay_rounds
    stop "$due_pid"
    stop "$lasting_pid"
    report_replay "$1"
}

# Those who are compared take turns. The calls to the provider show that each did what its name says.
replay_rounds() {
    local round
    calls_due=0 calls_shared=0 calls_replayed=0
    for ((round = 0; round < load_rounds; round++)); do
        use_provider due
        counted calls_due "$name.due" "$due_pid" "$due_port" due
        use_provider lasting
        counted calls_replayed "$name.memory" "$lasting_pid" "$lasting_port" again
        counted calls_replayed "$name.store" "$lasting_pid" "$lasting_port" stored_again
        use_provider due
        counted calls_shared "$name.shared" "$due_pid" "$due_port" shared
    done
}

# counted SUM SUBJECT PID PORT FILE: a round of load, whose calls are added to the sum.
counted() {
    local before after
    before=$(upstream_requests)
    load "$2" "$3" "$4" $replay_connections "$load_seconds" "$work/$5.requests"
    after=$(upstream_requests)
    printf -v "$1" '%d' $((${!1} + after - before - 1))
}

# report_replay STORE
report_replay() {
    local name=replay.$1
    load_columns "/refresh, $1, $replay_connections connections"
    record_load "$name.due" 'by the provider'
    record_load "$name.memory" 'again, from memory'
    record_load "$name.store" 'again, after a look at the store'
    record_load "$name.shared" 'one call shared by all'
    holds "$calls_due" '>=' "0.99 * ${rounds[$name.due.requests]}" ||
        die "only $calls_due calls to the provider for ${rounds[$name.due.requests]} requests"
    ((calls_replayed == 0)) || die "$calls_replayed calls to the provider for answers that were to be given again"
    figure "$name.requests_per_shared_call" "$(arithmetic "${rounds[$name.shared.requests]} / $calls_shared")" \
        'requests that shared one call'
    local kind
    for kind in memory store shared; do
        figure "$name.${kind}_cpu_ratio" "$(ratio "$name.due.cpu" "$name.$kind.cpu" median)"
    done
    bound "$name.memory_ratio" 'rate from memory, of that by the provider' \
        "$(ratio "$name.memory.rate" "$name.due.rate" largest)" '>=' 5
    bound "$name.store_ratio" 'rate after a look at the store' \
        "$(ratio "$name.store.rate" "$name.due.rate" largest)" '>=' 5
    bound "$name.shared_ratio" 'rate of a shared call' "$(ratio "$name.shared.rate" "$name.due.rate" largest)" '>=' 5
}
