#!/bin/sh
# How long programs of an installed tree take to start, without and with class-data archives:
#     bench/start.sh run/target/dist
# Needs hyperfine. `up` is svc up until its one service, which ends it, has run, and down again.
set -eu
tree=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/once" "$work/stays"
# shellcheck disable=SC2016 # the service's parent
printf '[service]\ntype = oneshot\nexec = sh -c "kill $PPID"\n' >"$work/once/end.ini"
printf '[service]\ntype = daemon\nexec = sleep 600\n' >"$work/stays/sleeper.ini"

# In turn, so that what else the machine does counts for both.
measure() {
  for _ in $(seq "${RUNS-12}"); do
    for row in without with; do
      "$row"
      hyperfine -N -r 1 --export-csv "$work/csv" \
        "$tree/bin/svc --version" \
        "$tree/bin/svc status --socket $work/stays/sock" \
        "$tree/bin/svc up --socket $work/once/sock $work/once" >/dev/null
      tail -n 3 "$work/csv" | cut -d, -f2,5,6 | paste -d' ' - - - >>"$work/$row"
    done
  done
}

without() { mv "$tree/lib/client.jsa" "$tree/lib/runtime.jsa" "$work"; }
with() { mv "$work/client.jsa" "$work/runtime.jsa" "$tree/lib"; }

"$tree/bin/svc-archive"
"$tree/bin/svc" up --socket "$work/stays/sock" "$work/stays" >/dev/null &
manager=$!
until "$tree/bin/svc" status --socket "$work/stays/sock" >/dev/null 2>&1; do :; done
measure
kill $manager
wait $manager

# $1: which of the three; wall clock and user + system, medians
medians() {
  cut -d' ' -f"$1" "$work/$2" | awk -F, '{ print $1 * 1000 }' | sort -n | sed -n "$((${RUNS-12} / 2))p"
  cut -d' ' -f"$1" "$work/$2" | awk -F, '{ print ($2 + $3) * 1000 }' | sort -n | sed -n "$((${RUNS-12} / 2))p"
}
number=0
for name in version status up; do
  number=$((number + 1))
  { medians $number without; medians $number with; } | paste -d' ' - - - - | awk -v name=$name '
    { printf "%-8s %4.0f -> %4.0f ms (%.2f), processor %4.0f -> %4.0f ms (%.2f)\n",
        name, $1, $3, $3 / $1, $2, $4, $4 / $2 }'
done
