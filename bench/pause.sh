#!/bin/sh
# How long nobody answers while what answers is replaced, and how long at its peers, one after the other:
#     bench/pause.sh run/target/dist
# N=30 is another number of repetitions. Peers that are not installed (supervisor, s6, systemd-container
# with mmdebstrap), or cannot run here, are passed over, with the reason.
# shellcheck disable=SC2016 # what is evaluated later
set -eu
given=$(readlink -f "$1")
here=$(readlink -f "$(dirname "$0")")
work=$(mktemp -d)
count=${N-20}
pids=
# shellcheck disable=SC2154 # pid
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || :; done; wait; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# A copy, since an upgrade replaces it.
tree=$work/svc
cp -a "$given" "$tree"
"$tree/bin/svc-archive"
# Compiled apart from the reactor, so that a tree is all that is needed.
javac -d "$work/classes" -cp "$(echo "$tree"/lib/svc.nv-*.jar)" "$here/src/main/java/svc/bench/Pause.java"
inside=
pause() {
  # shellcheck disable=SC2086 # words
  $inside java -cp "$work/classes:$(echo "$tree"/lib/svc.nv-*.jar)" svc.bench.Pause "$@"
}
title() { printf '%-46s ' "$1"; }
skip() { echo "passed over: $1"; }
# $1: until when, no longer than a minute
await() {
  for _ in $(seq 600); do
    if eval "$1"; then return 0; fi
    sleep 0.1
  done
  echo "waited in vain: $1" >&2
  return 1
}

# svc, with ten services. The manager's parent starts it again at once.
mkdir "$work/d"
for number in 0 1 2 3 4 5 6 7 8 9; do
  printf '[service]\ntype = daemon\nexec = sleep infinity\n' >"$work/d/sleeper$number.ini"
done
cat >"$work/parent.sh" <<'PARENT'
trap 'over=1; kill -TERM $child' TERM
while [ -z "${over-}" ]; do
  "$@" &
  child=$!
  echo $child >"$0.pid"
  wait $child || :
done
wait $child
PARENT
SVC_SOCKET=$work/sock
export SVC_SOCKET
sh "$work/parent.sh" "$tree/bin/svc-manager" --socket "$work/sock" "$work/d" >"$work/svc.out" 2>&1 &
pids="$pids $!"
await '"$tree/bin/svc" status 2>/dev/null | grep -q "sleeper9.* up"'
title 'svc update svc.manager'
if "$tree/bin/svc" update --plan "$tree"/bundles/svc.manager-*.jar >/dev/null 2>&1; then
  cp "$tree"/bundles/svc.manager-*.jar "$work"
  pause SVC "$work/sock" "$count" "$tree/bin/svc" update "$work"/svc.manager-*.jar
else skip "$("$tree/bin/svc" update --plan "$tree"/bundles/svc.manager-*.jar 2>&1 | head -n 1)"; fi
title 'svc-manager: kill -9, to the next answer'
pause SVC "$work/sock" "$count" sh -c 'kill -9 "$(cat "$0")"' "$work/parent.sh.pid"
title 'svc upgrade'
if "$tree/bin/svc" upgrade --help >/dev/null 2>&1; then
  tar -C "$work" -czf "$work/svc.tar.gz" svc
  pause SVC "$work/sock" "$count" "$tree/bin/svc" upgrade "$work/svc.tar.gz"
else skip 'this tree has no svc upgrade'; fi

title 'supervisord: supervisorctl reload'
if command -v supervisord >/dev/null; then
  { printf '[unix_http_server]\nfile=%s\n' "$work/supervisor.sock"
    printf '[supervisord]\nlogfile=%s\npidfile=%s\n' "$work/supervisor.log" "$work/supervisor.pid"
    printf '[rpcinterface:supervisor]\n'
    printf 'supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n'
    printf '[supervisorctl]\nserverurl=unix://%s\n' "$work/supervisor.sock"
    for number in 0 1 2 3 4 5 6 7 8 9; do
      printf '[program:sleeper%s]\ncommand=sleep infinity\n' "$number"
    done; } >"$work/supervisor.conf"
  supervisord -n -c "$work/supervisor.conf" >/dev/null 2>&1 &
  pids="$pids $!"
  await '[ -S "$work/supervisor.sock" ]'
  pause SUPERVISORD "$work/supervisor.sock" "$count" supervisorctl -c "$work/supervisor.conf" reload
else skip 'apt-get install supervisor'; fi

# s6-svscan answers nothing: what is measured is how long after the command a new service runs, and that
# its FIFO has a reader all the time (s6-svscanctl fails otherwise).
title 's6-svscanctl -an, to the new service'
if command -v s6-svscan >/dev/null; then
  mkdir "$work/scan"
  s6-svscan "$work/scan" >/dev/null 2>&1 &
  pids="$pids $!"
  await 's6-svscanctl -a "$work/scan" 2>/dev/null'
  for number in $(seq "$count"); do
    mkdir "$work/new$number"
    printf '#!/bin/sh\ndate +%%s%%N >%s\nexec sleep infinity\n' "$work/new$number/began" >"$work/new$number/run"
    chmod +x "$work/new$number/run"
    ln -s "$work/new$number" "$work/scan/new$number"
    asked=$(date +%s%N)
    s6-svscanctl -an "$work/scan"
    await '[ -s "$work/new$number/began" ]'
    echo $(($(cat "$work/new$number/began") - asked))
  done | sort -n | awk '{ all[NR] = $1 / 1000000 }
    END { printf "p50 %.1f ms, p99 %.1f ms, n = %d\n", all[int((NR + 1) / 2)], all[int((NR * 99 + 99) / 100)], NR }'
  s6-svscanctl -t "$work/scan"
else skip 'apt-get install s6'; fi

title 'systemd: systemctl daemon-reexec'
systemd() {
  command -v systemd-nspawn >/dev/null || { skip 'apt-get install systemd-container'; return; }
  command -v mmdebstrap >/dev/null || { skip 'apt-get install mmdebstrap'; return; }
  root=${SYSTEMD_ROOT-/var/cache/svc-tests/bookworm-systemd}
  if [ ! -d "$root" ]; then
    mkdir -p "${root%/*}"
    mmdebstrap --quiet --variant=minbase --include=systemd-sysv,dbus bookworm "$root.half" \
      >"$work/mmdebstrap.out" 2>&1 || { skip "mmdebstrap: $(tail -n 1 "$work/mmdebstrap.out")"; return; }
    mv "$root.half" "$root"
  fi
  systemd-nspawn --quiet --boot --volatile=overlay --register=no --keep-unit --directory="$root" >"$work/nspawn.out" 2>&1 &
  nspawn=$!
  pids="$pids $nspawn"
  first=
  for _ in $(seq 300); do
    first=$(cut -d' ' -f1 "/proc/$nspawn/task/$nspawn/children" 2>/dev/null || :)
    [ -z "$first" ] || [ ! -S "/proc/$first/root/run/systemd/private" ] || break
    kill -0 $nspawn 2>/dev/null || break
    sleep 0.1
  done
  if [ ! -S "/proc/$first/root/run/systemd/private" ]; then
    skip "systemd does not boot in systemd-nspawn here: $(tail -n 1 "$work/nspawn.out")"
    return
  fi
  # From its PID namespace: it does not answer a peer without a pid.
  inside="nsenter -t $first -p"
  pause SYSTEMD "/proc/$first/root/run/systemd/private" "$count" \
    nsenter -t "$first" -m -u -i -n -p systemctl daemon-reexec || skip 'no answer'
}
systemd
