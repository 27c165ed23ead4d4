# The case memory: what the process holds after its start and under load. Memory is the resident set: the code of
# libraries is counted in full, also where other programs have it loaded.

case_memory() {
    local idle own load
    start_token_endpoint
    make_sessions
    cat <(start_request google) "$work/refresh.requests" >"$work/mixed.requests"
    start_stagedoor
    start_request google | ask "$stagedoor_port" >"$work/answer"
    idle=$(memory_mib "$stagedoor_pid" Rss)
    own=$(memory_mib "$stagedoor_pid" Anonymous)
    sample_under_load
    stop "$stagedoor_pid"
    stop "$token_pid"

    say "memory; logins and refreshes on 64 connections for $memory_seconds s"
    load=$(printf '%s\n' "${samples[@]}" | largest)
    bound memory.idle_mib 'after the first request' "$idle" '<=' 20 MiB
    figure memory.idle_own_mib "$own" '  of it, not code and data of files' MiB
    bound memory.load_mib 'largest under load' "$(arithmetic "$load / 1024")" '<=' 40 MiB
    # A little more or less is the allocator's; a leak of two bytes per request would be more.
    bound memory.growth_mib 'growth from the third to the last quarter' "$(growth)" '<=' 0.5 MiB
}

sample_under_load() {
    local requests duration p50 p99
    samples=()
    start_wrk 64 "$memory_seconds" "$stagedoor_port" "$work/mixed.requests"
    while sleep 0.2 && kill -0 "$wrk_pid" 2>/dev/null; do
        samples+=("$(memory_kib "$stagedoor_pid" Rss)")
    done
    await_wrk
    figure memory.requests_per_second "$(arithmetic "$requests * 1e6 / $duration")"
}

# In MiB, of the largest samples.
growth() {
    local half=$((${#samples[@]} / 2)) quarter=$((${#samples[@]} / 4)) third last
    third=$(printf '%s\n' "${samples[@]:half:quarter}" | largest)
    last=$(printf '%s\n' "${samples[@]:half+quarter}" | largest)
    arithmetic "($last - $third) / 1024"
}
