# Requests as bytes: those that wrk sends again and again, and those that set the scene. Needs common.sh.

# raw_request PATH [FIELD...]: a GET as it goes over the wire.
raw_request() {
    local path=$1
    shift
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\n' "$path"
    printf '%s\r\n' "$@" \
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36' \
        'Accept-Encoding: gzip, deflate, br, zstd' \
        'Accept-Language: en-US,en;q=0.9' \
        ''
}

app_origin=http://localhost:3000

# start_request PROVIDER: a browser's navigation of the popup.
start_request() {
    raw_request "/api/auth/$1/start?env=development&origin=http%3A%2F%2Flocalhost%3A3000&scope=openid%20profile%20email" \
        'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' \
        'Upgrade-Insecure-Requests: 1' 'Sec-Fetch-Site: cross-site' 'Sec-Fetch-Mode: navigate' 'Sec-Fetch-Dest: document' \
        "Referer: $app_origin/"
}

# refresh_request PROVIDER COOKIE SCOPE: a script's call with the cookie of a session.
refresh_request() {
    raw_request "/api/auth/$1/refresh?env=development&optional=true&scope=${3// /%20}" \
        'Accept: */*' 'X-Requested-With: XMLHttpRequest' 'Sec-Fetch-Site: same-site' 'Sec-Fetch-Mode: cors' \
        'Sec-Fetch-Dest: empty' "Origin: $app_origin" "Referer: $app_origin/" "Cookie: $2"
}

# ask PORT: sends the request on standard input and prints the answer, without CR.
ask() {
    local connection
    exec {connection}<>"/dev/tcp/127.0.0.1/$1"
    sed '1a Connection: close\r' >&$connection
    tr -d '\r' <&$connection
    exec {connection}>&-
}

# field NAME: the values of a field of an answer on standard input.
field() { sed -n "/^$/q; s/^$1: //Ip"; }

# log_in PORT: a whole login with the provider oauth2. Prints the cookie of its session.
log_in() {
    local head state flow_cookie session_cookie
    head=$(start_request oauth2 | ask "$1")
    state=$(field location <<<"$head" | sed -n 's/.*[?&]state=\([^&]*\).*/\1/p')
    flow_cookie=$(field set-cookie <<<"$head" | cut -d ';' -f 1)
    head=$(raw_request "/api/auth/oauth2/handler/frame?code=a-code&state=$state" "Cookie: $flow_cookie" \
        'Sec-Fetch-Mode: navigate' | ask "$1")
    session_cookie=$(field set-cookie <<<"$head" | sed -n 's/^\([^=]*-refresh-token=[^;]*\);.*/\1/p')
    [[ -n $session_cookie ]] || die "a login failed: $head"
    say "$session_cookie"
}
