# The case connections: what an idle connection holds, after it has had a request answered.

case_connections() {
    local line before after
    raise_file_limit $((idle_connections + 200))
    start_request google >"$work/start.request"
    start_stagedoor
    ask "$stagedoor_port" <"$work/start.request" >"$work/answer"
    before=$(memory_kib "$stagedoor_pid" Rss)
    coproc holder {
        taskset -c "$load_cpu" "$build/bench/idle_connections" "$stagedoor_port" "$idle_connections" "$work/start.request"
    }
    started+=("$holder_PID")
    read -r line <&"${holder[0]}" || die 'the connections could not be opened'
    [[ $line == "holding $idle_connections" ]] || die "unexpected: $line"
    after=$(memory_kib "$stagedoor_pid" Rss)
    stop "$holder_PID"
    stop "$stagedoor_pid"

    say "$idle_connections idle connections"
    figure connections.count "$idle_connections"
    figure connections.rss_mib "$(arithmetic "$after / 1024")"
    bound connections.kib_each 'memory of each' "$(arithmetic "($after - $before) / $idle_connections")" '<=' 10 KiB
}
