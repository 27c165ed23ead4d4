# The case replay: a refresh that is answered without a call to the provider beside one that is not, on each store.

case_replay() {
    local replay_connections=64 lasting_token_pid lasting_token_port
    # Two of them, since calls of a refresh go on when wrk has left, and would be counted for the one that is next.
    start_token_endpoint
    lasting_token_pid=$token_pid lasting_token_port=$token_port
    start_token_endpoint
    seal_sessions $session_count "$work/due.requests"
    seal_sessions $session_count "$work/replay.requests"
    seal_sessions "$replay_sessions" "$work/stored.requests"
    # As many requests with one cookie as there are connections: all that are under way at a time share a call.
    seal_sessions $session_count "$work/shared.requests" $replay_connections
    measure_replay sqlite
    say
    start_postgres
    database_url=$postgres_url/replay
    measure_replay postgres
    stop "$postgres_pid"
    stop "$token_pid"
    stop "$lasting_token_pid"
    store=sqlite
}

# measure_replay STORE
measure_replay() {
    local name=replay.$1 calls
    local due_pid due_port lasting_pid lasting_port
    store=$1
    data_folder=data-due start_stagedoor /token
    due_pid=$stagedoor_pid due_port=$stagedoor_port
    token_port=$lasting_token_port data_folder=data-lasting start_stagedoor /lasting
    lasting_pid=$stagedoor_pid lasting_port=$stagedoor_port
    local seconds p50 p99
    send_once $replay_connections "$work/replay.requests" "$lasting_port"
    send_once $replay_connections "$work/stored.requests" "$lasting_port"
    replay_rounds
    stop "$due_pid"
    stop "$lasting_pid"
    report_replay "$1"
}

# Those who are compared take turns. The calls to the token endpoint show that each did what its name says.
replay_rounds() {
    local round
    calls_due=0 calls_shared=0 calls_replayed=0
    for ((round = 0; round < load_rounds; round++)); do
        counted calls_due "$name.due" "$due_pid" "$due_port" due
        token_port=$lasting_token_port counted calls_replayed "$name.memory" "$lasting_pid" "$lasting_port" replay
        token_port=$lasting_token_port counted calls_replayed "$name.store" "$lasting_pid" "$lasting_port" stored
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

# compare NAME TEXT VALUE ...: a figure where another store has a bound.
compare() { figure "$1" "$3" "$2"; }

# report_replay STORE
report_replay() {
    local name=replay.$1
    load_columns "/refresh, $1, $replay_connections connections"
    record_load "$name.due" 'by the provider'
    record_load "$name.memory" 'again, from memory'
    record_load "$name.store" 'again, from the store'
    record_load "$name.shared" 'one call shared by all'
    holds "$calls_due" '>=' "0.99 * ${rounds[$name.due.requests]}" ||
        die "only $calls_due calls to the token endpoint for ${rounds[$name.due.requests]} requests"
    ((calls_replayed == 0)) || die "$calls_replayed calls to the token endpoint for answers that were to be given again"
    figure "$name.requests_per_shared_call" "$(arithmetic "${rounds[$name.shared.requests]} / $calls_shared")" \
        'requests that shared one call'
    local kind
    for kind in memory store shared; do
        figure "$name.${kind}_cpu_ratio" "$(ratio "$name.due.cpu" "$name.$kind.cpu" median)"
    done
    bound "$name.memory_ratio" 'rate from memory, of that by the provider' \
        "$(ratio "$name.memory.rate" "$name.due.rate" largest)" '>=' 5
    # In a file of this machine, and with a provider that answers at once, a call costs little more than a look.
    local judge=bound
    [[ $1 != sqlite ]] || judge=compare
    $judge "$name.store_ratio" 'rate from the store' "$(ratio "$name.store.rate" "$name.due.rate" largest)" '>=' 5
    $judge "$name.shared_ratio" 'rate of a shared call' "$(ratio "$name.shared.rate" "$name.due.rate" largest)" '>=' 5
}
