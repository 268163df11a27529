# How the programs of this tree start Java; sourced by bin/*, which set $self to their own path.
# SVC_JAVA_OPTS adds options for the JVM.
# shellcheck shell=sh disable=SC2154 # $self

home=${self%/bin/*}
java=$home/jre/bin/java
[ -x "$java" ] || java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if ! command -v "$java" >/dev/null; then
  echo "svc: no Java found${JAVA_HOME:+ in JAVA_HOME ($JAVA_HOME)}; install a Java runtime, version 17 or later: apt-get install openjdk-17-jre-headless" >&2
  exit 1
fi

# Jar by jar: lib/* would be in the directory's order, and an archive is for one order.
classpath=
for jar in "$home"/lib/*.jar; do
  classpath=${classpath:+$classpath:}$jar
done

# Option $archive: classes as svc-archive has prepared them. One that is of another Java or of other
# jars is left alone by the JVM, and only its log would speak of that.
archive() {
  archive=-Xshare:auto
  [ ! -r "$home/lib/$1.jsa" ] || archive=-XX:SharedArchiveFile=$home/lib/$1.jsa
}

# Directory $scratch, for the framework's cache: the first that can be written.
scratch() {
  [ -d /run/svc ] || [ ! -w /run ] || mkdir -m 700 /run/svc
  for scratch in "${TMPDIR-}" /run/svc "${XDG_RUNTIME_DIR-}" /tmp /dev/shm; do
    [ ! -d "$scratch" ] || [ ! -w "$scratch" ] || return 0
  done
  echo "svc: no directory to write to; tried TMPDIR, /run/svc, XDG_RUNTIME_DIR, /tmp and /dev/shm" >&2
  exit 1
}

# A short life: start fast.
client() {
  program=$1
  shift
  archive client
  # shellcheck disable=SC2086 # options are words
  exec "$java" "$archive" -Xlog:disable \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx64m \
    ${SVC_JAVA_OPTS-} -Dsvc.home="$home" -Dsvc.program="$program" -cp "$classpath" svc.cli.Main "$@"
}

# Option $unsafe: Felix uses what Java 24 and later warn of; before 23 there is no such option.
unsafe() {
  unsafe=
  release=$(readlink -f "$(command -v "$java")")
  release=${release%/bin/java}/release
  [ -r "$release" ] || return 0
  while read -r line; do
    case $line in
    JAVA_VERSION=\"1* | JAVA_VERSION=\"2[0-2]*) ;;
    JAVA_VERSION=*) unsafe=--sun-misc-unsafe-memory-access=allow ;;
    esac
  done <"$release"
}

# Signals that nobody gets but the loop that reads them (signalfd(2)): they are blocked before any
# thread exists, and -Xrs keeps HotSpot away from them.
signals=HUP,INT,TERM,USR1,USR2,PWR,CHLD
# A runtime that is out of memory ends: its parent starts another.
exhausted=-XX:+ExitOnOutOfMemoryError

# A long life: little memory and one compiler thread. Native libraries are loaded from where they
# are; unpacked at each start they would need a directory that is not mounted noexec.
runtime() {
  program=$1
  shift
  archive runtime
  scratch
  unsafe
  # shellcheck disable=SC2086
  exec env --block-signal="$signals" \
    "$java" -Xrs "$archive" -Xlog:disable \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 \
    -Xss256k -XX:ReservedCodeCacheSize=16m -Xms6m -Xmx64m -XX:-UsePerfData $exhausted \
    --enable-native-access=ALL-UNNAMED $unsafe -Djava.io.tmpdir="$scratch" \
    -Djffi.boot.library.path="$home/lib/native" \
    -Dorg.newsclub.net.unix.library.override="$home/lib/native/$(uname -m)-Linux/libjunixsocket.so" \
    ${SVC_JAVA_OPTS-} -Dsvc.home="$home" -Dsvc.program="$program" -cp "$classpath" svc.cli.Main "$@"
}
