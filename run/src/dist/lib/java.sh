# How the programs of this tree start Java; sourced by bin/*, which set $svc_self to their own path.
# SVC_JAVA_OPTS adds options for the JVM.

svc_home=${svc_self%/bin/*}
svc_java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if ! command -v "$svc_java" >/dev/null; then
  echo "svc: no Java found${JAVA_HOME:+ in JAVA_HOME ($JAVA_HOME)}; install a Java runtime, version 17 or later: apt-get install openjdk-17-jre-headless" >&2
  exit 1
fi

# A short life: start fast.
client() {
  svc_program=$1
  shift
  # shellcheck disable=SC2086 # options are words
  exec "$svc_java" -Xshare:auto -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx64m \
    ${SVC_JAVA_OPTS-} -Dsvc.home="$svc_home" -Dsvc.program="$svc_program" -cp "$svc_home/lib/*" svc.cli.Main "$@"
}

# A long life: little memory, one compiler thread, and signals for nobody but the loop that reads
# them (signalfd(2)): they are blocked before any thread exists, and HotSpot leaves them alone (-Xrs).
runtime() {
  svc_program=$1
  shift
  # shellcheck disable=SC2086
  exec env --block-signal=HUP,INT,TERM,USR1,USR2,PWR,CHLD \
    "$svc_java" -Xrs -Xshare:auto -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 \
    -Xss256k -XX:ReservedCodeCacheSize=16m -Xms6m -Xmx64m -XX:-UsePerfData \
    -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED \
    ${SVC_JAVA_OPTS-} -Dsvc.home="$svc_home" -Dsvc.program="$svc_program" -cp "$svc_home/lib/*" svc.cli.Main "$@"
}

# As runtime, but every signal that can be forwarded is left to the loop, and running out of memory
# does not end it. HotSpot unblocks one for itself in every thread, USR2 unless it is told of another:
# SYS (31), which nobody sends. The variable is not handed on to what an init starts.
init() {
  svc_program=$1
  shift
  # shellcheck disable=SC2086
  exec env --block-signal=HUP,INT,QUIT,USR1,USR2,PIPE,ALRM,TERM,STKFLT,CHLD,CONT,TSTP,TTIN,TTOU,URG,XCPU,XFSZ,VTALRM,PROF,WINCH,IO,PWR$(
    svc_number=34
    while [ $svc_number -le 64 ]; do
      printf ,%s $svc_number
      svc_number=$((svc_number + 1))
    done
  ) \
    _JAVA_SR_SIGNUM=31 "$svc_java" -Xrs -Xshare:auto -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 \
    -Xss256k -XX:ReservedCodeCacheSize=16m -Xms6m -Xmx64m -XX:-UsePerfData \
    --enable-native-access=ALL-UNNAMED \
    ${SVC_JAVA_OPTS-} -Dsvc.home="$svc_home" -Dsvc.program="$svc_program" -cp "$svc_home/lib/*" svc.cli.Main "$@"
}
