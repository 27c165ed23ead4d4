# What is measured of processes, and what they run on. Needs common.sh.

# Allowed processors, as taskset names them: the server has the first one for itself, the load the second.
pick_processors() {
    local list part processors=()
    list=$(taskset -cp $$)
    for part in $(tr ',' ' ' <<<"${list##*: }"); do
        mapfile -t -O ${#processors[@]} processors < <(seq "${part%-*}" "${part#*-}")
    done
    server_cpu=${processors[0]}
    load_cpu=${processors[1]:-$server_cpu}
    # With a third one, what answers to the server does not compete with what asks it.
    upstream_cpu=${processors[2]:-$load_cpu}
}

clock_ticks=$(getconf CLK_TCK)

# cpu_ticks PID: processor time of a process and its threads, user and system.
cpu_ticks() {
    local stat
    stat=$(<"/proc/$1/stat")
    # The second field is a name that may hold anything; what is behind its last parenthesis begins with the third.
    read -r -a stat <<<"${stat##*) }"
    printf '%d' $((stat[11] + stat[12]))
}

# memory_kib PID Rss|Anonymous
memory_kib() { awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/smaps_rollup"; }

memory_mib() { arithmetic "$(memory_kib "$@") / 1024"; }

# More files than connections that are held: on this side and, as children inherit it, on the server's.
raise_file_limit() {
    local wanted=$1 hard
    hard=$(ulimit -Hn)
    [[ $hard == unlimited ]] || ((hard >= wanted)) || wanted=$hard
    ulimit -Sn "$wanted"
}

# A port of 127.0.0.1 on which nobody listens, below those that the system gives to clients.
free_port() {
    local port
    for _ in {1..100}; do
        port=$((20000 + RANDOM % 10000))
        listens "$port" || break
    done
    printf '%d' "$port"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

describe_machine() {
    local model
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    say "$(nproc) x ${model:-unknown processor}, Linux $(uname -r), load average $(cut -d ' ' -f 1-3 /proc/loadavg)"
}

# arithmetic EXPRESSION: with fractions.
arithmetic() { awk "BEGIN { print $1 }"; }

# holds A OP B: compares numbers with fractions.
holds() { awk "BEGIN { exit !($1 $2 $3) }"; }

# Of the numbers on standard input:
median() { sort -g | awk '{ n[NR] = $1 } END { print NR % 2 ? n[(NR + 1) / 2] : (n[NR / 2] + n[NR / 2 + 1]) / 2 }'; }
largest() { sort -g | tail -n 1; }
