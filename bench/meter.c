/*
 * What bench/peers.sh measures with; all times are CLOCK_MONOTONIC, in nanoseconds.
 *
 *   meter now                     the time
 *   meter await COUNT FILE SECONDS   waits for so many lines of beats; the time of the last
 *   meter kills COUNT FILE SECONDS   SIGKILL for COUNT of the services, one after the other; the times to
 *                                 the next instances' beginnings: p50 p99 in ms
 *   meter gone FILE SECONDS       waits until none of them runs; the time
 *   meter time COUNT WORD...      runs a command so often; the median of its duration in ms
 *
 * It looks every half millisecond, and times are taken by those who are measured where that is possible.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 100000, NAME = 64 };

struct beat {
  long long at;
  int pid;
  char name[NAME];
};

static struct beat beats[MOST];
static long long taken[MOST];

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int by_size(const void *one, const void *other) {
  long long a = *(const long long *)one, b = *(const long long *)other;
  return (a > b) - (a < b);
}

static void fail(const char *what) {
  fprintf(stderr, "meter: %s\n", what);
  exit(1);
}

/* Whole lines only; gives how many. */
static int read_beats(const char *file) {
  FILE *in = fopen(file, "r");
  int count = 0;
  char line[512];
  if (!in) fail(file);
  while (count < MOST && fgets(line, sizeof line, in) && strchr(line, '\n'))
    if (sscanf(line, "%lld %d %63s", &beats[count].at, &beats[count].pid, beats[count].name) == 3) count++;
  fclose(in);
  return count;
}

static void look_again(long long end, const char *what) {
  struct timespec pause = {0, 500000};
  if (now() > end) fail(what);
  nanosleep(&pause, NULL);
}

static off_t size(const char *file) {
  struct stat stat_;
  return stat(file, &stat_) ? 0 : stat_.st_size;
}

/* Reads only what has grown. */
static int await(int wanted, const char *file, long long end) {
  off_t seen = -1;
  for (int count = 0;;) {
    if (size(file) != seen) {
      seen = size(file);
      count = read_beats(file);
    }
    if (count >= wanted) return count;
    look_again(end, "not all have begun");
  }
}

static int runs(int pid) {
  char path[64], target[512];
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) return 0;
  target[length] = 0;
  return strstr(target, "/beat") != NULL;
}

static void print_spread(int count) {
  qsort(taken, count, sizeof *taken, by_size);
  printf("p50 %.2f ms, p99 %.2f ms", taken[(count - 1) / 2] / 1e6, taken[(count * 99 - 1) / 100] / 1e6);
}

static void kills(int wanted, const char *file, int seconds) {
  int all = read_beats(file), step = all / wanted ? all / wanted : 1, count = 0;
  static struct beat victims[MOST];
  memcpy(victims, beats, sizeof(struct beat) * all);
  for (int i = 0; i < all && count < wanted; i += step) {
    int before = all + count;
    long long at = now();
    if (kill(victims[i].pid, SIGKILL)) fail("a service that is to be killed does not run");
    await(before + 1, file, at + seconds * 1000000000LL);
    if (strcmp(beats[before].name, victims[i].name)) fail("another service has begun");
    taken[count++] = beats[before].at - at;
  }
  print_spread(count);
  printf(", n = %d\n", count);
}

static void gone(const char *file, int seconds) {
  long long end = now() + seconds * 1000000000LL;
  int count = read_beats(file);
  for (int i = 0; i < count; i++)
    while (runs(beats[i].pid)) look_again(end, "a service is left");
  printf("%lld\n", now());
}

static long long duration(char **words) {
  long long at = now();
  pid_t pid = fork();
  if (pid == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    execvp(words[0], words);
    _exit(127);
  }
  int status;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  if (status) fail(words[0]);
  return now() - at;
}

int main(int count, char **words) {
  if (count == 2 && !strcmp(words[1], "now")) {
    printf("%lld\n", now());
  } else if (count == 5 && !strcmp(words[1], "await")) {
    int wanted = atoi(words[2]);
    await(wanted, words[3], now() + atoi(words[4]) * 1000000000LL);
    printf("%lld\n", wanted ? beats[wanted - 1].at : now());
  } else if (count == 5 && !strcmp(words[1], "kills")) {
    kills(atoi(words[2]), words[3], atoi(words[4]));
  } else if (count == 4 && !strcmp(words[1], "gone")) {
    gone(words[2], atoi(words[3]));
  } else if (count > 3 && !strcmp(words[1], "time")) {
    int times = atoi(words[2]);
    for (int i = 0; i < times && i < MOST; i++) taken[i] = duration(words + 3);
    qsort(taken, times, sizeof *taken, by_size);
    printf("%.0f ms\n", taken[(times - 1) / 2] / 1e6);
  } else {
    fail("see the comment at its beginning");
  }
}
