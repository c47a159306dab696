#ifndef CNVIDIA_H
#define CNVIDIA_H

#include <stddef.h>
#include <stdint.h>

// The GPUs of this machine as NVIDIA's management library names them. It is loaded when asked for and given back afterwards:
// neither building nor starting needs it.

#define NVIDIA_TEXT_MAX 128

struct nvidia_gpu {
  // `GPU-…`, as CUDA_VISIBLE_DEVICES takes it.
  char uuid[NVIDIA_TEXT_MAX];
  char name[NVIDIA_TEXT_MAX];
  // Bytes.
  uint64_t memory;
};

// Fills `gpus` and returns how many there are; -1 with the reason in `problem` when the library cannot be asked. A GPU that
// does not answer (it fell off the bus) is left out. May take seconds while the driver wakes up, or hang with it.
int nvidia_gpus(const char *library, struct nvidia_gpu *gpus, int capacity, char *problem, size_t problem_size);

#endif
