#!/bin/sh
# talk.sh DIRECTORY NAME: writes lines, each of which is one write(2), as long as DIRECTORY/calm is not there, and
# stays. NAME.journal says in the end how many.
line=0
while [ ! -e "$1/calm" ]; do
  echo "1 $line"
  line=$((line + 1))
  sleep 0.05
done
echo "SAID 1 $line" >>"$1/$2.journal"
: >"$1/$2.calm"
sleep infinity
