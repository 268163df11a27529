/*
 * The peer of NvBenchmark: the same list of 16 pairs through libnv. RESULTS.md says how to build it.
 * Each line is the best and the median of 7 rounds of 200,000, in ns for each operation.
 */
#include <nv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NUMBERS = 8, BOOLS = 4, STRINGS = 4, PAIRS = 16, ROUNDS = 7, TIMES = 200000 };

static char names[PAIRS][32];
static const char *texts[STRINGS] = {"nginx", "running", "daemon", "/run/nginx.pid"};
static uint64_t number = 1000000;
static nvlist_t *built;
static void *packet;
static size_t packet_size;
static volatile uint64_t sink;

static nvlist_t *build(void) {
  int pair = 0;
  nvlist_t *list = nvlist_create(0);
  for (int i = 0; i < NUMBERS; i++) nvlist_add_number(list, names[pair++], number + i);
  for (int i = 0; i < BOOLS; i++) nvlist_add_bool(list, names[pair++], (i & 1) == 0);
  for (int i = 0; i < STRINGS; i++) nvlist_add_string(list, names[pair++], texts[i]);
  return list;
}

static uint64_t look(const nvlist_t *list) {
  int pair = 0;
  uint64_t sum = 0;
  for (int i = 0; i < NUMBERS; i++) sum += nvlist_get_number(list, names[pair++]);
  for (int i = 0; i < BOOLS; i++) sum += nvlist_get_bool(list, names[pair++]);
  for (int i = 0; i < STRINGS; i++) sum += strlen(nvlist_get_string(list, names[pair++]));
  return sum;
}

static uint64_t read_and_destroy(const void *bytes, size_t size) {
  nvlist_t *list = nvlist_unpack(bytes, size, 0);
  if (list == NULL) abort();
  uint64_t sum = look(list);
  nvlist_destroy(list);
  return sum;
}

static void pack_built(void) {
  size_t size;
  void *bytes = nvlist_pack(built, &size);
  sink += size;
  free(bytes);
}

static void pack(void) {
  size_t size;
  nvlist_t *list = build();
  void *bytes = nvlist_pack(list, &size);
  sink += size;
  free(bytes);
  nvlist_destroy(list);
}

static void unpack(void) {
  sink += read_and_destroy(packet, packet_size);
}

static void round_trip(void) {
  size_t size;
  nvlist_t *list = build();
  void *bytes = nvlist_pack(list, &size);
  sink += read_and_destroy(bytes, size);
  free(bytes);
  nvlist_destroy(list);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static void measure(const char *name, void (*work)(void)) {
  double rounds[ROUNDS];
  for (int i = 0; i < TIMES; i++) work();
  for (int round = 0; round < ROUNDS; round++) {
    double start = now();
    for (int i = 0; i < TIMES; i++) work();
    rounds[round] = (now() - start) / TIMES;
  }
  qsort(rounds, ROUNDS, sizeof *rounds, ascending);
  printf("%-12s best %7.0f  median %7.0f ns/op\n", name, rounds[0], rounds[ROUNDS / 2]);
}

int main(void) {
  for (int i = 0; i < PAIRS; i++) snprintf(names[i], sizeof names[i], "service:pair%d", i);
  built = build();
  packet = nvlist_pack(built, &packet_size);
  printf("packet of %zu bytes\n", packet_size);
  measure("pack", pack);
  measure("pack built", pack_built);
  measure("unpack", unpack);
  measure("round trip", round_trip);
  return 0;
}
