# The case start: /start beside nginx that returns a fixed answer with the same header.

case_start() {
    local round
    start_stagedoor
    start_request google >"$work/start.request"
    ask "$stagedoor_port" <"$work/start.request" >"$work/start.answer"
    start_nginx reference "$server_cpu" < <(as_nginx_server <"$work/start.answer")
    # nginx sends a header of more than 1460 bytes in a packet of its own, unless it is told to wait for the body.
    start_nginx tuned "$server_cpu" < <(say 'postpone_output 16k;' && as_nginx_server <"$work/start.answer")

    for ((round = 0; round < load_rounds; round++)); do
        load start.stagedoor "$stagedoor_pid" "$stagedoor_port" 16 "$load_seconds" "$work/start.request"
        load start.nginx "$reference_pid" "$reference_port" 16 "$load_seconds" "$work/start.request"
        load start.nginx_one_write "$tuned_pid" "$tuned_port" 16 "$load_seconds" "$work/start.request"
    done
    stop "$stagedoor_pid"
    stop "$reference_pid"
    stop "$tuned_pid"

    load_columns '/start, 16 connections'
    record_load start.stagedoor stagedoor
    record_load start.nginx 'nginx, a fixed 302'
    record_load start.nginx_one_write 'the same in one write'
    figure start.cpu_ratio "$(ratio start.stagedoor.cpu start.nginx.cpu median)" "processor time, of nginx's"
    bound start.rate_ratio "requests per second, of nginx's" \
        "$(ratio start.stagedoor.rate start.nginx.rate largest)" '>=' 0.5
}

# The answer on standard input as a server of nginx that gives it to everybody. nginx adds a body of 138 bytes, and the
# fields Server and Content-Type.
as_nginx_server() {
    local answer line
    answer=$(cat)
    [[ $answer == 'HTTP/1.1 302 '* ]] || die "/start has answered: $answer"
    [[ $answer != *[\$\"\\]* ]] || die "nginx would not take this literally: $answer"
    say 'server { listen LISTEN; location / {'
    sed '1d; /^$/q' <<<"$answer" | grep -Eiv '^(date|content-length|connection|location):|^$' | while read -r line; do
        say "add_header ${line%%:*} \"${line#*: }\";"
    done
    say "return 302 \"$(field location <<<"$answer")\"; } }"
}
