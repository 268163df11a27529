#!/bin/sh
# service.sh DIRECTORY NAME SEED LEAST SPAN KIND: a service that ends by itself after LEAST and up to SPAN
# milliseconds more, in a way that SEED and the number of this start decide; while DIRECTORY/calm is there it
# stays (a oneshot ends with 0). NAME.journal has a line for each start and each end, and how many lines that start
# has written to its log by then; the last of them just before it ends.
directory=$1 name=$2 seed=$3 least=$4 span=$5 kind=$6
journal=$directory/$name.journal

number=0 before=
[ ! -e "$directory/$name.last" ] || read -r number before <"$directory/$name.last"
number=$((number + 1))
echo "$number $$" >"$directory/$name.last"
# What runs under the number of the one before is it only when it has this command; a zombie has none.
if [ "$before" ] && { read -r command || [ "$command" ]; } <"/proc/$before/cmdline"; then
  case $command in
  *service.sh*"$name"*) [ "$before" = $$ ] || echo "TWICE $number $before" >>"$journal" ;;
  esac
fi 2>/dev/null
echo "START $number" >>"$journal"

# say FROM TO: lines that begin with the number of the start, each of which is one write(2)
say() {
  line=$1
  while [ "$line" -lt "$2" ]; do echo "$number $line"; line=$((line + 1)); done
  echo "SAID $number $2" >>"$journal"
}
say 0 10

if [ -e "$directory/calm" ]; then
  : >"$directory/$name.calm"
  [ "$kind" != oneshot ] || { echo "END exit 0" >>"$journal"; exit 0; }
  sleep infinity
fi

chance=$((((seed * 7919 + number * 104729) * 1103515245 & 2147483647) >> 7))
life=$((least + chance % span))
rest=$((1000 + life % 1000))
sleep "$((life / 1000)).${rest#1}"
say 10 30
case $((chance % 5)) in
0) signal=KILL ;;
1) signal=TERM ;;
2) signal=USR1 ;;
*) signal= ;;
esac
if [ "$signal" ]; then
  echo "END signal $signal" >>"$journal"
  kill -s $signal $$
fi
status=$((1 + chance % 100))
echo "END exit $status" >>"$journal"
exit $status
