#!/bin/sh
# PostgreSQL's programs, which Debian keeps out of the PATH: postgres.sh init, or postgres.sh serve.
set -eu
for bin in /usr/lib/postgresql/*/bin; do
    [ -x "$bin/postgres" ] && PATH=$bin:$PATH
done
data=/run/svc-web/postgres/data
case $1 in
init) [ -f "$data/PG_VERSION" ] || exec initdb -D "$data" -A trust -E UTF8 --no-locale -N ;;
serve) exec postgres -D "$data" -p 5480 -h 127.0.0.1 -k /run/svc-web/postgres ;;
esac
