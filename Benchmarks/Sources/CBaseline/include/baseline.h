// The plain C API doing what the Swift library does: the yardstick of the bridge benchmark.
// Every function returns the nanoseconds that its loop took.
#ifndef APOLUNE_BASELINE_H
#define APOLUNE_BASELINE_H

#include <stddef.h>
#include <stdint.h>

uint64_t baseline_call(int64_t count);
uint64_t baseline_callback(int64_t count);
uint64_t baseline_callback_string(int64_t count);
uint64_t baseline_new_state(int64_t count);
uint64_t baseline_load(const char *source, size_t length, int64_t count);
// Runs `source`, which returns a sequence of records, and copies it into C structs `count` times.
uint64_t baseline_table_to_structs(const char *source, size_t length, int64_t count);

#endif
