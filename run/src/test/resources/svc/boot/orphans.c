/* Makes orphans: every 10 ms a process that leaves ten children behind, COUNT in all. */
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

int main(int argc, char **argv) {
  int batches = (argc > 1 ? atoi(argv[1]) : 10000) / 10;
  double start = now();
  signal(SIGCHLD, SIG_IGN);
  for (int batch = 1; batch <= batches; batch++) {
    pid_t parent = fork();
    if (parent < 0) return 1;
    if (parent == 0) {
      for (int child = 0; child < 10; child++) {
        if (fork() == 0) {
          usleep(20000);
          _exit(0);
        }
      }
      _exit(0);
    }
    double ahead = start + batch / 100.0 - now();
    if (ahead > 0) usleep((useconds_t)(ahead * 1e6));
  }
  printf("%d orphans in %.1f s\n", batches * 10, now() - start);
  return 0;
}
