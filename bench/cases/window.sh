# The case window: the time between the provider's answer and its being in the store, in which a crash loses it.

case_window() {
    say 'from the answer of the provider to its being stored'
    measure_window sqlite "$work/window.sqlite"
    start_postgres
    measure_window postgres "$postgres_url/window"
    stop "$postgres_pid"
}

# measure_window STORE PLACE: one session after the other, and 16 at a time.
measure_window() {
    local output sessions p50 p99
    output=$(taskset -c "$server_cpu" "$build/bench/window" "$1" "$2" "$window_renewals" 1 16 2>&1) || die "$output"
    while read -r sessions p50 p99; do
        figure "window.$1.${sessions}_p50_ms" "$p50" "$1, $sessions at a time, p50" ms
        figure "window.$1.${sessions}_p99_ms" "$p99" "$1, $sessions at a time, p99" ms
    done <<<"$output"
}
