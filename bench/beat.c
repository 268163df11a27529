/*
 * The service that bench/peers.sh runs: when it begins it writes, with one write, "NANOSECONDS PID NAME"
 * (CLOCK_MONOTONIC) to the file `beats` beside its program, and waits for its end. NAME is its argument,
 * or, since some supervisors give none, its directory.
 */
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  char path[PATH_MAX + 8], directory[PATH_MAX], line[PATH_MAX + 64];
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
  if (length < 0) return 1;
  path[length] = 0;
  strcpy(strrchr(path, '/'), "/beats");
  const char *name = count > 1 ? words[1] : getcwd(directory, sizeof directory) ? basename(directory) : "";
  int size = snprintf(line, sizeof line, "%lld %d %s\n",
                      now.tv_sec * 1000000000LL + now.tv_nsec, getpid(), name);
  int file = open(path, O_WRONLY | O_APPEND);
  if (file < 0 || write(file, line, size) != size) return 1;
  close(file);
  for (;;) pause();
}
