#!/bin/bash
# Counts in Redis, writes the count to PostgreSQL, publishes the page that nginx serves.
set -eu
sql() { psql -q -h 127.0.0.1 -p 5480 -U postgres -d postgres -Atc "$1"; }
count() { redis-cli -h 127.0.0.1 -p 6480 incr count; }
page() { exec 3<>/dev/tcp/127.0.0.1/8480 && printf 'GET /index.html HTTP/1.0\r\n\r\n' >&3 && cat <&3; }

# A started server is not yet one that answers.
ask() {
    for _ in $(seq 200); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    echo "no answer to: $*" >&2
    exit 1
}
ask sql 'select 1'
ask redis-cli -h 127.0.0.1 -p 6480 ping
sql 'create table if not exists visit (number bigint)' 2>/dev/null
echo "database and cache answer"

while sleep 0.2; do
    ask count
    n=$(redis-cli -h 127.0.0.1 -p 6480 get count)
    ask sql "insert into visit values ($n)"
    echo "count $n, $(sql 'select count(*) from visit') remembered" >/run/svc-web/www/index.new
    mv /run/svc-web/www/index.new /run/svc-web/www/index.html
    ask page
    if [ -z "${published:-}" ]; then
        published=yes
        echo "published: $(page | tail -n 1)"
    fi
done
