# The case startup: from exec to the first answered request.

case_startup() {
    local i times=()
    start_request google >"$work/start.request"
    for ((i = 0; i < startup_rounds; i++)); do
        prepare_stagedoor
        times+=("$(taskset -c "$load_cpu" "$build/bench/first_answer" "$stagedoor_port" "$work/start.request" \
            "${stagedoor_command[@]}" 2>"$work/startup.log")") || die "no start: $(<"$work/startup.log")"
    done
    say "start, $startup_rounds times"
    figure startup.largest_ms "$(printf '%s\n' "${times[@]}" | largest)" 'exec to the first answer, slowest' ms
    bound startup.median_ms 'exec to the first answer, median' "$(printf '%s\n' "${times[@]}" | median)" '<=' 100 ms
}
