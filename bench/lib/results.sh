# Figures, bounds, and the JSON that holds both. Needs common.sh, machine.sh.

figures=() bounds=() missed=0

# figure NAME NUMBER [TITLE [UNIT]]: with a title, it is also printed.
figure() {
    figures+=("$(printf '"%s": %.6g' "$1" "$2")")
    [[ -z ${3:-} ]] || printf '  %-42s %8.4g %s\n' "$3" "$2" "${4:-}"
}

# bound NAME TITLE NUMBER OPERATOR LIMIT [UNIT]: prints what was measured beside what is demanded. The short form
# demands nothing: a few seconds on a machine that does other work prove nothing.
bound() {
    local name=$1 title=$2 number=$3 operator=$4 limit=$5 unit=${6:-} met=true verdict=met
    holds "$number" "$operator" "$limit" || met=false
    if $short; then
        verdict='not judged'
    elif ! $met; then
        verdict=MISSED
        missed=$((missed + 1))
    fi
    bounds+=("$(printf '{"name": "%s", "value": %.6g, "operator": "%s", "limit": %s, "unit": "%s", "met": %s}' \
        "$name" "$number" "$operator" "$limit" "$unit" $met)")
    printf '  %-42s %8.4g %-3s  %s %4s  %s\n' "$title" "$number" "$unit" "$operator" "$limit" "$verdict"
}

# joined LINE...: with commas, indented.
joined() {
    local all
    all=$(printf ',\n    %s' "$@")
    printf '%s' "${all#,}"
}

# write_json FILE
write_json() {
    cat >"$1" <<END
{
  "time": "$(date --utc +%Y-%m-%dT%H:%M:%SZ)",
  "commit": "$(git -C "$root" describe --always --dirty 2>/dev/null || true)",
  "machine": "$(describe_machine | tr -d '"\\')",
  "short": $short,
  "figures": {$(joined "${figures[@]}")
  },
  "bounds": [$(joined "${bounds[@]}")
  ]
}
END
}
