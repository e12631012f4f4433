# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the parts of the demo share. They set $server, line(), which prints the columns of their table, and $blank, which
# stands in a column of their own where it says nothing.
export LC_ALL=C
dir=$(mktemp -d "${TMPDIR:-/tmp}/armalo-demo.XXXXXX") || exit 1
pid='' url='' right=0 wrong=0
trap '[ -z "$pid" ] || kill "$pid" 2> /dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
mkfifo "$dir/out" && touch "$dir/log" "$dir/audit" "$dir/answers" "$dir/said" || exit 1

bold='' green='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m') green=$(printf '\033[32m') red=$(printf '\033[31m') plain=$(printf '\033[0m')
fi

# start ARGUMENT...: run the server. It says when it listens, and where: no need to wait or to guess.
start() {
    "${server:?}" "$@" > "$dir/out" 2>> "$dir/log" &
    pid=$! url=''
    exec 3< "$dir/out"
    while [ -z "$url" ] && read -r said <&3; do
        case $said in
        'listening on '*) url=http://${said#listening on } ;;
        *) printf '%s\n' "$said" >> "$dir/said" ;;
        esac
    done
}
# End it, and read to the end what it said.
stop() {
    kill "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    pid=''
    cat <&3 >> "$dir/said"
    exec 3<&-
}

# ask CURL-ARGUMENT...: send a request. $got is the answer to the last byte, and $got_reason is of the line that the
# server wrote for its operator. A request id in the answer must be the one in that line; it is shown as "+id".
ask() {
    before=$(wc -l < "$dir/log")
    got=$(curl -s -m 20 --noproxy '*' -w '\n%{http_code}' "$@") || got='no answer'
    printf '%s\n' "$got" >> "$dir/answers"
    tail -n "+$((before + 1))" "$dir/log" > "$dir/line"
    request=$(sed -n 's/.*"request_id":"\([^"]*\)".*/\1/p' "$dir/line")
    got=$(printf '%s\n' "$got" | sed "1s/,\"request_id\":\"$request\"}\$/, +id}/")
    got="${got##*
} ${got%
*}"
    got_reason=$(sed -n 's/.*"reason":"\([^"]*\)".*/\1/p' "$dir/line")
}

part() { printf '\n%s\n' "$bold$1$plain"; }
judge() { # IS-RIGHT COLUMN...
    if [ "$1" = yes ]; then
        right=$((right + 1)) verdict=${green}ok$plain
    else
        wrong=$((wrong + 1)) verdict=${red}WRONG$plain
    fi
    shift
    line "$@" "$verdict"
}
# refused WHAT REASON ARGUMENT...: a server that must not start.
refused() {
    what=$1 reason=$2 before=$(wc -l < "$dir/log")
    shift 2
    start "$@"
    stop
    got_reason=$(tail -n "+$((before + 1))" "$dir/log" | sed -n 's/^refused to start .*"reason":"\([^"]*\)".*/\1/p')
    is=no
    [ -z "$url" ] && [ "$got_reason" = "$reason" ] && is=yes
    judge "$is" "$what" "${url:-does not start}" "$got_reason" ${blank:+"$blank"}
}
# finish WHAT-THIS-SHOWED: the end of a part.
finish() {
    echo
    if [ "$wrong" -eq 0 ] && [ "$right" -gt 0 ]; then
        echo "${green}All $right came out as they must.$plain $1"
        exit 0
    fi
    echo "$red$wrong of $((right + wrong)) came out WRONG.$plain"
    exit 1
}
