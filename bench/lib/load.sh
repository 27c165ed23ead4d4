# Rounds of load, in which those who are compared take turns. Needs machine.sh, servers.sh,
# results.sh.

# start_wrk CONNECTIONS SECONDS PORT FILE: FILE holds the requests. In the background, so that a signal ends it too.
start_wrk() {
    taskset -c "$load_cpu" wrk --threads 1 --connections "$1" --duration "$2s" --timeout 10s \
        --script "$root/bench/requests.lua" "http://127.0.0.1:$3" -- "$4" >"$work/wrk.output" 2>&1 &
    wrk_pid=$!
    started+=("$wrk_pid")
}

# await_wrk: sets requests and, in microseconds, duration, p50 and p99.
await_wrk() {
    local failures=0
    wait "$wrk_pid" || die "wrk: $(<"$work/wrk.output")"
    forget "$wrk_pid"
    read -r requests duration failures p50 p99 < <(sed -n 's/^figures: //p' "$work/wrk.output") || die 'wrk gave no figures'
    ((requests > 0 && failures == 0)) || die "$failures of $requests requests failed"
}

# send_once [--renewed FILE] CONNECTIONS FILE PORT...: each request of the file once, the ports taking turns. Sets seconds and, in
# milliseconds, p50 and p99.
send_once() {
    local output
    output=$(taskset -c "$load_cpu" "$build/bench/once" "$@" 2>&1) || die "$output"
    read -r seconds p50 p99 <<<"$output"
}

declare -A rounds=()

# load SUBJECT PID PORT CONNECTIONS SECONDS FILE: a round against a server. Adds its figures to the subject's lists.
load() {
    local subject=$1 pid=$2 before after requests duration p50 p99
    before=$(cpu_ticks "$pid")
    start_wrk "$4" "$5" "$3" "$6"
    await_wrk
    after=$(cpu_ticks "$pid")
    rounds[$subject.rate]+="$(arithmetic "$requests * 1e6 / $duration") "
    rounds[$subject.cpu]+="$(arithmetic "($after - $before) * 1e6 / $clock_ticks / $requests") "
    rounds[$subject.p50]+="$(arithmetic "$p50 / 1000") "
    rounds[$subject.p99]+="$(arithmetic "$p99 / 1000") "
    rounds[$subject.requests]=$((${rounds[$subject.requests]:-0} + requests))
}

# of_rounds LIST median|largest
of_rounds() { tr -s ' ' '\n' <<<"${rounds[$1]% }" | "$2"; }

# ratio LIST LIST median|largest
ratio() { arithmetic "$(of_rounds "$1" "$3") / $(of_rounds "$2" "$3")"; }

load_columns() { printf '%-30s %12s %12s %9s %9s\n' "$1" 'requests/s' 'CPU us/req.' 'p50 ms' 'p99 ms'; }

# record_load SUBJECT TITLE: the figures of a subject's rounds. The rate is that of the round that was disturbed least,
# which is the best one; processor time and latency are medians.
record_load() {
    local rate cpu p50 p99
    rate=$(of_rounds "$1.rate" largest)
    cpu=$(of_rounds "$1.cpu" median)
    p50=$(of_rounds "$1.p50" median)
    p99=$(of_rounds "$1.p99" median)
    figure "$1.requests_per_second" "$rate"
    figure "$1.cpu_us_per_request" "$cpu"
    figure "$1.p50_ms" "$p50"
    figure "$1.p99_ms" "$p99"
    printf '  %-28s %12.0f %12.1f %9.2f %9.2f\n' "$2" "$rate" "$cpu" "$p50" "$p99"
}
