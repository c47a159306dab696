// Objects with the same fields become the same bytes, whatever order Lua keeps them in.
#include "fields.h"

#include "internal.h"

// Few fields, and nothing but numbers to compare: insertion is as quick as anything. Answers whether something moved.
static bool sort(Field *fields, size_t count) {
  bool moved = false;
  for (size_t i = 1; i < count; i++) {
    if (!field_is_after(&fields[i - 1], &fields[i])) continue;
    Field field = fields[i];
    size_t at = i;
    do {
      fields[at] = fields[at - 1];
      at--;
    } while (at > 0 && field_is_after(&fields[at - 1], &field));
    fields[at] = field;
    moved = true;
  }
  return moved;
}

enum { STEP = 16 };

// Copies in whole steps: may read and write up to one step past the end.
static inline void copy_steps(uint8_t *to, const uint8_t *from, size_t length) {
  for (size_t done = 0; done < length; done += STEP) memcpy(to + done, from + done, STEP);
}

// Room behind the output for a copy of its end, which the limit on the output does not count. The room makes that limit pass unseen,
// so it is looked at here and at the end.
static inline bool reserve_copy(Bytes *out, size_t length) {
  size_t limit = out->limit;
  if (out->length > limit) {
    out->failure = CLUA_DATA_LIMIT;
    return false;
  }
  out->limit = SIZE_MAX;
  bool reserved = reserve(out, length + 3 * STEP);
  out->limit = limit;
  return reserved;
}

bool clua_order_fields(Walk *walk, Field *fields, size_t count, size_t first, size_t gap) {
  if (!sort(fields, count)) return true;
  Bytes *out = &walk->out;
  size_t length = out->length - first;
  if (walk->charged) clua_charge(walk->L, length / 16);
  if (UNLIKELY(!reserve_copy(out, length))) return clua_refuse_growth(walk->issue, out);
  uint8_t *to = out->data + first, *copy = out->data + out->length + STEP;
  copy_steps(copy, to, length);
  for (size_t i = 0; i < count; i++) {
    size_t size = fields[i].end - fields[i].start;
    copy_steps(to, copy + fields[i].start, size);
    to += size;
    if (gap > 0) *to = ',';
    to += gap;
  }
  return true;
}
