#ifndef CLUA_FIELDS_H
#define CLUA_FIELDS_H

#include "walk.h"

// The fields of an object are written in Lua's own order, which differs from run to run, and then put in the order of their names.
enum { FIELDS_SORTED = 64 };  // an object with more of them stays as it is

typedef struct Field {
  uint64_t head;     // the first eight bytes of the name, so that numbers compare as names do
  const char *name;  // the table keeps it alive
  uint32_t length;
  uint32_t start;    // where it was written, in bytes from the first field
  uint32_t end;
} Field;

static inline uint32_t four_bytes(const char *text) {
  uint32_t word;
  memcpy(&word, text, 4);
  return __builtin_bswap32(word);
}

static inline uint64_t field_head(const char *name, size_t length) {
  if (length >= 8) return (uint64_t)four_bytes(name) << 32 | four_bytes(name + 4);
  if (length >= 4) {
    uint64_t rest = (uint64_t)four_bytes(name + length - 4) << 8 * (8 - length);
    return (uint64_t)four_bytes(name) << 32 | (rest & UINT32_MAX);
  }
  uint64_t head = 0;
  for (size_t i = 0; i < length; i++) head |= (uint64_t)(uint8_t)name[i] << (56 - 8 * i);
  return head;
}

static inline bool field_is_after(const Field *a, const Field *b) {
  if (LIKELY(a->head != b->head)) return a->head > b->head;
  size_t shorter = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->name, b->name, shorter);
  return order != 0 ? order > 0 : a->length > b->length;
}

// Puts the fields, which begin at `first` and end where the output ends, in order; `gap` bytes stand between them.
bool clua_order_fields(Walk *walk, Field *fields, size_t count, size_t first, size_t gap);

#endif
