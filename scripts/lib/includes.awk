# The first input has a line "module: dependency..." for each module; the others are the sources, named src/....
# Prints each include that is against the rules, and exits with 1 if there is one.

BEGIN {
    # Where a library may be included: a change of it, or of how we call it, then stays in one place.
    home["openssl/"] = "crypto/ http/server/"  # the TLS of the server
    home["curl/"] = "http/client/"
    home["boost/beast"] = "http/"
    home["yaml-cpp/"] = "config/"
    home["CLI/"] = "app/"
    home["sqlite3.h"] = "store/"
    home["libpq-fe.h"] = "store/"
}

function complain(text) {
    print text
    wrong++
}

FILENAME != ARGV[1] && !checked_arrows { check_arrows() }

FILENAME == ARGV[1] {
    name = substr($1, 1, length($1) - 1)
    known[name] = 1
    for (i = 2; i <= NF; i++) allowed[name, $i] = 1
    next
}

FNR == 1 {
    split(FILENAME, part, "/")
    module = part[2]
    inside = substr(FILENAME, 5)
    if (!(module in known) && !(module in reported)) {
        reported[module] = 1
        complain("src/" module " is not a module of CMakeLists.txt")
    }
}

/^[ \t]*#[ \t]*include[ \t]*["<]/ {
    line = $0
    sub(/^[^"<]*/, "", line)
    path = substr(line, 2, match(substr(line, 2), /[">]/) - 1)
    where = FILENAME ":" FNR ": "
    if (substr(line, 1, 1) == "<") check_library(path)
    else check_own(path)
}

END {
    if (!checked_arrows) check_arrows()
    if (wrong) exit 1
    print "all includes follow the arrows"
}

function check_own(path,    from) {
    from = path
    sub(/\/.*/, "", from)
    if (!(from in known)) complain(where "\"" path "\" is not the path of a module: write it from src/ on")
    else if (from != module && !((module, from) in allowed)) complain(where module " may not include from " from)
}

function check_library(path,    prefix, folders, count, i) {
    for (prefix in home) {
        if (index(path, prefix) != 1) continue
        count = split(home[prefix], folders, " ")
        for (i = 1; i <= count; i++) if (index(inside, folders[i]) == 1) return
        complain(where "<" path "> belongs in " home[prefix])
    }
}

# Follows the arrows until nothing new is reached: a module that reaches itself is in a circle.
function check_arrows(    a, b, c, grew) {
    checked_arrows = 1
    for (a in allowed) reaches[a] = 1
    do {
        grew = 0
        for (a in known) for (b in known) if ((a, b) in reaches)
            for (c in known) if (((b, c) in reaches) && !((a, c) in reaches)) grew = reaches[a, c] = 1
    } while (grew)
    for (a in known) if ((a, a) in reaches) complain("CMakeLists.txt: the arrows form a circle through " a)
}
