#!/bin/sh
# svc beside those of dinit, s6, runit and supervisord that are installed:
#     bench/peers.sh run/target/dist
# N services whose program writes down when it begins and then waits (beat.c), so every time is taken by the
# services themselves: all up, with the supervisor's files in the page cache and without; SIGKILL to the next
# instance; PSS of all processes that are not services; the status of one service; until none is left.
# SIZES="0 100" are other Ns for PSS, the last of which is the one for all else; KILLS=50 another number of
# kills; RUNS=5 of starts; PEERS="svc s6" only those. DINIT=DIR is where dinit and dinitctl are, when not in PATH.
# Needs a C compiler. Ends only what it has started, by pid; each wait has an end.
# shellcheck disable=SC2016,SC2317,SC2329 # what is evaluated later
set -eu
tree=$(readlink -f "$1")
here=$(readlink -f "$(dirname "$0")")
sizes=${SIZES-0 100 500 1000}
kills=${KILLS-100}
runs=${RUNS-3}
patience=${PATIENCE-180}
PATH=$PATH${DINIT+:$DINIT}
# in memory, where run directories usually are
work=$(mktemp -d -p "${TMPDIR-/dev/shm}")
pid=
finish_one() { [ -z "$pid" ] || { ask_to_end; await_end; }; }
finish() {
  finish_one
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
# shellcheck disable=SC3045 # dash and bash have it
ulimit -n "$(ulimit -Hn)"
cc -O2 -o "$work/beat" "$here/beat.c"
cc -O2 -o "$work/meter" "$here/meter.c"
for size in $sizes; do :; done

# Each peer: what it is called, whether it is here, its services ($1 of them in $work/d), its words, how it is
# asked for one status, how to end, the files that are read at a start.
declare_svc() {
  printf '[service]\ntype = target\n' >"$work/d/idle.ini"
  for i in $(seq "$1"); do
    printf '[service]\nexec = %s/beat s%s\nstdout = null\nstderr = null\n[restart]\ndelay = 0ms\n' \
      "$work" "$i" >"$work/d/s$i.ini"
  done
}
is_svc() { :; }
start_svc() { exec "$tree/bin/svc" up --socket "$work/sock" "$work/d"; }
status_svc() { echo "$tree/bin/svc status --socket $work/sock s1"; }
end_svc() { kill -TERM "$pid"; }
files_svc() { find "$tree/lib" "$tree/bundles" -type f; java_files; }
java_files() {
  java=$(readlink -f "$(command -v "${JAVA_HOME+$JAVA_HOME/bin/}java")")
  find "${java%/bin/java}/lib" -type f
}

is_split() { :; }
declare_split() { declare_svc "$@"; }
start_split() { exec "$tree/bin/svc-manager" --socket "$work/sock" "$work/d"; }
status_split() { status_svc; }
end_split() { end_svc; }
files_split() { files_svc; }

is_dinit() { command -v dinit; }
declare_dinit() {
  printf 'type = internal\nwaits-for.d = /%s/w\n' "${work#/}" >"$work/d/boot"
  mkdir "$work/w"
  for i in $(seq "$1"); do
    printf 'type = process\ncommand = %s/beat s%s\nrestart = true\nrestart-delay = 0\nsmooth-recovery = true\n' \
      "$work" "$i" >"$work/d/s$i"
    ln -s "../d/s$i" "$work/w/s$i"
  done
}
start_dinit() { exec dinit --user --quiet --services-dir "$work/d" --socket-path "$work/sock"; }
status_dinit() { echo "dinitctl --socket-path $work/sock status s1"; }
end_dinit() { kill -TERM "$pid"; }
files_dinit() { command -v dinit; }

# Their run is the program itself: a shell would only add to their time.
declare_directories() {
  for i in $(seq "$1"); do
    mkdir "$work/d/s$i"
    ln -s "$work/beat" "$work/d/s$i/run"
  done
}
is_s6() { command -v s6-svscan; }
declare_s6() { declare_directories "$1"; }
start_s6() { exec s6-svscan -c 2000 "$work/d"; }
status_s6() { echo "s6-svstat $work/d/s1"; }
end_s6() { s6-svscanctl -t "$work/d"; }
files_s6() { command -v s6-svscan; command -v s6-supervise; ls /lib/*/libskarnet.so* /usr/lib/*/libskarnet.so* /lib/*/libs6.so* 2>/dev/null || :; }

is_runit() { command -v runsvdir; }
declare_runit() { declare_directories "$1"; }
start_runit() { exec runsvdir "$work/d"; }
status_runit() { echo "sv status $work/d/s1"; }
end_runit() { kill -HUP "$pid"; }
files_runit() { command -v runsvdir; command -v runsv; }

is_supervisord() { command -v supervisord; }
declare_supervisord() {
  { printf '[unix_http_server]\nfile=%s/sock\n' "$work"
    printf '[supervisord]\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=%s/pid\nminfds=9000\n' "$work"
    printf '[rpcinterface:supervisor]\n'
    printf 'supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n'
    printf '[supervisorctl]\nserverurl=unix://%s/sock\n' "$work"
    for i in $(seq "$1"); do
      printf '[program:s%s]\ncommand=%s/beat s%s\nautorestart=true\nstdout_logfile=NONE\nstderr_logfile=NONE\n' \
        "$i" "$work" "$i"
    done; } >"$work/supervisor.conf"
}
start_supervisord() { exec supervisord -n -c "$work/supervisor.conf"; }
status_supervisord() { echo "supervisorctl -c $work/supervisor.conf status s1"; }
end_supervisord() { kill -TERM "$pid"; }
files_supervisord() { dpkg -L supervisor 2>/dev/null || :; command -v supervisord; python_files; }
python_files() {
  python=$(readlink -f /usr/bin/python3)
  echo "$python"
  find "/usr/lib/${python##*/}" -name '*.py*' -type f
}

# $1: how many services; gives the time from before the start to the last beginning
up() {
  rm -rf "$work/d" "$work/w" "$work/sock" "$work/sock.d"
  mkdir "$work/d"
  : >"$work/beats"
  "declare_$peer" "$1"
  [ -z "${2-}" ] || cold
  began=$("$work/meter" now)
  (cd "$work" && "start_$peer") >"$work/out" 2>&1 &
  pid=$!
  last=$("$work/meter" await "$1" "$work/beats" "$patience") || { tail -n 3 "$work/out" >&2; return 1; }
  took=$(((last - began) / 1000000))
}
ask_to_end() { "end_$peer" || :; }
await_end() {
  "$work/meter" gone "$work/beats" "$patience" >"$work/gone" || :
  for _ in $(seq $((patience * 10))); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null || :
  wait "$pid" 2>/dev/null || :
  pid=
}
down() {
  asked=$("$work/meter" now)
  ask_to_end
  await_end
  took=$((($(cat "$work/gone") - asked) / 1000000))
}

# What no other process has mapped leaves the page cache.
cold() {
  sync
  "files_$peer" 2>/dev/null | while read -r file; do
    dd if="$file" iflag=nocache count=0 2>/dev/null || :
  done
}

# All below the supervisor that is no service.
pss() {
  ps -e -o pid=,ppid=,comm= | awk -v top="$pid" '
    { parent[$1] = $2; name[$1] = $3 }
    END { for (each in parent) {
      for (up = each; up in parent && up != top; up = parent[up]) {}
      if (up == top && name[each] != "beat") print each } }' |
    while read -r each; do cat "/proc/$each/smaps_rollup" 2>/dev/null || :; done |
    awk '/^Pss:/ { sum += $2 } END { printf "%.1f", sum / 1024 }'
}

# The median of what is read
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

# Not in a subshell, which would not know what to end. $1: cold, or nothing; gives $middle
starts() {
  : >"$work/ups"
  for _ in $(seq "$runs"); do
    up "$size" "$1" || return 1
    echo "$took" >>"$work/ups"
    down
    echo "$took" >>"$work/downs"
  done
  middle=$(median <"$work/ups")
}

row() {
  printf '%-12s ' "$peer"
  : >"$work/downs"
  up "$size" || return 1 # fills the page cache
  down
  starts '' || return 1
  printf 'up warm %5s ms, ' "$middle"
  starts cold || return 1
  printf 'cold %5s ms; down %5s ms; ' "$middle" "$(median <"$work/downs")"
  up "$size" || return 1
  # shellcheck disable=SC2046 # words
  printf 'status %s; ' "$("$work/meter" time 9 $("status_$peer"))"
  # s6 and runit leave a service alone that ended within its first second
  sleep 2
  most=$(pss)
  printf 'kill to next %s; ' "$("$work/meter" kills "$kills" "$work/beats" 60)"
  down
  printf 'PSS in MiB'
  for each in $sizes; do
    [ "$each" != "$size" ] || continue
    up "$each" || return 1
    sleep 2
    printf ' %s: %s' "$each" "$(pss)"
    down
  done
  printf ' %s: %s\n' "$size" "$most"
}

"$tree/bin/svc-archive"
for peer in ${PEERS-svc split dinit s6 runit supervisord}; do
  if ! "is_$peer" >/dev/null; then
    printf '%-12s is not installed\n' "$peer"
  elif ! row; then
    echo "failed: $(tail -n 1 "$work/out")"
    finish_one
  fi
done
