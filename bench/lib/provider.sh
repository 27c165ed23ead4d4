# The provider that sessions are refreshed at: a token endpoint that is as fast as they get, so that little of what is
# measured is its own time; and sessions that were begun by logging in there. Needs requests.sh, servers.sh.

# Refreshes with one credential share one call while it is under way. Sessions that outnumber the connections by far
# make each request a call of its own.
session_count=128

session_scope='read:user repo'
# Of the OpenID provider, if it is one; its address is in issuer.
openid_scope='openid profile email' openid_subject=a-user-of-the-bench
issuer='' ca_file='' status_port=''
# As long as those of the sessions, which the endpoint draws for each login.
some_refresh_token=0123456789abcdef0123456789abcdef

# start_token_endpoint: sets token_pid and token_port. /login is for logins, each with a refresh token of its own;
# /token is for refreshes, and keeps the refresh token. Neither says for how long the access token is good, so that it
# isn't given again: each refresh asks anew. /lasting is for refreshes whose access token is good for an hour, and rotates
# the refresh token.
start_token_endpoint() {
    local access_token answer
    access_token=$(printf 'some.part%.0s' {1..100})
    answer="\"access_token\":\"$access_token\",\"token_type\":\"Bearer\",\"scope\":\"$session_scope\""
    start_nginx token "$upstream_cpu" <<END
server {
    listen LISTEN;
    default_type application/json;
    add_header Cache-Control no-store;
    location = /login { return 200 '{$answer,"refresh_token":"\$request_id"}'; }
    location = /token { return 200 '{$answer}'; }
    location = /lasting { return 200 '{$answer,"expires_in":3600,"refresh_token":"\$request_id"}'; }
    location = /requests { stub_status; }
}
END
}

# start_openid_provider due|lasting: an OpenID provider as those of the internet are, but for the time that it takes: TLS,
# rotating refresh tokens, and a new ID token with each refresh. The access token has ended when it comes, so that each
# refresh asks anew; or it is good for an hour. Sets issuer, ca_file, status_port, token_pid and token_port.
start_openid_provider() {
    local folder=$work/openid-$1 expires_in=3600 access_token id_token certificate endpoints
    [[ $1 != due ]] || expires_in=0
    token_port=$(free_port) status_port=$(free_port)
    issuer=https://localhost:$token_port ca_file=$folder/certificate.pem
    mkdir -p "$folder"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$folder/key.pem" -out "$ca_file" \
        -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>"$folder/openssl" || die "$(<"$folder/openssl")"
    id_token=$("$build/bench/openid" "$issuer" "$client_id" "$openid_subject" "$folder/keys.json") || die 'no ID token'
    access_token=$(printf 'some.part%.0s' {1..100})
    certificate="ssl_certificate $ca_file; ssl_certificate_key $folder/key.pem;"
    endpoints="\"authorization_endpoint\":\"$issuer/authorize\",\"token_endpoint\":\"$issuer/token\""
    start_nginx token "$upstream_cpu" "$token_port" <<END
server {
    listen LISTEN ssl;
    $certificate
    default_type application/json;
    add_header Cache-Control no-store;
    location = /.well-known/openid-configuration {
        return 200 '{"issuer":"$issuer","jwks_uri":"$issuer/keys",$endpoints,"response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}';
    }
    location = /keys { alias $folder/keys.json; }
    location = /token {
        return 200 '{"access_token":"$access_token","token_type":"Bearer","expires_in":$expires_in,"scope":"$openid_scope","refresh_token":"\$request_id","id_token":"$id_token"}';
    }
}
server {
    listen 127.0.0.1:$status_port;
    location = /requests { stub_status; }
}
END
}

# Requests that the provider has had, this question included.
upstream_requests() {
    raw_request /requests | ask "${status_port:-$token_port}" | awk 'after { print $3 } { after = /^server accepts/ }'
}

# make_sessions: logs in, and leaves the requests that refresh the sessions in $work/refresh.requests.
make_sessions() {
    local i cookie
    start_stagedoor /login
    for ((i = 0; i < session_count; i++)); do
        cookie=$(log_in "$stagedoor_port")
        refresh_request oauth2 "$cookie" "$session_scope"
    done >"$work/refresh.requests"
    stop "$stagedoor_pid"
}

# seal_sessions COUNT FILE [TABS]: leaves in the file the requests that refresh so many new sessions, each TABS times in a
# row. Nobody logged in: their cookies are sealed with the secret of the configuration, which takes seconds less. They are
# those of `issuer` if that is set.
seal_sessions() {
    local login=(oauth2 "$session_scope")
    [[ -z $issuer ]] || login=(oidc "$openid_scope" "$issuer" "$openid_subject")
    "$build/bench/sessions" "$1" "$session_secret" "${login[@]}" >"$work/cookies"
    refresh_request "${login[0]}" COOKIE "${login[1]}" >"$work/template"
    awk -v tabs="${3:-1}" 'NR == FNR { template = template $0 "\n"; next }
        { request = template; sub(/COOKIE/, $0, request); for (i = 0; i < tabs; i++) printf "%s", request }' \
        "$work/template" "$work/cookies" >"$2"
}

# A server of nginx that makes the upstream request of a refresh for whatever it is asked.
proxy_server() {
    local body="grant_type=refresh_token&refresh_token=$some_refresh_token&scope=${session_scope//[: ]/+}"
    cat <<END
upstream token {
    server 127.0.0.1:$token_port;
    keepalive 64;
}
server {
    listen LISTEN;
    location / {
        rewrite ^ /token? break;
        proxy_pass http://token;
        proxy_method POST;
        proxy_http_version 1.1;
        proxy_pass_request_headers off;
        proxy_set_header Connection "";
        proxy_set_header Accept application/json;
        proxy_set_header Content-Type application/x-www-form-urlencoded;
        proxy_set_body "$body&client_id=$client_id&client_secret=$client_secret";
    }
}
END
}
