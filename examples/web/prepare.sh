#!/bin/sh
# The directories that the others write to, each with the owner that it needs.
set -eu
top=/run/svc-web
install -d -m 755 "$top" "$top/www"
install -d -m 750 -o redis -g redis "$top/redis"
install -d -m 700 -o postgres -g postgres "$top/postgres"
