# The case connections: what an idle connection holds, after it has had a request answered.

case_connections() {
    local line before after count=$idle_connections spare=200
    raise_file_limit $((count + spare))
    if (($(ulimit -Sn) < count + spare)); then
        $short || die "$count connections need 'ulimit -Hn' to be at least $((count + spare))"
        count=$(($(ulimit -Sn) - spare))
    fi
    start_request google >"$work/start.request"
    start_stagedoor
    ask "$stagedoor_port" <"$work/start.request" >"$work/answer"
    before=$(memory_kib "$stagedoor_pid" Rss)
    coproc holder {
        taskset -c "$load_cpu" "$build/bench/idle_connections" "$stagedoor_port" "$count" "$work/start.request"
    }
    started+=("$holder_PID")
    read -r line <&"${holder[0]}" || die 'the connections could not be opened'
    [[ $line == "holding $count" ]] || die "unexpected: $line"
    after=$(memory_kib "$stagedoor_pid" Rss)
    stop "$holder_PID"
    stop "$stagedoor_pid"

    say "$count idle connections"
    figure connections.count "$count"
    figure connections.rss_mib "$(arithmetic "$after / 1024")"
    bound connections.kib_each 'memory of each' "$(arithmetic "($after - $before) / $count")" '<=' 10 KiB
}
