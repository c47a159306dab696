#define _GNU_SOURCE
#include "CPlatformMachine.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

// The kernel refuses sets smaller than its own; no machine has more CPUs than this.
#define CPUS_MAX 65536

int platform_cpu_count(void) {
  for (int cpus = 1024; cpus <= CPUS_MAX; cpus *= 4) {
    cpu_set_t *set = CPU_ALLOC((size_t)cpus);
    if (!set) return -ENOMEM;
    size_t size = CPU_ALLOC_SIZE((size_t)cpus);
    int result = sched_getaffinity(0, size, set) < 0 ? -errno : CPU_COUNT_S(size, set);
    CPU_FREE(set);
    if (result != -EINVAL) return result;
  }
  return -EINVAL;
}
