/*
 * Makes orphans: every 10 ms a process that leaves ten children behind, COUNT in all. The children share
 * their parent's memory, which makes them cheap enough to be a thousand a second.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <signal.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static char stacks[10][16384] __attribute__((aligned(16)));

static int child(void *nothing) {
  (void)nothing;
  usleep(20000);
  _exit(0);
}

int main(int argc, char **argv) {
  int batches = (argc > 1 ? atoi(argv[1]) : 10000) / 10;
  double start = now();
  signal(SIGCHLD, SIG_IGN);
  for (int batch = 1; batch <= batches; batch++) {
    pid_t parent = fork();
    if (parent < 0) return 1;
    if (parent == 0) {
      for (int i = 0; i < 10; i++) {
        if (clone(child, stacks[i] + sizeof stacks[i], CLONE_VM | SIGCHLD, NULL) < 0) _exit(1);
      }
      _exit(0);
    }
    double ahead = start + batch / 100.0 - now();
    if (ahead > 0) usleep((useconds_t)(ahead * 1e6));
  }
  printf("%d orphans in %.1f s\n", batches * 10, now() - start);
  return 0;
}
