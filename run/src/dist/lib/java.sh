# How the programs of this tree start Java; sourced by bin/*, which set $svc_self to their own path.
# SVC_JAVA_OPTS adds options for the JVM. Variables are named svc_*, since one that the environment has
# under the same name would reach what we run with our value.
# shellcheck shell=sh disable=SC2154 # $svc_self

svc_home=${svc_self%/bin/*}

# Which Java: the one that SVC_JAVA_HOME or the first line of etc/java names, the one that came along,
# the environment's.
svc_java_home=${SVC_JAVA_HOME-}
[ -n "$svc_java_home" ] || [ ! -r "$svc_home/etc/java" ] || read -r svc_java_home <"$svc_home/etc/java" || :
[ -n "$svc_java_home" ] || [ ! -x "$svc_home/jre/bin/java" ] || svc_java_home=$svc_home/jre
svc_java_home=${svc_java_home:-${JAVA_HOME-}}
svc_java=${svc_java_home:+$svc_java_home/bin/}java
if ! command -v "$svc_java" >/dev/null; then
  echo "svc: no Java found${svc_java_home:+ in $svc_java_home}; install a Java runtime, version 17 or later: apt-get install openjdk-17-jre-headless" >&2
  exit 1
fi

# Option $svc_classpath: jar by jar, since lib/* would be in the directory's order, and an archive is
# for one order.
classpath() {
  svc_classpath=
  for svc_jar in "$1"/*.jar; do
    svc_classpath=${svc_classpath:+$svc_classpath:}$svc_jar
  done
}

# Option $svc_archive: classes as svc-archive has prepared them. One that is of another Java or of other
# jars is left alone by the JVM, and only its log would speak of that.
archive() {
  svc_archive=-Xshare:auto
  [ ! -r "$svc_home/lib/$1.jsa" ] || svc_archive=-XX:SharedArchiveFile=$svc_home/lib/$1.jsa
}

# Directory $svc_scratch, for the framework's cache: the first that can be written.
scratch() {
  [ -d /run/svc ] || [ ! -w /run ] || mkdir -m 700 /run/svc
  for svc_scratch in "${TMPDIR-}" /run/svc "${XDG_RUNTIME_DIR-}" /tmp /dev/shm; do
    [ ! -d "$svc_scratch" ] || [ ! -w "$svc_scratch" ] || return 0
  done
  echo "svc: no directory to write to; tried TMPDIR, /run/svc, XDG_RUNTIME_DIR, /tmp and /dev/shm" >&2
  exit 1
}

# A short life: start fast. Its jars are read from the directory as it is now (descriptor 9): the whole
# tree may be replaced by another while Java starts.
client() {
  svc_program=$1
  shift
  archive client
  if [ -d /proc/self/fd ]; then
    exec 9<"$svc_home/lib"
    svc_lib=/proc/self/fd/9
  else
    svc_lib=$svc_home/lib
  fi
  classpath "$svc_lib"
  # shellcheck disable=SC2086 # options are words
  exec "$svc_java" "$svc_archive" -Xlog:disable \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx64m \
    ${SVC_JAVA_OPTS-} -Dsvc.home="$svc_home" -Dsvc.program="$svc_program" -cp "$svc_classpath" svc.cli.Main "$@"
}

# Option $svc_unsafe: Felix uses what Java 24 and later warn of; before 23 there is no such option.
unsafe() {
  svc_unsafe=
  svc_release=$(readlink -f "$(command -v "$svc_java")")
  svc_release=${svc_release%/bin/java}/release
  [ -r "$svc_release" ] || return 0
  while read -r svc_line; do
    case $svc_line in
    JAVA_VERSION=\"1* | JAVA_VERSION=\"2[0-2]*) ;;
    JAVA_VERSION=*) svc_unsafe=--sun-misc-unsafe-memory-access=allow ;;
    esac
  done <"$svc_release"
}

# Signals that nobody gets but the loop that reads them (signalfd(2)): they are blocked before any
# thread exists, and -Xrs keeps HotSpot away from them.
svc_signals=HUP,INT,TERM,USR1,USR2,PWR,CHLD
# A runtime that is out of memory ends: its parent starts another.
svc_exhausted=-XX:+ExitOnOutOfMemoryError
# HotSpot unblocks one signal for itself in every thread: USR2, unless this says another.
svc_suspend=

# A long life: little memory and one compiler thread. Native libraries are loaded from where they
# are; unpacked at each start they would need a directory that is not mounted noexec.
runtime() {
  svc_program=$1
  shift
  archive runtime
  classpath "$svc_home/lib"
  scratch
  unsafe
  # shellcheck disable=SC2086
  set -- "$(command -v env)" --block-signal="$svc_signals" $svc_suspend \
    "$svc_java" -Xrs "$svc_archive" -Xlog:disable \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 \
    -Xss256k -XX:ReservedCodeCacheSize=16m -Xms6m -Xmx64m -XX:-UsePerfData $svc_exhausted \
    --enable-native-access=ALL-UNNAMED $svc_unsafe -Djava.io.tmpdir="$svc_scratch" \
    -Djffi.boot.library.path="$svc_home/lib/native" \
    -Dorg.newsclub.net.unix.library.override="$svc_home/lib/native/$(uname -m)-Linux/libjunixsocket.so" \
    ${SVC_JAVA_OPTS-} -Dsvc.home="$svc_home" -Dsvc.program="$svc_program" -cp "$svc_classpath" svc.cli.Main "$@"
  # A runtime that is to be executed anew asks what with, and does so itself: its children are not a
  # shell's.
  if [ -n "${SVC_WORDS-}" ]; then
    printf '%s\0' "$@"
    exit
  fi
  exec "$@"
}
