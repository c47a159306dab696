#include "CNvidia.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// Declared here so that building needs no header of the driver. 0 is success everywhere.
typedef void *device;

struct memory {
  unsigned long long total, free, used;
};

struct nvml {
  int (*init)(void);
  int (*shutdown)(void);
  int (*count)(unsigned *count);
  int (*handle)(unsigned index, device *device);
  int (*name)(device device, char *name, unsigned length);
  int (*uuid)(device device, char *uuid, unsigned length);
  int (*memory)(device device, struct memory *memory);
  const char *(*text)(int result);
};

static bool find(void *library, const char *name, void *target) {
  *(void **)target = dlsym(library, name);
  return *(void **)target != NULL;
}

static bool load(void *library, struct nvml *nvml) {
  return find(library, "nvmlInit_v2", &nvml->init) && find(library, "nvmlShutdown", &nvml->shutdown)
    && find(library, "nvmlDeviceGetCount_v2", &nvml->count)
    && find(library, "nvmlDeviceGetHandleByIndex_v2", &nvml->handle)
    && find(library, "nvmlDeviceGetName", &nvml->name) && find(library, "nvmlDeviceGetUUID", &nvml->uuid)
    && find(library, "nvmlDeviceGetMemoryInfo", &nvml->memory) && find(library, "nvmlErrorString", &nvml->text);
}

static bool describe(const struct nvml *nvml, unsigned index, struct nvidia_gpu *gpu) {
  device device;
  struct memory memory;
  memset(gpu, 0, sizeof *gpu);
  if (nvml->handle(index, &device) != 0) return false;
  if (nvml->uuid(device, gpu->uuid, NVIDIA_TEXT_MAX - 1) != 0) return false;
  if (nvml->name(device, gpu->name, NVIDIA_TEXT_MAX - 1) != 0) return false;
  if (nvml->memory(device, &memory) != 0) return false;
  gpu->memory = memory.total;
  return true;
}

static int list(
  const struct nvml *nvml, struct nvidia_gpu *gpus, int capacity, char *problem, size_t problem_size) {
  unsigned count = 0;
  int result = nvml->count(&count);
  if (result != 0) {
    snprintf(problem, problem_size, "NVML cannot count GPUs: %s", nvml->text(result));
    return -1;
  }
  int found = 0;
  for (unsigned index = 0; index < count && found < capacity; index++)
    if (describe(nvml, index, &gpus[found])) found++;
  return found;
}

int nvidia_gpus(const char *library, struct nvidia_gpu *gpus, int capacity, char *problem, size_t problem_size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(problem, problem_size, "%s cannot be loaded", library);
    return -1;
  }
  struct nvml nvml;
  int found = -1;
  if (!load(handle, &nvml)) {
    snprintf(problem, problem_size, "%s lacks a function that is needed", library);
  } else {
    int result = nvml.init();
    if (result != 0) {
      snprintf(problem, problem_size, "NVML cannot start: %s", nvml.text(result));
    } else {
      found = list(&nvml, gpus, capacity, problem, problem_size);
      nvml.shutdown();
    }
  }
  dlclose(handle);
  return found;
}
