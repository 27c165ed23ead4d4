# The case replicas: how often two replicas on one PostgreSQL ask the provider, beside one, for the same requests.

case_replicas() {
    local tabs=4 connections=64
    local -A calls=() seconds_of=() p99_of=()
    start_token_endpoint
    start_postgres
    local setup
    for setup in one two apart; do
        measure_replicas "$setup"
    done
    stop "$postgres_pid"
    stop "$token_pid"

    say "$replica_sessions sessions of $tabs tabs that refresh at once, $connections connections"
    figure replicas.one_calls "${calls[one]}" 'calls to the provider of one replica'
    figure replicas.two_calls "${calls[two]}" '  of two on one database'
    # That two replicas did meet: it is what they would do if they knew nothing of each other.
    figure replicas.apart_calls "${calls[apart]}" '  of two with a database each'
    figure replicas.one_p99_ms "${p99_of[one]}" 'refresh with one replica, p99' ms
    figure replicas.two_p99_ms "${p99_of[two]}" '  with two on one database, p99' ms
    holds "${calls[one]}" '>=' "$replica_sessions" || die "only ${calls[one]} calls for $replica_sessions sessions"
    holds "${calls[apart]}" '>' "1.2 * ${calls[one]}" || die 'the replicas did not get the same sessions'
    bound replicas.calls_ratio "calls of two, by those of one" "$(arithmetic "${calls[two]} / ${calls[one]}")" '<=' 1
}

# measure_replicas one|two|apart: with new sessions in a new database.
measure_replicas() {
    local before after first_pid first_port seconds p50 p99 ports
    seal_sessions "$replica_sessions" "$work/tabs.requests" "$tabs"
    store=postgres database_url=$postgres_url/$1 start_stagedoor /lasting
    first_pid=$stagedoor_pid first_port=$stagedoor_port ports=("$stagedoor_port")
    case $1 in
        two) store=postgres database_url=$postgres_url/two start_stagedoor /lasting ;;
        apart) store=postgres database_url=$postgres_url/other start_stagedoor /lasting ;;
    esac
    [[ $1 == one ]] || ports+=("$stagedoor_port")
    before=$(upstream_requests)
    send_once "$connections" "$work/tabs.requests" "${ports[@]}"
    after=$(upstream_requests)
    [[ $1 == one ]] || stop "$stagedoor_pid"
    stop "$first_pid"
    calls[$1]=$((after - before - 1)) p99_of[$1]=$p99
}
