# The case refresh: /refresh beside the same server and client without any logic in between, and beside nginx as a proxy.

case_refresh() {
    local round calls=0
    start_token_endpoint
    make_sessions
    start_stagedoor
    start_forwarder
    start_nginx proxy "$server_cpu" < <(proxy_server)

    for ((round = 0; round < load_rounds; round++)); do
        calls=$((calls - $(upstream_requests)))
        load refresh.stagedoor "$stagedoor_pid" "$stagedoor_port" 16 "$load_seconds" "$work/refresh.requests"
        calls=$((calls + $(upstream_requests) - 1))
        load refresh.forwarder "$forwarder_pid" "$forwarder_port" 16 "$load_seconds" "$work/refresh.requests"
        load refresh.nginx "$proxy_pid" "$proxy_port" 16 "$load_seconds" "$work/refresh.requests"
    done
    stop "$stagedoor_pid"
    stop "$forwarder_pid"
    stop "$proxy_pid"
    stop "$token_pid"

    load_columns '/refresh, 16 connections'
    record_load refresh.stagedoor stagedoor
    record_load refresh.forwarder 'server and client, no logic'
    record_load refresh.nginx 'nginx, proxy_pass'
    figure refresh.calls_per_request "$(arithmetic "$calls / ${rounds[refresh.stagedoor.requests]}")"
    # Calls that share one would make a refresh look cheaper than it is.
    holds "$calls" '>=' "0.999 * ${rounds[refresh.stagedoor.requests]}" ||
        die "only $calls calls to the token endpoint for ${rounds[refresh.stagedoor.requests]} requests"
    # What a refresh costs beyond the call is the journal: a claim and a commit in the store, the latter on the disk.
    bound refresh.cpu_ratio 'processor time, of that without logic' \
        "$(ratio refresh.stagedoor.cpu refresh.forwarder.cpu median)" '<=' 3.5
}
