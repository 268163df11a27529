#!/bin/sh
# begin.sh DIRECTORY NAME ...: leaves service.sh behind, in a session of its own, and its pid in NAME.pid.
# A service's last end is that of the last process that was waited for, be it this one.
setsid sh "$1/service.sh" "$@" &
echo $! >"$1/$2.pid"
echo "END exit 0" >>"$1/$2.journal"
